"""Whether small hidden layers win over large ones, as they did in the talk."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

from scipy import stats

SMALL_UP_TO = 128
"""Units of a small layer: the smaller half of the sizes that a search tries."""

FEWEST_A_SIDE = 5
"""Trials of small and of large layers before they are compared."""

SURE = 0.05
"""Largest p-value at which one side is called the better."""

Verdict = Literal["small", "large", "alike", "too few"]


@dataclass(frozen=True)
class Tried:
    """A trial: its hidden layer's units, and its accuracy; None where it was ended early."""

    size: float
    accuracy: float | None


@dataclass(frozen=True)
class Side:
    """
    The trials of small, or of large, layers.

    Attributes:
        finished, pruned: how many trained to the end, and how many were ended early.
        best, median: accuracy of the finished ones; None where there are none.
    """

    finished: int
    pruned: int
    best: float | None
    median: float | None

    @property
    def trials(self) -> int:
        """Finished and pruned ones."""
        return self.finished + self.pruned


@dataclass(frozen=True)
class Sizes:
    """
    Small layers against large ones.

    Attributes:
        superiority: share of pairs of a small and a large layer in which the small one was
            better, ties counting half; a trial that was ended early is worse than any that
            finished. None where there are too few.
        p_value: Mann-Whitney, two-sided, that neither side is better; None likewise.
    """

    small: Side
    large: Side
    superiority: float | None
    p_value: float | None

    @property
    def verdict(self) -> Verdict:
        """Which side is better, if that can be told."""
        if self.p_value is None or self.superiority is None:
            return "too few"
        if self.p_value > SURE:
            return "alike"
        return "small" if self.superiority > 0.5 else "large"

    def as_record(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {**asdict(self), "verdict": self.verdict, "small_up_to": SMALL_UP_TO}


def compare(trials: Sequence[Tried]) -> Sizes:
    """
    Compare trials of hidden layers of up to `SMALL_UP_TO` units with those of larger ones.

    A search tries promising settings more often and changes the others along, so that the
    p-value is a guide, not a proof.

    Source:
        Mann & Whitney (1947), "On a test of whether one of two random variables is
        stochastically larger than the other", Annals of Mathematical Statistics 18(1), 50-60.
    """
    small = [trial.accuracy for trial in trials if trial.size <= SMALL_UP_TO]
    large = [trial.accuracy for trial in trials if trial.size > SMALL_UP_TO]
    if min(len(small), len(large)) < FEWEST_A_SIDE:
        return Sizes(_side(small), _side(large), None, None)
    test = stats.mannwhitneyu(_ranked(small), _ranked(large))
    superiority = float(test.statistic) / (len(small) * len(large))
    return Sizes(_side(small), _side(large), superiority, float(test.pvalue))


def _side(accuracies: Sequence[float | None]) -> Side:
    finished = [accuracy for accuracy in accuracies if accuracy is not None]
    return Side(
        finished=len(finished),
        pruned=len(accuracies) - len(finished),
        best=max(finished, default=None),
        median=median(finished) if finished else None,
    )


def _ranked(accuracies: Sequence[float | None]) -> list[float]:
    """Return the accuracies with a value below all of them for trials that were ended early."""
    return [-1.0 if accuracy is None else accuracy for accuracy in accuracies]
