"""The comparison: verdicts per category, with the errors before and after review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Max

from analysis.services import hard
from analysis.services.hard import Hard, HardSamples
from analysis.services.verdicts import Scope, fetch, verdicts_of_pairs
from labelhub.catalog.models import Category
from labelhub.labelling.models import Consensus, Judgement
from mlcore.quality.confusion import Verdict, VerdictCounts
from mlcore.quality.intervals import wilson_bounds
from mlcore.quality.paired import benjamini_hochberg, mcnemar_exact_each

SETTLED = Consensus.State.SETTLED.value
FALSE_DISCOVERIES = 0.05  # share of the categories called different that may be chance

COUNTED = tuple(
    Verdict(name) for name in ("same", "human", "model", "both", "neither", "unreviewed")
)


@dataclass(frozen=True, kw_only=True)
class ComparisonRow:
    """One category's counts; shares are fractions, None where no sample counts."""

    pk: int | None  # None for the sum over all categories
    is_catch_all: bool
    category_id: str | None  # the shop-wide id, None where the category has none
    category_path: str
    same: int
    human: int
    model: int
    both: int
    neither: int
    unreviewed: int
    total: int
    error_before: float | None
    error_before_low: float | None
    error_before_high: float | None
    error_after: float | None
    error_after_low: float | None
    error_after_high: float | None
    error_after_unreviewed_low: float | None
    error_after_unreviewed_high: float | None
    without_consensus: int  # samples beside the total: tied, or answers are still wanted
    undecidable: int

    @property
    def without_label(self) -> int:
        """All samples beside the total."""
        return self.without_consensus + self.undecidable

    @property
    def counts(self) -> VerdictCounts:
        """The six verdicts as one value."""
        return VerdictCounts(**{verdict.value: getattr(self, verdict) for verdict in COUNTED})

    def values(self, columns: Sequence[str]) -> tuple[Any, ...]:
        """Return the cells of an export."""
        return tuple(getattr(self, column) for column in columns)


