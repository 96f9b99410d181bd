"""How accuracy trades against coverage: which rows a version answers, and how right it is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.quality.intervals import Z_95, wilson_bounds

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class CoverageCurve:
    """
    What answering only from a probability on costs and brings, for every such probability.

    Arrays of one length, thresholds falling; rows of equal probability come together.

    Attributes:
        threshold: rows with at least this highest probability are answered.
        rows: how many these are.
        coverage: their share of all rows.
        accuracy: share of them that is right.
        low, high: Wilson 95 % interval of the accuracy at this one threshold.
    """

    threshold: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    coverage: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]

    def at(self, threshold: float) -> "Operation":
        """Return what answering from this probability on gives."""
        place = int(np.searchsorted(-self.threshold, -threshold, side="right")) - 1
        if place < 0:
            return Operation(threshold, 0, 0.0, None, None)
        return self._operation(place, threshold)

    def reaching(self, target: float) -> "Operation":
        """
        Return the lowest threshold whose lower bound of accuracy reaches a target.

        The bound is Wilson's, as of every other share in the product. It holds for one
        threshold, and this is the best of many: measure the threshold again on rows that
        had no part in choosing it, as `mlcore.quality.calibration.calibrate` does.

        Args:
            target: accuracy wanted of the answered rows, in (0, 1).

        Returns:
            The threshold; None with coverage 0 where no threshold reaches the target.

        Raises:
            ValueError: the target is out of its range.
        """
        if not 0 < target < 1:
            raise ValueError(f"The accuracy to reach must lie in (0, 1), not {target}.")
        reaching = np.flatnonzero(self.low >= target)
        if not reaching.size:
            return Operation(None, 0, 0.0, None, None)
        place = int(reaching[-1])
        return self._operation(place, float(self.threshold[place]))

    def _operation(self, place: int, threshold: float) -> "Operation":
        return Operation(
            threshold,
            int(self.rows[place]),
            float(self.coverage[place]),
            float(self.accuracy[place]),
            float(self.low[place]),
        )


@dataclass(frozen=True)
class Operation:
    """
    One way to run a version: which rows it answers, and how right it is on them.

    Attributes:
        threshold: lowest probability that is answered; None: nothing is.
        rows, coverage: how many rows and which share of them are answered.
        accuracy, low: of these, and its lower Wilson bound; None where there are none.
    """

    threshold: float | None
    rows: int
    coverage: float
    accuracy: float | None
    low: float | None


def coverage_curve(
    highest: Floats, is_right: npt.NDArray[np.bool_], *, z: float = Z_95
) -> CoverageCurve:
    """
    Return coverage and accuracy for every threshold that makes a difference.

    Args:
        highest: highest probability of each row, in [0, 1], shape (n,), n >= 1.
        is_right: whether its category is the true one, shape (n,).
        z: normal quantile of the interval's coverage.

    Raises:
        ValueError: there are no rows, the shapes differ or a value is out of its range.

    >>> curve = coverage_curve(np.array([0.9, 0.5, 0.9, 0.2]), np.array([True, True, False, True]))
    >>> curve.threshold.tolist(), curve.coverage.tolist(), curve.accuracy.round(3).tolist()
    ([0.9, 0.5, 0.2], [0.5, 0.75, 1.0], [0.5, 0.667, 0.75])
    """
    check_verdicts(highest, is_right)
    order = np.argsort(-highest, kind="stable")
    falling = highest[order].astype(np.float64)
    # The last of equal probabilities stands for them all: no threshold parts them.
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    right = np.cumsum(is_right[order])[last]
    rows = last + 1
    low, high = wilson_bounds(right, rows, z)
    return CoverageCurve(falling[last], rows, rows / len(highest), right / rows, low, high)


def check_verdicts(highest: Floats, is_right: npt.NDArray[np.bool_]) -> None:
    """
    Refuse what is not one highest probability and one verdict a row.

    Raises:
        ValueError: there are no rows, the shapes differ or a value is out of its range.
    """
    if highest.ndim != 1 or highest.shape != is_right.shape or not highest.size:
        raise ValueError(
            "Expected a probability and a verdict for each row, at least one, "
            f"not {highest.shape} and {is_right.shape}."
        )
    if not np.all((highest >= 0) & (highest <= 1)):
        raise ValueError("A probability must lie between 0 and 1.")
