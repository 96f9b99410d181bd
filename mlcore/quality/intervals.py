"""Confidence intervals of shares and of differences between paired shares."""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054
"""The two-sided 95 % quantile of the standard normal distribution."""


class Interval(NamedTuple):
    """The two ends of a confidence interval, low first."""

    low: float
    high: float


def wilson_bounds(
    successes: npt.ArrayLike, totals: npt.ArrayLike, z: float = Z_95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """
    Return the Wilson score interval of every share successes / totals.

    Args:
        successes, totals: counts of one shape; 0 <= successes <= totals.
        z: normal quantile of the wanted coverage.

    Returns:
        The low and the high ends, shares in [0, 1]; nan where a total is 0.

    Raises:
        ValueError: a count is negative or a success exceeds its total.

    Source:
        Wilson (1927), "Probable inference, the law of succession, and statistical
        inference", Journal of the American Statistical Association 22, 209-212.
    """
    k = np.asarray(successes, dtype=np.float64)
    n = np.asarray(totals, dtype=np.float64)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("Each count of successes must lie between 0 and its total.")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = k / n
        shrink = 1 + z * z / n
        centre = (share + z * z / (2 * n)) / shrink
        half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    # Rounding must not push the ends of 0/n and n/n past the share itself.
    low = np.where(k == 0, centre * 0.0, np.maximum(centre - half, 0.0))
    high = np.where(k == n, centre * 0.0 + 1.0, np.minimum(centre + half, 1.0))
    return low, high


def wilson(successes: int, total: int, z: float = Z_95) -> Interval | None:
    """
    Return the Wilson score interval of one share, or None of an empty total.

    >>> wilson(0, 0) is None
    True
    >>> [round(end, 4) for end in wilson(94, 100)]
    [0.8752, 0.9722]
    """
    if total == 0:
        if successes:
            raise ValueError("Each count of successes must lie between 0 and its total.")
        return None
    low, high = wilson_bounds(successes, total, z)
    return Interval(float(low), float(high))


def agresti_min(only_before: int, only_after: int, total: int, z: float = Z_95) -> Interval:
    """
    Return the interval of the difference after - before of two paired shares.

    Adds half a count to each cell of the 2 x 2 table, then takes the Wald interval.

    Args:
        only_before: samples right before and wrong after.
        only_after: samples wrong before and right after.
        total: all samples that both were measured on.

    Raises:
        ValueError: a count is negative or the two exceed the total.

    Source:
        Agresti & Min (2005), "Simple improved confidence intervals for comparing
        matched proportions", Statistics in Medicine 24, 729-740.

    >>> [round(end, 6) for end in agresti_min(5, 14, 100)]
    [0.004025, 0.172446]
    """
    if min(only_before, only_after) < 0 or only_before + only_after > total:
        raise ValueError("The two counts of differing samples must fit in the total.")
    b, c, n = only_before + 0.5, only_after + 0.5, total + 2
    difference = (c - b) / n
    half = z * sqrt((b + c) - (c - b) ** 2 / n) / n
    return Interval(max(difference - half, -1.0), min(difference + half, 1.0))


def sum_interval(first: float, of_first: Interval, second: float, of_second: Interval) -> Interval:
    """
    Return the interval of the sum of two independently estimated figures.

    Each end lies as far from the sum as the two ends together, added as squares; so intervals
    that are not symmetric, such as Wilson's, stay so.

    Args:
        first, second: the two estimates.
        of_first, of_second: the interval of each, of one coverage, which the sum keeps.

    Raises:
        ValueError: an estimate lies outside its interval.

    Source:
        Zou & Donner (2008), "Construction of confidence limits about effect measures: a general
        approach", Statistics in Medicine 27, 1693-1702.

    >>> low, high = sum_interval(0.5, Interval(0.47, 0.53), 0.2, Interval(0.16, 0.28))
    >>> round(low, 4), round(high, 4)
    (0.65, 0.7854)
    """
    for value, (low, high) in ((first, of_first), (second, of_second)):
        if not low <= value <= high:
            raise ValueError(f"{value} does not lie between {low} and {high}.")
    below = sqrt((first - of_first.low) ** 2 + (second - of_second.low) ** 2)
    above = sqrt((of_first.high - first) ** 2 + (of_second.high - second) ** 2)
    return Interval(first + second - below, first + second + above)
