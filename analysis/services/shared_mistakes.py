"""
How often people and a version are wrong alike.

Where both say the same nobody looks again, but for the samples that were drawn at random for two
reviewers. The share found wrong among these says what the rest hides.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.services.comparison import Comparison
from analysis.services.headline import Headline
from analysis.services.verdicts import NODE, Scope, fetch, within
from labelhub.labelling.models import ReviewDraw, Source
from labelhub.labelling.services.checks_sql import TALLIES
from labelhub.labelling.services.review_draws import REVIEWERS
from mlcore.quality.intervals import Interval, sum_interval, wilson


@dataclass(frozen=True, kw_only=True)
class SharedMistakes:
    """
    The error after review with the mistakes that people and version are expected to share.

    Args:
        wrong: twice judged samples on which people and version agree and are wrong.
        judged: all twice judged samples on which they agree.
        error: error after review, as the headline has it.
        interval: of that error.
        agreed: share of all samples on which people and version agree.
    """

    wrong: int
    judged: int
    error: float
    error_interval: Interval
    agreed: float

    @property
    def rate(self) -> float:
        """The share found wrong: rho."""
        return self.wrong / self.judged

    @property
    def rate_interval(self) -> Interval:
        found = wilson(self.wrong, self.judged)
        assert found is not None  # only of no sample at all
        return found

    @property
    def estimate(self) -> float:
        """The error after review, with rho of the agreed samples added."""
        return self.error + self.rate * self.agreed

    @property
    def interval(self) -> Interval:
        """The interval of the estimate; the two parts come from different samples."""
        added = Interval(*(end * self.agreed for end in self.rate_interval))
        low, high = sum_interval(self.error, self.error_interval, self.rate * self.agreed, added)
        return Interval(max(low, 0.0), min(high, 1.0))


def estimate(table: Comparison, figures: Headline) -> SharedMistakes | None:
    """Return what shared mistakes add to the headline, or None while no agreed sample is judged."""
    after, agreed = figures.after, figures.before.value
    if table.scope.source is not Source.PEOPLE or after.value is None or agreed is None:
        return None
    wrong, judged = found_wrong(table.scope)
    if not judged:
        return None
    assert after.interval is not None  # known with the share itself
    error = 1 - after.value
    low, high = 1 - after.interval.high, 1 - after.interval.low
    return SharedMistakes(
        wrong=wrong,
        judged=judged,
        error=error,
        error_interval=Interval(min(low, error), max(high, error)),  # but for rounding
        agreed=agreed,
    )


def found_wrong(scope: Scope) -> tuple[int, int]:
    """
    Count the agreed samples that two reviewers judged: those found wrong, and all.

    It counts samples that were drawn at random, on which people and version agree, and on which
    two reviewers or more are not divided.
    """
    if not ReviewDraw.objects.exists():
        return 0, 0
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
    )
    SELECT count(*) FILTER (WHERE NOT human_node.cut = ANY (acceptable)), count(*)
    FROM judged
    JOIN labelling_consensus AS consensus ON consensus.sample_id = judged.sample_id
    JOIN registry_prediction AS prediction
      ON prediction.sample_id = judged.sample_id AND prediction.version_id = %(version)s
    JOIN {NODE} AS human_node ON human_node.id = consensus.category_id
    JOIN {NODE} AS predicted_node ON predicted_node.id = prediction.category_id
    WHERE consensus.source = %(source)s AND consensus.state = 'settled'
      AND human_node.cut = predicted_node.cut AND human_node.cut = ANY (seen) {within(scope)}
    """  # noqa: S608  # built from our own words; every value is a parameter
    [(wrong, judged)] = fetch(sql, {**scope.parameters, "reviewers": REVIEWERS})
    return wrong, judged
