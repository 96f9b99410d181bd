"""What the blind answers to a sample support together: the human label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from labelhub.environment import MAJORITY
from labelhub.labelling.models import Source
from labelhub.labelling.services import consensus_sql as sql
from labelhub.labelling.services import prepared
from mlcore.progress import Progress, silent
from mlcore.quality import consensus as estimate
from mlcore.quality.consensus import FEW_ANSWERS, NO_CONSENSUS

BATCH = 10_000  # samples a transaction: an answer to one of them waits well under a second

Writing = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Weighed:
    """What Dawid and Skene say of the samples with three answers or more, by sample id."""

    samples: Sequence[int] = ()
    categories: Sequence[int | None] = ()  # None: a tie, or cannot be decided
    ties: Sequence[bool] = ()
    qualities: Sequence[float] = ()
    totals: Sequence[int] = ()  # answers that were weighed

    def among(self, low: int, high: int) -> dict[str, Any]:
        """Return the parameters for the samples from `low` to `high`."""
        first, end = np.searchsorted(self.samples, [low, high + 1]) if self.samples else (0, 0)
        part = slice(int(first), int(end))
        return {
            "weighed": list(self.samples[part]),
            "categories": list(self.categories[part]),
            "ties": list(self.ties[part]),
            "qualities": list(self.qualities[part]),
            "totals": list(self.totals[part]),
        }


def settle(
    *,
    source: str,
    now: datetime,
    sample_ids: Iterable[int] | None = None,
    writing: Writing = transaction.atomic,
    report: Progress = silent,
) -> int:
    """
    Write the consensus of all samples that have answers, or of these; return how many.

    One or two answers settle by agreement, three or more by Dawid and Skene, who learn from all
    answers how well each annotator answers, or by the most votes where the installation says so.
    Open assignments leave it provisional; a tie settles when exactly one of its categories is
    judged acceptable.

    Args:
        source: whose answers: of people, or given categories.
        writing: opens the transaction of each batch; a job passes its fence.
    """
    weighed = Weighed() if settings.CONSENSUS == MAJORITY else _weigh(source)
    return _settle(source, now, sample_ids, weighed, writing, report)


def settle_by_majority(
    *,
    source: str,
    now: datetime,
    sample_ids: Iterable[int] | None = None,
    writing: Writing = transaction.atomic,
    report: Progress = silent,
) -> int:
    """Do as `settle`, with three or more answers settled by the most votes."""
    return _settle(source, now, sample_ids, Weighed(), writing, report)


def refresh(*, sample_ids: Sequence[int], now: datetime, source: str = Source.PEOPLE) -> None:
    """
    Count the answers to a few samples again, by the most votes.

    The caller holds the locks of these samples. `settle` weighs the annotators later.
    """
    if len(sample_ids) == 1 and _settle_one(source, now, sample_ids[0]):
        return
    _write(source, now, list(sample_ids), Weighed())


def _settle_one(source: str, now: datetime, sample_id: int) -> bool:
    """Settle a sample by its votes, and tell whether there was a winner."""
    with connection.cursor() as cursor:
        prepared.execute(
            cursor,
            sql.SETTLE_ONE,
            {"source": "text", "now": "timestamptz", "sample": "bigint"},
            {"source": source, "now": now, "sample": sample_id},
        )
        return bool(cursor.rowcount)


def _settle(
    source: str,
    now: datetime,
    sample_ids: Iterable[int] | None,
    weighed: Weighed,
    writing: Writing,
    report: Progress,
) -> int:
    samples = _answered(source) if sample_ids is None else sorted(set(sample_ids))
    report("settle", 0, len(samples))
    done = 0
    for batch in _batches(samples):
        with writing():
            with connection.cursor() as cursor:
                cursor.execute(sql.LOCK, {"samples": batch})
                cursor.execute(sql.JOIN_BY_HASHING)
            _write(source, now, batch, weighed)
        done += len(batch)
        report("settle", done, len(samples))
    return done


def _write(source: str, now: datetime, samples: list[int], weighed: Weighed) -> None:
    if not samples:
        return
    params: dict[str, Any] = {"source": source, "now": now, "samples": samples}
    with connection.cursor() as cursor:
        cursor.execute(sql.SETTLE, {**params, **weighed.among(min(samples), max(samples))})
        cursor.execute(sql.FORGET, params)


def _answered(source: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql.ANSWERED, {"source": source})
        return [sample for (sample,) in cursor.fetchall()]


def _weigh(source: str) -> Weighed:
    """Estimate the samples with many answers from all answers of the source."""
    with connection.cursor() as cursor:
        cursor.execute(sql.HAS_MANY, {"source": source, "few": FEW_ANSWERS})
        if not cursor.fetchone()[0]:
            return Weighed()
        cursor.execute(sql.ANSWERS, {"source": source})
        answers = np.array(cursor.fetchall(), dtype=np.int64)  # (n_answers, 3)
    samples, sample_codes = np.unique(answers[:, 0], return_inverse=True)
    _, annotator_codes = np.unique(answers[:, 1], return_inverse=True)
    categories, category_codes = np.unique(answers[:, 2], return_inverse=True)
    found = estimate.settle(sample_codes, annotator_codes, category_codes)
    many = np.flatnonzero(found.answers > FEW_ANSWERS)
    # Category 0 is the statement's word for "cannot be decided"; keys count from 1.
    named = [
        None if code == NO_CONSENSUS else int(categories[code]) for code in found.category[many]
    ]
    return Weighed(
        samples=samples[many].tolist(),
        categories=[category or None for category in named],
        ties=[category is None for category in named],
        qualities=found.quality[many].tolist(),
        totals=found.answers[many].tolist(),
    )


def _batches(samples: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(samples), BATCH):
        yield samples[start : start + BATCH]
