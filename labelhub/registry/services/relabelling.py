"""Which samples of a round to label again: the ones whose label is the least sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from labelhub.catalog.models import Category
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion
from mlcore.quality.crowdlab import Crowdlab, Ranked, crowdlab

Codes = npt.NDArray[np.int64]

# Every answer that names a category, with the version's probability of it and its first choice.
ANSWERS = """
SELECT answer.sample_id, answer.annotator_id, answer.category_id, prediction.category_id,
       prediction.probability,
       coalesce(prediction.probabilities[
           array_position(prediction.category_ids, answer.category_id::int)], 0)
FROM labelling_annotation AS answer
JOIN registry_prediction AS prediction
  ON prediction.sample_id = answer.sample_id AND prediction.version_id = %(version)s
WHERE answer.round_id = %(round)s AND answer.superseded_at IS NULL AND NOT answer.is_check
  AND NOT answer.is_assisted AND answer.category_id IS NOT NULL
ORDER BY answer.sample_id, answer.id
"""
BY_VOTES = """
SELECT consensus.sample_id, consensus.quality, NULL::bigint
FROM labelling_consensus AS consensus
WHERE consensus.source = %(source)s AND consensus.quality IS NOT NULL
  AND EXISTS (SELECT FROM labelling_assignment AS assignment
              WHERE assignment.sample_id = consensus.sample_id
                AND assignment.round_id = %(round)s AND NOT assignment.is_check)
ORDER BY consensus.quality, consensus.sample_id
"""


@dataclass(frozen=True)
class Doubt:
    """A sample and how sure its label is: 1 is certain; `proposed_id` is the likeliest category."""

    sample_id: int
    quality: float
    proposed_id: int | None


def weakest_first(round: Round, version: ModelVersion | None) -> list[Doubt]:
    """
    Return the round's samples with answers, the least sure first.

    With a version CROWDLAB weighs people and model; without one, or while nobody answered what
    somebody else answered too, the share of the votes counts.
    """
    weighed = _weighed(round, version) if version else None
    return _by_votes(round) if weighed is None else weighed


def _by_votes(round: Round) -> list[Doubt]:
    return [Doubt(*row) for row in _fetch(BY_VOTES, round=round.pk, source=round.source)]


def _weighed(round: Round, version: ModelVersion) -> list[Doubt] | None:
    rows = _fetch(ANSWERS, round=round.pk, version=version.pk)
    if not rows:
        return None
    table = np.array(rows, dtype=np.float64)  # ids stay exact below 2**53
    samples, sample = np.unique(table[:, 0].astype(np.int64), return_inverse=True)
    if samples.size == len(rows):
        return None
    _, annotator = np.unique(table[:, 1], return_inverse=True)
    named = np.concatenate([table[:, 2], table[:, 3]]).astype(np.int64)
    categories, code = np.unique(named, return_inverse=True)
    answer, first = code[: len(rows)], code[len(rows) :]
    ranked = _ranked(sample, answer, first, table[:, 4], table[:, 5])
    found = crowdlab(sample, annotator, answer, ranked, n_categories=_tree_size(len(categories)))
    return _doubts(found, samples, categories)


def _tree_size(named: int) -> int:
    """Return how many categories an answer chooses from; at least those named, and two."""
    leaves = Category.objects.current().filter(is_leaf=True).count()
    return max(leaves, named, 2)


def _ranked(
    sample: Codes,
    answer: Codes,
    first: Codes,
    first_probability: npt.NDArray[np.float64],
    probability: npt.NDArray[np.float64],
) -> Ranked:
    """Return the version's first choice of each sample, then its probability of each answer."""
    start = np.flatnonzero(np.diff(sample, prepend=-1))  # rows are in the order of the samples
    place = np.arange(sample.size) - start[sample] + 1
    shape = (start.size, int(place.max()) + 1)
    categories, probabilities = np.full(shape, -1), np.zeros(shape)
    categories[:, 0], probabilities[:, 0] = first[start], first_probability[start]
    # A category that was named twice, or is the first choice, stands in the table once.
    cell = sample * (int(answer.max()) + 1) + answer
    is_new = np.zeros(sample.size, dtype=bool)
    is_new[np.unique(cell, return_index=True)[1]] = True
    is_new &= answer != first
    categories[sample[is_new], place[is_new]] = answer[is_new]
    probabilities[sample[is_new], place[is_new]] = probability[is_new]
    return Ranked(categories, probabilities)


def _doubts(found: Crowdlab, samples: Codes, categories: Codes) -> list[Doubt]:
    order = np.lexsort((samples, found.quality))
    proposed = categories[found.category]
    return [Doubt(int(samples[at]), float(found.quality[at]), int(proposed[at])) for at in order]


def _fetch(sql: str, **params: Any) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
