"""Write many predictions at once: COPY into a staging table, then one INSERT."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

Ids = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

STAGE = """
CREATE TEMPORARY TABLE staged_prediction (
    sample_id bigint, category_ids integer[], probabilities double precision[]
) ON COMMIT DROP
"""
COPY = "COPY staged_prediction FROM STDIN"
# The rest is what the stored ranks leave of 1; rounding must not push it out of [0, 1].
STORE = """
INSERT INTO registry_prediction
    (version_id, sample_id, category_id, probability, category_ids, probabilities, rest,
     predicted_at)
SELECT %(version)s, sample_id, category_ids[1], probabilities[1], category_ids, probabilities,
       least(1, greatest(0, 1 - (SELECT sum(share) FROM unnest(probabilities) AS share))),
       %(now)s
FROM staged_prediction
ON CONFLICT (version_id, sample_id) DO UPDATE SET
    category_id = excluded.category_id, probability = excluded.probability,
    category_ids = excluded.category_ids, probabilities = excluded.probabilities,
    rest = excluded.rest, predicted_at = excluded.predicted_at
"""


@transaction.atomic
def store(
    *,
    version_id: int,
    sample_ids: Sequence[int],
    category_ids: Ids,
    probabilities: Shares,
    now: datetime,
) -> int:
    """
    Write one prediction a sample, replacing those the version has, and return how many.

    Args:
        category_ids, probabilities: shape (n_samples, ranks), most probable first.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        cursor.copy_expert(COPY, _lines(sample_ids, category_ids, probabilities))
        cursor.execute(STORE, {"version": version_id, "now": now})
        written: int = cursor.rowcount
        # Not left to the commit: the caller may store the next chunk in the same transaction.
        cursor.execute("DROP TABLE staged_prediction")
    return written


def _lines(sample_ids: Sequence[int], category_ids: Ids, probabilities: Shares) -> io.StringIO:
    ranked = zip(sample_ids, category_ids.tolist(), probabilities.tolist(), strict=True)
    # A list prints as PostgreSQL reads an array, but for its brackets.
    text = "".join(
        f"{sample}\t{{{str(ids)[1:-1]}}}\t{{{str(shares)[1:-1]}}}\n"
        for sample, ids, shares in ranked
    )
    return io.StringIO(text)
