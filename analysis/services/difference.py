"""Two versions on the same samples: what the newer one gained and lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.services.comparison import FALSE_DISCOVERIES
from analysis.services.verdicts import JUDGED, NODE, Scope, acceptable, fetch, within
from labelhub.registry.models import ModelVersion
from mlcore.quality.intervals import Interval, agresti_min
from mlcore.quality.paired import benjamini_hochberg, mcnemar_exact_each

CHANGED = "NOT is_unchanged"  # one prediction of both is right or wrong for both


@dataclass(frozen=True, kw_only=True)
class Difference:
    """
    Change of accuracy after review from one version to another, on the same samples.

    Only samples count on which both predictions equal the label or are judged: otherwise
    every changed prediction of the newer version would look like an error.
    """

    decided: int
    only_before: int  # right before, wrong after
    only_after: int
    total: int  # samples that both versions predicted
    open: int  # changed predictions on which reviews are open
    lowest: int  # gain in samples if every open review went against the newer version
    highest: int
    q: float | None = None  # of McNemar's exact test, among all categories

    @property
    def at_worst(self) -> tuple[int, int]:
        """Return lost and won samples if every open review went against the newer version."""
        return self.only_after - self.lowest, self.only_after

    @property
    def at_best(self) -> tuple[int, int]:
        """Return lost and won samples if every open review went for the newer version."""
        return self.only_before, self.only_before + self.highest

    @property
    def value(self) -> float | None:
        """Return the change of accuracy; positive is better."""
        return (self.only_after - self.only_before) / self.decided if self.decided else None

    @property
    def interval(self) -> Interval | None:
        """Return the 95 % interval of that change by Agresti and Min."""
        if not self.decided:
            return None
        return agresti_min(self.only_before, self.only_after, self.decided)

    @property
    def bounds(self) -> Interval | None:
        """Return the change over all samples if the open reviews all went one way."""
        if not self.total:
            return None
        return Interval(self.lowest / self.total, self.highest / self.total)

    @property
    def is_sure(self) -> bool:
        """Tell whether no outcome of the open reviews could turn the change around."""
        return bool(self.lowest > 0 or self.highest < 0)

    @property
    def is_open(self) -> bool:
        """Tell whether open reviews could still turn the change around."""
        return self.decided < self.total and not self.is_sure

    @property
    def is_significant(self) -> bool:
        return self.is_sure and self.q is not None and self.q < FALSE_DISCOVERIES


@dataclass(frozen=True, kw_only=True)
class Differences:
    """The change over all samples, and by the primary key of each category."""

    against: ModelVersion
    overall: Difference
    by_category: Mapping[int, Difference]


def differences(scope: Scope, *, against: ModelVersion) -> Differences:
    """Return how the version of the scope differs from an older one."""
    found = fetch(_sql(scope), {**scope.parameters, "against": against.pk})
    q_values = benjamini_hochberg(
        mcnemar_exact_each([row[2] for row in found], [row[3] for row in found])
    )
    by_category = {
        row[0]: _difference(row[1:], q=float(q)) for row, q in zip(found, q_values, strict=True)
    }
    sums = [sum(row[place] for row in found) for place in range(1, 8)]
    return Differences(against=against, overall=_difference(sums), by_category=by_category)


def _difference(cells: list[int] | tuple[int, ...], q: float | None = None) -> Difference:
    decided, only_before, only_after, total, lowest, highest, opened = map(int, cells)
    return Difference(
        decided=decided,
        only_before=only_before,
        only_after=only_after,
        total=total,
        lowest=lowest,
        highest=highest,
        open=opened,
        q=q,
    )


def _sql(scope: Scope) -> str:
    """Count samples alike first, as `verdicts_of_pairs` does, and look up the rest afterwards."""
    counts = ", ".join(
        f"coalesce(sum({number}) FILTER (WHERE {condition}), 0)::bigint"
        for number, condition in (
            ("samples", "before IS NOT NULL AND after IS NOT NULL"),
            ("samples", "before AND NOT after"),
            ("samples", "after AND NOT before"),
            ("samples", "true"),
            ("samples * (coalesce(after, false)::int - coalesce(before, true)::int)", CHANGED),
            ("samples * (coalesce(after, true)::int - coalesce(before, false)::int)", CHANGED),
            ("samples", f"{CHANGED} AND (before IS NULL OR after IS NULL)"),
        )
    )
    return f"""
    WITH {JUDGED}, alike AS (
        SELECT consensus.category_id AS human_id, o.category_id AS older_id,
            n.category_id AS newer_id, judged.sample_id, count(*) AS samples
        FROM labelling_consensus AS consensus
        JOIN registry_prediction AS o
          ON o.sample_id = consensus.sample_id AND o.version_id = %(against)s
        JOIN registry_prediction AS n
          ON n.sample_id = consensus.sample_id AND n.version_id = %(version)s
        LEFT JOIN judged ON judged.sample_id = consensus.sample_id
        WHERE consensus.source = %(source)s AND consensus.state = 'settled'
        GROUP BY 1, 2, 3, 4
    ), pair AS (
        SELECT alike.sample_id, alike.samples, {scope.axis}_node.cut AS category_id,
            human_node.cut AS human, older_node.cut AS older, predicted_node.cut AS newer
        FROM alike
        JOIN {NODE} AS human_node ON human_node.id = alike.human_id
        JOIN {NODE} AS older_node ON older_node.id = alike.older_id
        JOIN {NODE} AS predicted_node ON predicted_node.id = alike.newer_id
        WHERE true {within(scope)}
    ), marked AS (
        SELECT category_id, samples, older = newer AS is_unchanged,
            (human = older OR {acceptable("older")}) AS before,  -- null: not decided
            (human = newer OR {acceptable("newer")}) AS after
        FROM pair LEFT JOIN judged USING (sample_id)
    )
    SELECT category_id, {counts} FROM marked GROUP BY category_id
    """  # noqa: S608  # built from our own words; every value is a parameter
