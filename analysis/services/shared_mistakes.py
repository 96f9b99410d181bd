"""
How often people and a version are wrong alike.

Where both say the same nobody looks again, but for the samples that were drawn at random for two
reviewers. The share found wrong among these says what the rest hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.services.comparison import Comparison
from analysis.services.headline import Group, Headline, Share, chances_sql, pooled
from analysis.services.verdicts import NODE, Scope, fetch, within
from labelhub.labelling.models import ReviewDraw, Source
from labelhub.labelling.services.chances import Basis
from labelhub.labelling.services.checks_sql import TALLIES
from labelhub.labelling.services.review_draws import REVIEWERS
from mlcore.quality.intervals import Interval, sum_interval


@dataclass(frozen=True, kw_only=True)
class SharedMistakes:
    """
    The error after review with the mistakes that people and version are expected to share.

    Args:
        wrong: twice judged samples on which people and version agree and are wrong.
        judged: all twice judged samples on which they agree.
        found_wrong: their share, each sample weighed by its chance; never empty.
        error: error after review, as the headline has it.
        error_interval: of that error.
        agreed: share of all samples on which people and version agree.
    """

    wrong: int
    judged: int
    found_wrong: Share
    error: float
    error_interval: Interval
    agreed: float

    @property
    def rate(self) -> float:
        """The share found wrong: rho."""
        assert self.found_wrong.value is not None
        return self.found_wrong.value

    @property
    def estimate(self) -> float:
        """The error after review, with rho of the agreed samples added."""
        return self.error + self.rate * self.agreed

    @property
    def interval(self) -> Interval:
        """The interval of the estimate; the two parts come from different samples."""
        assert self.found_wrong.interval is not None
        added = Interval(*(end * self.agreed for end in self.found_wrong.interval))
        low, high = sum_interval(self.error, self.error_interval, self.rate * self.agreed, added)
        return Interval(max(low, 0.0), min(high, 1.0))


def estimate(table: Comparison, figures: Headline) -> SharedMistakes | None:
    """Return what shared mistakes add to the headline, or None while no agreed sample is judged."""
    after, agreed = figures.after, figures.before.value
    if table.scope.source is not Source.PEOPLE or after.value is None or agreed is None:
        return None
    groups = judged_twice(table.scope, figures.basis)
    if not groups:
        return None
    assert after.interval is not None  # known with the share itself
    error = 1 - after.value
    low, high = 1 - after.interval.high, 1 - after.interval.low
    return SharedMistakes(
        wrong=sum(int(group.hits) for group in groups),
        judged=sum(group.total for group in groups),
        found_wrong=pooled(groups),
        error=error,
        error_interval=Interval(min(low, error), max(high, error)),  # but for rounding
        agreed=agreed,
    )


def judged_twice(scope: Scope, basis: Basis) -> Sequence[Group]:
    """
    Count the agreed samples that two reviewers judged: those found wrong, and all, by chance.

    It counts samples of the headline that were drawn at random, on which people and version
    agree, and on which two reviewers or more are not divided.
    """
    if not ReviewDraw.objects.exists():
        return []
    sql = f"""
    WITH tallies AS MATERIALIZED ({TALLIES}), reviewed AS MATERIALIZED (
        SELECT sample_id FROM labelling_judgement
        WHERE superseded_at IS NULL AND sample_id IN (SELECT sample_id FROM tallies)
        GROUP BY sample_id HAVING count(DISTINCT reviewer_id) >= %(reviewers)s
    ), judged AS MATERIALIZED (
        SELECT tallies.sample_id, array_agg(node.cut) AS seen,
               coalesce(array_agg(node.cut) FILTER (WHERE yes > no), '{{}}') AS acceptable
        FROM tallies JOIN {NODE} AS node ON node.id = tallies.category_id
        WHERE yes <> no AND tallies.sample_id IN (SELECT sample_id FROM reviewed)
        GROUP BY tallies.sample_id
    ), drawn AS MATERIALIZED ({chances_sql(basis)})
    SELECT CASE WHEN drawn.sample_id IS NULL THEN 1 ELSE drawn.chance END AS known_chance,
           count(*) FILTER (WHERE NOT human_node.cut = ANY (acceptable)), count(*)
    FROM judged
    JOIN labelling_consensus AS consensus ON consensus.sample_id = judged.sample_id
    JOIN registry_prediction AS prediction
      ON prediction.sample_id = judged.sample_id AND prediction.version_id = %(version)s
    JOIN {NODE} AS human_node ON human_node.id = consensus.category_id
    JOIN {NODE} AS predicted_node ON predicted_node.id = prediction.category_id
    LEFT JOIN drawn ON drawn.sample_id = judged.sample_id
    WHERE consensus.source = %(source)s AND consensus.state = 'settled'
      AND human_node.cut = predicted_node.cut AND human_node.cut = ANY (seen) {within(scope)}
      AND (drawn.sample_id IS NULL OR drawn.chance IS NOT NULL)
    GROUP BY known_chance ORDER BY known_chance
    """  # noqa: S608  # built from our own words; every value is a parameter
    return [Group(*row) for row in fetch(sql, {**scope.parameters, "reviewers": REVIEWERS})]
