"""Everything a report says, computed once; what is stored is JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max

from analysis.services import shared_mistakes
from analysis.services.comparison import COLUMNS, Comparison, ComparisonRow, compare
from analysis.services.difference import differences
from analysis.services.headline import Counted, Headline, Share, count, headline
from analysis.services.verdicts import Scope
from labelhub.catalog.models import Category
from labelhub.labelling.models import Source
from labelhub.labelling.services.chances import Basis
from labelhub.registry.models import ModelVersion

WORST = 10  # categories that the report names


@dataclass(frozen=True)
class ShareRecord:
    """A share as the report keeps it; None where nothing was counted."""

    part: float
    whole: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, share: Share) -> ShareRecord:
        interval = share.interval
        return cls(
            part=share.part,
            whole=share.whole,
            value=share.value,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
        )


@dataclass(frozen=True)
class Step:
    """One version on the ladder."""

    version: str
    stage: str
    created_at: str
    list_version: int  # of the exclusion list it was trained with; 0: none
    before: ShareRecord
    after: ShareRecord
    unreviewed: int
    accuracy_low: float | None  # after review, if all open reviews went against the model
    accuracy_high: float | None
    continues: bool  # counted on the same samples as the step before it
    change: float | None  # of accuracy after review, on samples decided for both
    change_low: float | None
    change_high: float | None
    lowest: float | None  # the change over all samples, however the open reviews end
    highest: float | None
    decided: int
    shared: int  # samples that both versions predicted


@dataclass(frozen=True)
class Level:
    """Accuracy with labels and predictions cut to a level; None: as they are."""

    level: int | None
    before: ShareRecord
    after: ShareRecord


def build(
    *,
    versions: Sequence[ModelVersion],
    level: int | None,
    source: Source,
    now: datetime,
) -> dict[str, Any]:
    """
    Compute the content of a report.

    Args:
        versions: from the oldest to the newest; the newest is the one reported on.
        level: of the table of categories.
    """
    scopes = [Scope(version=version, source=source, level=level) for version in versions]
    tables = [compare(scope, now=now) for scope in scopes]
    newest = tables[-1]
    figures = headline(newest)
    as_of = newest.as_of
    return {
        "version": versions[-1].name,
        "source": source.value,
        "level": level,
        "target": settings.TARGET_ACCURACY,
        "as_of": {name: at.isoformat() if at else None for name, at in vars(as_of).items()},
        "left_out": asdict(newest.left_out),
        "standing": asdict(figures.standing),
        "people": _people(figures),
        "shared": _shared(newest, figures),
        "steps": [asdict(step) for step in _steps(tables, figures.basis)],
        "levels": [asdict(line) for line in _levels(newest, figures.basis, now=now)],
        "totals": _record(newest.totals),
        "categories": [_record(row) for row in newest.counted],
        "worst": [_record(row) for row in worst(newest.rows)],
        "catch_alls": [_record(row) for row in newest.counted if row.is_catch_all],
    }


def worst(rows: Sequence[ComparisonRow]) -> list[ComparisonRow]:
    """
    Return the categories that are surely bad.

    Sorted by the lower end of the interval, so that no category is named for one bad sample.
    """
    by_low_end = sorted(rows, key=lambda row: (-(row.error_after_low or 0.0), row.category_path))
    return [row for row in by_low_end if row.error_after][:WORST]


def _record(row: ComparisonRow) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "is_catch_all": row.is_catch_all,
        **dict(zip(COLUMNS, row.values(COLUMNS), strict=True)),
    }


def _people(figures: Headline) -> dict[str, Any]:
    one = figures.one_person
    return {
        "one_person": asdict(ShareRecord.of(one.accuracy)) if one else None,
        "answers_in_ties": one.tied if one else 0,
        "labels": asdict(ShareRecord.of(figures.labels)),
        "reviewers": asdict(ShareRecord.of(figures.reviewers)),
    }


def _shared(table: Comparison, figures: Headline) -> dict[str, Any] | None:
    """Return the error with the mistakes that people and model share, where it is known."""
    found = shared_mistakes.estimate(table, figures)
    if found is None:
        return None
    return {
        "wrong": found.wrong,
        "judged": found.judged,
        "estimate": found.estimate,
        "interval": found.interval._asdict(),
    }


def _shares(counted: Counted) -> tuple[ShareRecord, ShareRecord]:
    """Return the model's accuracy before and after review."""
    before, after = counted.share("same"), counted.share("same", "model", "both")
    return ShareRecord.of(before), ShareRecord.of(after)


def _levels(table: Comparison, basis: Basis, *, now: datetime) -> list[Level]:
    deepest = Category.objects.aggregate(level=Max("level"))["level"] or 0
    cut = [compare(replace(table.scope, level=level), now=now) for level in range(1, deepest + 1)]
    return [Level(each.scope.level, *_shares(count(each, basis))) for each in cut]


def _steps(tables: Sequence[Comparison], basis: Basis) -> list[Step]:
    before_them = [None, *tables[:-1]]
    return [
        _step(table, previous, count(table, basis))
        for table, previous in zip(tables, before_them, strict=True)
    ]


def _step(table: Comparison, previous: Comparison | None, counted: Counted) -> Step:
    version, counts = table.scope.version, table.totals.counts
    before, after = _shares(counted)
    overall = differences(table.scope, against=previous.scope.version).overall if previous else None
    shared = overall.total if overall else 0
    interval = overall.interval if overall else None
    reach = overall.bounds if overall else None
    return Step(
        version=version.name,
        stage=version.stage,
        created_at=version.created_at.isoformat(),
        list_version=version.run.list_version if version.run else 0,
        before=before,
        after=after,
        unreviewed=counted.unreviewed,
        accuracy_low=after.value,
        accuracy_high=counted.share("same", "model", "both", "unreviewed").value,
        continues=bool(previous and shared == counts.total == previous.totals.total),
        change=overall.value if overall else None,
        change_low=interval.low if interval else None,
        change_high=interval.high if interval else None,
        lowest=reach.low if reach else None,
        highest=reach.high if reach else None,
        decided=overall.decided if overall else 0,
        shared=shared,
    )
