"""Verdicts of people and model on each other, and the errors that follow from them."""

from dataclasses import dataclass
from enum import StrEnum

from mlcore.quality.intervals import Interval


class Verdict(StrEnum):
    """Who was right about a sample, once both of its categories are judged."""

    SAME = "same"
    HUMAN = "human"
    MODEL = "model"
    BOTH = "both"
    NEITHER = "neither"
    UNREVIEWED = "unreviewed"


def verdict(
    human: str,
    predicted: str,
    *,
    human_acceptable: bool | None,
    predicted_acceptable: bool | None,
) -> Verdict:
    """
    Return the verdict on one sample; None means that a category is not judged.

    >>> verdict("a", "b", human_acceptable=False, predicted_acceptable=True)
    <Verdict.MODEL: 'model'>
    """
    if human == predicted:
        return Verdict.SAME
    if human_acceptable is None or predicted_acceptable is None:
        return Verdict.UNREVIEWED
    if human_acceptable:
        return Verdict.BOTH if predicted_acceptable else Verdict.HUMAN
    return Verdict.MODEL if predicted_acceptable else Verdict.NEITHER


@dataclass(frozen=True)
class VerdictCounts:
    """
    How many samples of a category got each verdict.

    Shares are fractions, None where the total is 0. What nobody has decided counts as
    the model's error; `unreviewed_bounds` shows how far the decisions can move it.

    >>> counts = VerdictCounts(same=16, human=143, model=9, both=1, neither=19)
    >>> counts.total, round(counts.error_before, 4), round(counts.error_after, 4)
    (188, 0.9149, 0.8617)
    """

    same: int = 0
    human: int = 0
    model: int = 0
    both: int = 0
    neither: int = 0
    unreviewed: int = 0

    def __post_init__(self) -> None:
        if min(self._cells()) < 0:
            raise ValueError(f"Counts of samples cannot be negative: {self!r}.")

    @property
    def total(self) -> int:
        """All samples with a consensus and a prediction."""
        return sum(self._cells())

    @property
    def error_before(self) -> float | None:
        """Share on which the model differs from the people."""
        return self._share(self._wrong_before)

    @property
    def error_after(self) -> float | None:
        """Share on which the model's category was not found acceptable."""
        return self._share(self._wrong_after)

    @property
    def human_error(self) -> float | None:
        """Share on which the people's category was not found acceptable."""
        return self._share(self.total - self.same - self.human - self.both)

    @property
    def unreviewed_bounds(self) -> Interval | None:
        """Error after if all open reviews favoured the model, and if none did."""
        low = self._share(self.human + self.neither)
        high = self._share(self.human + self.neither + self.unreviewed)
        return None if low is None or high is None else Interval(low, high)

    @property
    def error_after_spread(self) -> float | None:
        """Error after if open reviews end like the reviewed disagreements here did."""
        wrong = self.human + self.neither
        reviewed = wrong + self.model + self.both
        if self.unreviewed and not reviewed:
            return None
        expected = self.unreviewed * wrong / reviewed if reviewed else 0.0
        return (wrong + expected) / self.total if self.total else None

    @property
    def _wrong_before(self) -> int:
        return self.total - self.same

    @property
    def _wrong_after(self) -> int:
        return self.total - self.same - self.model - self.both

    def _share(self, count: int) -> float | None:
        return count / self.total if self.total else None

    def _cells(self) -> tuple[int, ...]:
        return (
            self.same,
            self.human,
            self.model,
            self.both,
            self.neither,
            self.unreviewed,
        )
