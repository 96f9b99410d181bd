"""How far a version's probabilities can be believed, and from which one on it may answer."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from mlcore.quality.coverage import (
    CoverageCurve,
    Floats,
    Operation,
    check_verdicts,
    coverage_curve,
)
from mlcore.quality.temperature import SMALLEST, scaled

BINS = 15
"""Equal-width bins of the calibration error, as Guo et al. take them."""

COLDEST, HOTTEST = 0.05, 20.0
"""Ends between which a temperature is sought; a network that is never wrong has none."""

POINTS = 200
"""Points of a recorded curve at most: more than a chart has room for."""


def negative_log_likelihood(probabilities: Floats, labels: npt.NDArray[np.integer]) -> float:
    """
    Return the mean of −ln p(true category), in nats.

    >>> round(negative_log_likelihood(np.array([[0.5, 0.5], [0.1, 0.9]]), np.array([0, 1])), 4)
    0.3993
    """
    of_true = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_true, SMALLEST)).mean())


def temperature(probabilities: Floats, labels: npt.NDArray[np.integer]) -> float:
    """
    Return the temperature under which the true categories are most likely.

    Args:
        probabilities: of rows that were not trained on, shape (n, n_categories), n >= 1.
        labels: their true category indices, shape (n,).

    Returns:
        A number in [0.05, 20]; an end of it where the likelihood still grows there.

    Raises:
        ValueError: there are no rows or the shapes do not fit.

    Source:
        Guo et al. (2017), "On calibration of modern neural networks", ICML, PMLR 70,
        1321-1330.
    """
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1] or not labels.size:
        raise ValueError(
            "Expected one label for each row of probabilities, at least one, "
            f"not {labels.shape} for {probabilities.shape}."
        )
    exact = probabilities.astype(np.float64)
    # The likelihood is concave in 1/T, so a search between two ends finds its only top.
    found = optimize.minimize_scalar(
        lambda inverse: negative_log_likelihood(scaled(exact, 1 / inverse), labels),
        bounds=(1 / HOTTEST, 1 / COLDEST),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(1 / found.x)


@dataclass(frozen=True)
class Bin:
    """
    Rows whose highest probability lies in (low, high].

    Attributes:
        rows: how many, more than 0.
        probability: their mean highest probability.
        accuracy: share of them that is right.
    """

    low: float
    high: float
    rows: int
    probability: float
    accuracy: float


def reliability(highest: Floats, is_right: npt.NDArray[np.bool_], *, bins: int = BINS) -> list[Bin]:
    """
    Return the rows in bins of their highest probability, empty bins left out.

    Args:
        highest: highest probability of each row, in [0, 1], shape (n,), n >= 1.
        is_right: whether its category is the true one, shape (n,).
        bins: equally wide ones, at least 1.

    Raises:
        ValueError: there are no rows, the shapes differ or a value is out of its range.

    >>> [(bin.rows, bin.accuracy) for bin in reliability(
    ...     np.array([0.3, 0.9, 1.0]), np.array([False, True, False]), bins=2)]
    [(1, 0.0), (2, 0.5)]
    """
    check_verdicts(highest, is_right)
    if bins < 1:
        raise ValueError(f"Expected at least one bin, not {bins}.")
    place = np.clip(np.ceil(highest * bins).astype(np.int64) - 1, 0, bins - 1)
    rows = np.bincount(place, minlength=bins)
    sums = np.bincount(place, weights=highest, minlength=bins)
    right = np.bincount(place, weights=is_right, minlength=bins)
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            rows=int(rows[number]),
            probability=float(sums[number] / rows[number]),
            accuracy=float(right[number] / rows[number]),
        )
        for number in np.flatnonzero(rows).tolist()
    ]


def expected_calibration_error(
    highest: Floats, is_right: npt.NDArray[np.bool_], *, bins: int = BINS
) -> float:
    """
    Return by how much probability and accuracy differ, over bins, weighted by their rows.

    Args and Raises: as for `reliability`.

    Source:
        Naeini, Cooper & Hauskrecht (2015), "Obtaining well calibrated probabilities using
        Bayesian binning", AAAI, 2901-2907.

    >>> round(expected_calibration_error(
    ...     np.array([0.9, 0.9, 0.6, 0.6]), np.array([True, True, True, False])), 4)
    0.1
    """
    table = reliability(highest, is_right, bins=bins)
    off = sum(bin.rows * abs(bin.probability - bin.accuracy) for bin in table)
    return off / len(highest)


@dataclass(frozen=True)
class Calibration:
    """
    What held-out rows say about a version's probabilities.

    One half of the rows chose the temperature and the threshold; every figure here is
    measured on the other half, which had no part in that.

    Attributes:
        temperature: what the probabilities are scaled with.
        target: accuracy that the threshold was chosen for.
        chosen, measured: that threshold on the half that chose it, and on the other.
        error_before, error_after: expected calibration error without and with temperature.
        table: reliability of the scaled probabilities.
        curve: coverage against accuracy of the scaled probabilities.
    """

    temperature: float
    target: float
    chosen: Operation
    measured: Operation
    error_before: float
    error_after: float
    table: list[Bin]
    curve: CoverageCurve

    def as_record(self) -> dict[str, Any]:
        """Return everything as JSON values, the curve in at most 200 points."""
        last = len(self.curve.threshold) - 1
        points = np.unique(np.linspace(0, last, min(POINTS, last + 1)).round().astype(np.int64))
        curve = {name: values[points].tolist() for name, values in vars(self.curve).items()}
        return {**asdict(self), "curve": curve}


def calibrate(
    probabilities: Floats,
    labels: npt.NDArray[np.integer],
    *,
    target: float,
    dice: np.random.Generator,
) -> Calibration:
    """
    Choose a temperature and a threshold, and measure them.

    Args:
        probabilities: of rows that were not trained on, shape (n, n_categories), n >= 2.
        labels: their true category indices, shape (n,).
        target: accuracy wanted of the answered rows, in (0, 1).
        dice: parts the rows into two halves.

    Returns:
        Temperature 1 where the choosing half holds no mistake: rows that are all right do
        not tell how sure to be.

    Raises:
        ValueError: there are fewer than two rows, the shapes differ or the target is no
            share.
    """
    if len(labels) < 2:
        raise ValueError("Calibrating takes at least two rows.")
    chooses = np.zeros(len(labels), dtype=np.bool_)
    chooses[dice.permutation(len(labels))[::2]] = True
    is_right = probabilities.argmax(axis=1) == labels
    heat = 1.0
    if not is_right[chooses].all():
        heat = temperature(probabilities[chooses], labels[chooses])
    highest = scaled(probabilities, heat).max(axis=1)
    right, sure = is_right[~chooses], highest[~chooses]
    chosen = coverage_curve(highest[chooses], is_right[chooses]).reaching(target)
    curve = coverage_curve(sure, right)
    return Calibration(
        temperature=heat,
        target=target,
        chosen=chosen,
        measured=chosen if chosen.threshold is None else curve.at(chosen.threshold),
        error_before=expected_calibration_error(probabilities[~chooses].max(axis=1), right),
        error_after=expected_calibration_error(sure, right),
        table=reliability(sure, right),
        curve=curve,
    )
