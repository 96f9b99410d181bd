"""
How often people and a version are wrong alike.

Where both say the same nobody looks again, but for the samples that were drawn at random for two
reviewers. The share found wrong among these says what the rest hides.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.services.comparison import Comparison
from analysis.services.verdicts import Scope, fetch, verdicts_of_samples
from labelhub.labelling.models import ReviewDraw, Source
from labelhub.labelling.services.review_draws import REVIEWERS
from mlcore.quality.intervals import Interval, sum_interval, wilson


@dataclass(frozen=True, kw_only=True)
class Audit:
    """
    The error after review with the agreed mistakes that an audit of some samples lets expect.

    Args:
        wrong: audited samples on which people and version agree and are wrong.
        audited: all audited samples on which they agree.
        error: error after review, as the table has it.
        interval: of that error.
        agreed: share of all samples on which people and version agree.
    """

    wrong: int
    audited: int
    error: float
    error_interval: Interval
    agreed: float

    @property
    def rate(self) -> float:
        """The share found wrong: rho."""
        return self.wrong / self.audited

    @property
    def rate_interval(self) -> Interval:
        found = wilson(self.wrong, self.audited)
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


def audit(table: Comparison) -> Audit | None:
    """Return what the audit adds to a comparison, or None while no agreed sample is audited."""
    totals = table.totals
    if table.scope.source is not Source.PEOPLE or totals.error_after is None:
        return None
    wrong, audited = found_wrong(table.scope)
    if not audited:
        return None
    assert totals.error_after_low is not None  # known with the error itself
    assert totals.error_after_high is not None
    return Audit(
        wrong=wrong,
        audited=audited,
        error=totals.error_after,
        error_interval=Interval(totals.error_after_low, totals.error_after_high),
        agreed=totals.same / totals.total,
    )


def found_wrong(scope: Scope) -> tuple[int, int]:
    """
    Count the audited samples that are wrong, and all that are audited.

    A sample is audited once it was drawn, people and version agree on it, and two reviewers or
    more have judged it and are not divided.
    """
    if not ReviewDraw.objects.exists():
        return 0, 0
    sql = f"""
    {verdicts_of_samples(scope)}, reviewed AS (
        SELECT draw.sample_id
        FROM labelling_reviewdraw AS draw
        JOIN labelling_judgement AS judgement ON judgement.sample_id = draw.sample_id
        WHERE judgement.superseded_at IS NULL
        GROUP BY draw.sample_id HAVING count(DISTINCT judgement.reviewer_id) >= %(reviewers)s
    )
    SELECT count(*) FILTER (WHERE NOT human = ANY (acceptable)), count(*)
    FROM verdict JOIN reviewed USING (sample_id) JOIN judged USING (sample_id)
    WHERE verdict = 'same' AND human = ANY (seen)
    """  # noqa: S608  # built from our own words; every value is a parameter
    [(wrong, audited)] = fetch(sql, {**scope.parameters, "reviewers": REVIEWERS})
    return wrong, audited