HARD_COLUMNS = ("without_consensus", "undecidable")
COLUMNS = tuple(  # of files and answers that programs read
    field.name
    for field in fields(ComparisonRow)
    if field.name not in {"pk", "is_catch_all", *HARD_COLUMNS}
)
PAGE_COLUMNS = COLUMNS + HARD_COLUMNS  # of the export of the page, which shows these too


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """Up to when the figures know labels, judgements and predictions; None where none exist."""

    labels_at: datetime | None
    judgements_at: datetime | None
    predictions_at: datetime | None
    computed_at: datetime


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Samples that are in no row, by the reason."""

    provisional: int = 0  # answers are still wanted
    tied: int = 0
    undecidable: int = 0
    unpredicted: int = 0  # settled, but the version did not predict them

    @property
    def total(self) -> int:
        return self.provisional + self.tied + self.undecidable + self.unpredicted


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """
    The table: a row for each category that has samples, in the order of their paths.

    A category whose samples are all hard has a row with a total of 0.
    """

    scope: Scope
    rows: tuple[ComparisonRow, ...]
    totals: ComparisonRow
    as_of: AsOf
    left_out: LeftOut

    @property
    def counted(self) -> tuple[ComparisonRow, ...]:
        """The rows of categories that have more than hard samples."""
        return tuple(row for row in self.rows if row.total)

    def as_record(self) -> dict[str, Any]:
        """Return what the API and the command say, as JSON values."""
        return {
            "model": self.scope.version.name,
            "axis": self.scope.axis.value,
            "level": self.scope.level,
            "as_of": self.as_of.computed_at.isoformat(),
            "rows": [dict(zip(COLUMNS, row.values(COLUMNS), strict=True)) for row in self.counted],
        }


@dataclass(frozen=True)
class _Category:
    """What a row says about its category."""

    pk: int | None
    category_id: str | None
    category_path: str
    is_catch_all: bool


NO_CATEGORY = _Category(None, None, "", False)


def compare(scope: Scope, *, now: datetime) -> Comparison:
    """
    Count the verdicts of every category.

    Costs one aggregate over the samples that have a settled consensus and a prediction, and one
    over the hard ones, which have no settled consensus.

    Args:
        scope: which version, labels, level and axis.
        now: when the figures are computed.
    """
    found = fetch(_aggregate_sql(scope), scope.parameters)
    states = _states(scope)
    beside = hard.hard_samples(scope) if states.keys() - {SETTLED} else hard.NONE
    found = _with_hard_ones(found, beside)
    categories = [_Category(*row[:4]) for row in found]
    cells = np.array([row[4:10] for row in found], dtype=np.int64).reshape(-1, len(COUNTED))
    of_rows = [beside.by_category.get(row[0], Hard()) for row in found]
    [totals] = _rows([NO_CATEGORY], cells.sum(axis=0, keepdims=True), [beside.total])
    return Comparison(
        scope=scope,
        rows=_rows(categories, cells, of_rows),
        totals=totals,
        as_of=AsOf(
            labels_at=max((row[10] for row in found if row[10]), default=None),
            judgements_at=Judgement.objects.aggregate(at=Max("judged_at"))["at"],
            predictions_at=max((row[11] for row in found if row[11]), default=None),
            computed_at=now,
        ),
        left_out=_left_out(states, counted=_counted(scope, totals)),
    )


def _with_hard_ones(found: list[tuple[Any, ...]], beside: HardSamples) -> list[tuple[Any, ...]]:
    """Add the categories that have hard samples only, in the order of the paths."""
    missing = beside.by_category.keys() - {row[0] for row in found}
    if not missing:
        return found
    fields = ("pk", "code", "path", "is_catch_all")
    added = Category.objects.filter(pk__in=missing).values_list(*fields)
    nothing = (0,) * len(COUNTED)
    rows = [*found, *((*category, *nothing, None, None) for category in added)]
    return sorted(rows, key=lambda row: (row[2], row[0]))


def _aggregate_sql(scope: Scope) -> str:
    counts = ", ".join(
        f"coalesce(sum(samples) FILTER (WHERE verdict = '{name}'), 0)::bigint AS {name}"
        for name in COUNTED
    )
    return f"""
    {verdicts_of_pairs(scope)}, counted AS (
        SELECT category_id, {counts}, max(labels_at) AS labels_at,
            max(predicted_at) AS predicted_at
        FROM verdict GROUP BY category_id
    )
    SELECT category.id, category.code, category.path, category.is_catch_all,
        {", ".join(f"counted.{name}" for name in COUNTED)}, labels_at, predicted_at
    FROM counted JOIN catalog_category AS category ON category.id = counted.category_id
    ORDER BY category.path, category.id
    """  # noqa: S608  # built from our own words; every value is a parameter


def _rows(
    categories: Sequence[_Category], cells: npt.NDArray[np.int64], beside: Sequence[Hard]
) -> tuple[ComparisonRow, ...]:
    """Return the rows of counts of shape (n_categories, 6), ordered as `COUNTED`."""
    same, human, model, both, neither, unreviewed = cells.T
    total = cells.sum(axis=1)
    wrong_before = total - same
    wrong_after = total - same - model - both
    columns = {
        **dict(zip((verdict.value for verdict in COUNTED), cells.T.tolist(), strict=True)),
        "total": total.tolist(),
        **_shares("error_before", wrong_before, total),
        **_shares("error_after", wrong_after, total),
        "error_after_unreviewed_low": _fractions(human + neither, total),
        "error_after_unreviewed_high": _fractions(human + neither + unreviewed, total),
        "without_consensus": [each.without_consensus for each in beside],
        "undecidable": [each.undecidable for each in beside],
    }
    return tuple(
        ComparisonRow(**vars(category), **{name: values[place] for name, values in columns.items()})
        for place, category in enumerate(categories)
    )


def _shares(
    name: str, part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]
) -> dict[str, list[float | None]]:
    low, high = wilson_bounds(part, whole)
    return {
        name: _fractions(part, whole),
        f"{name}_low": _known(low),
        f"{name}_high": _known(high),
    }


def _fractions(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> list[float | None]:
    with np.errstate(invalid="ignore"):
        return _known(part / whole)


def _known(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]  # nan: total is 0


def _states(scope: Scope) -> dict[str, int]:
    """Count the labelled samples of the whole tree by the state of their consensus."""
    of_source = Consensus.objects.filter(source=scope.source)
    return dict(of_source.values_list("state").annotate(samples=Count("pk")))


def _left_out(states: Mapping[str, int], *, counted: int) -> LeftOut:
    """
    Return the labelled samples that are in no row of the whole tree.

    Args:
        counted: how many samples are in its rows.
    """
    unsettled = {state: samples for state, samples in states.items() if state != SETTLED}
    return LeftOut(**unsettled, unpredicted=states.get(SETTLED, 0) - counted)


def worse_than_labels(rows: Sequence[ComparisonRow]) -> tuple[ComparisonRow, ...]:
    """
    Return the rows in which the model is wrong significantly more often than the labels.

    On a sample with a verdict *human* only the label is right, on *model* only the model:
    McNemar's exact test on the two, q < .05 by Benjamini and Hochberg over all rows.
    """
    rows = [row for row in rows if row.total]
    q_values = benjamini_hochberg(
        mcnemar_exact_each([row.human for row in rows], [row.model for row in rows])
    )
    return tuple(
        row
        for row, q in zip(rows, q_values, strict=True)
        if row.human > row.model and q < FALSE_DISCOVERIES
    )


def _counted(scope: Scope, totals: ComparisonRow) -> int:
    """Return how many samples the whole tree counts; a subtree's table says less."""
    if scope.under is None:
        return totals.total
    labelled = Consensus.objects.filter(source=scope.source, state=Consensus.State.SETTLED)
    return labelled.filter(sample__predictions__version=scope.version).count()
