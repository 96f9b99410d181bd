"""The gate: whether a candidate may take the place of the live version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.services.comparison import FALSE_DISCOVERIES
from analysis.services.difference import Difference, Differences, differences
from analysis.services.verdicts import Scope, default_source
from labelhub.catalog.models import Category
from labelhub.labelling.models import Source
from labelhub.registry.models import ModelVersion, Prediction
from labelhub.registry.services.promotion import Finding, GateResult, Outcome
from mlcore.quality.intervals import Interval, agresti_min
from mlcore.quality.paired import benjamini_hochberg, mcnemar_exact_each

LARGEST_LOSS = 0.002  # of accuracy after review: what the lower bound must stay above
MOST_NAMED = 10  # fallen categories that the audit trail names


class Condition(StrEnum):
    """What the gate asks. Kept in English: these words go into the audit trail."""

    PREDICTED = "predictions to judge by"
    OVERALL = "overall change"
    CATEGORIES = "no category falls"


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A category in which the candidate is worse by more than chance."""

    category: Category
    difference: Difference
    is_sure: bool  # however the open reviews end


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What the gate found, with the figures that a page shows beside each condition."""

    candidate: ModelVersion
    live: ModelVersion | None  # None: no version is live, so there is nothing to fall behind
    source: Source
    predicted: int  # samples that the candidate predicted
    predicted_by_live: int
    result: GateResult
    overall: Difference | None = None  # None where no sample can be compared
    falls: tuple[Fall, ...] = ()

    @property
    def at_worst(self) -> Interval | None:
        """Return the interval of the change with every open review against the candidate."""
        return _interval(self.overall, self.overall.at_worst) if self.overall else None

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Return how each condition ended that was looked at, by its name in lower case."""
        return {
            Condition(finding.condition).name.lower(): finding.outcome
            for finding in self.result.findings
        }


def check(*, version: ModelVersion) -> Gate:
    """
    Hold a candidate against the live version on the samples that both predicted.

    It passes when the lower bound of the change of accuracy after review is above −0.2 points and
    no category falls at q < .05. Open reviews count against it: as long as they could turn a
    condition around, that condition is open, and the gate stays shut. The first version has nothing
    to fall behind.
    """
    live = ModelVersion.objects.filter(stage=ModelVersion.Stage.LIVE).first()
    source = default_source()
    predicted, predicted_by_live = _predicted(version), _predicted(live)
    found = differences(Scope(version=version, source=source), against=live) if live else None
    overall = found.overall if found and found.overall.total else None
    falls = _falls(found) if found else ()
    findings = [
        _predictions(predicted, predicted_by_live, overall.total if overall else 0, live),
        *([_change(overall), _categories(found, falls)] if found and overall else []),
    ]
    return Gate(
        candidate=version,
        live=live,
        source=source,
        predicted=predicted,
        predicted_by_live=predicted_by_live,
        overall=overall,
        falls=falls,
        result=GateResult(
            is_passed=all(finding.outcome is Outcome.PASSED for finding in findings),
            findings=tuple(findings),
            against_id=live.pk if live else None,
        ),
    )


def _predicted(version: ModelVersion | None) -> int:
    return Prediction.objects.filter(version=version).count() if version else 0


def _predictions(
    predicted: int, predicted_by_live: int, common: int, live: ModelVersion | None
) -> Finding:
    """Ask whether there is anything to judge by: samples in common, where a version is live."""
    if live is None:
        outcome = Outcome.PASSED if predicted else Outcome.FAILED
        return Finding(Condition.PREDICTED, outcome, {"live version": "none", "samples": predicted})
    return Finding(
        Condition.PREDICTED,
        Outcome.PASSED if common else Outcome.FAILED,
        {
            "live version": live.name,
            "samples": predicted,
            "of the live version": predicted_by_live,
            "labelled samples in common": common,
        },
    )


def _change(overall: Difference) -> Finding:
    """Ask whether the lower bound of the overall change is above the largest loss allowed."""
    worst, best = _interval(overall, overall.at_worst), _interval(overall, overall.at_best)
    if worst.low > -LARGEST_LOSS:
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.OPEN if best.low > -LARGEST_LOSS else Outcome.FAILED
    figures = {
        "lower bound": worst.low,
        "must be above": -LARGEST_LOSS,
        "lost": overall.only_before,
        "won": overall.only_after,
        "open reviews": overall.open,
        "samples": overall.total,
    }
    return Finding(Condition.OVERALL, outcome, figures)


def _interval(change: Difference, counts: tuple[int, int]) -> Interval:
    """Return the interval over all samples; those decided alike, or not at all, lie in between."""
    lost, won = counts
    return agresti_min(lost, won, change.total)


def _categories(found: Differences, falls: tuple[Fall, ...]) -> Finding:
    """Ask whether any category falls by more than chance."""
    if not falls:
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.FAILED if any(fall.is_sure for fall in falls) else Outcome.OPEN
    figures: dict[str, float | int | str] = {
        "categories": len(found.by_category),
        "fallen": len(falls),
    }
    if falls:
        figures["first"] = "; ".join(fall.category.path for fall in falls[:MOST_NAMED])
    return Finding(Condition.CATEGORIES, outcome, figures)


def _falls(found: Differences) -> tuple[Fall, ...]:
    """Return the categories that fall, or that would if open reviews went against them."""
    sure = _fallen({pk: each.at_best for pk, each in found.by_category.items()})
    possible = _fallen({pk: each.at_worst for pk, each in found.by_category.items()})
    categories = Category.objects.in_bulk(sure | possible)
    falls = [
        Fall(category=categories[pk], difference=found.by_category[pk], is_sure=pk in sure)
        for pk in sure | possible
    ]
    return tuple(sorted(falls, key=lambda fall: (not fall.is_sure, fall.category.path)))


def _fallen(counts: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the categories that lose more than chance by McNemar and Benjamini–Hochberg."""
    lost = [each[0] for each in counts.values()]
    won = [each[1] for each in counts.values()]
    q_values = benjamini_hochberg(mcnemar_exact_each(lost, won))
    return {
        pk
        for pk, (less, more), q in zip(counts, counts.values(), q_values, strict=True)
        if less > more and q < FALSE_DISCOVERIES
    }
