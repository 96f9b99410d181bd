"""Probability samples: how many to draw where, with which chance, and what the drawn ones say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlcore.quality.intervals import wilson_bounds


class WeightedShare(NamedTuple):
    """A share of the population that a sample stands for, with its 95 % interval."""

    value: float
    low: float
    high: float
    effective: float
    """How many samples drawn with equal chances would say as much."""
    population: float
    """Estimated size of the population: the sum of the weights."""


def allocate(sizes: npt.ArrayLike, total: int, minimum: int = 0) -> npt.NDArray[np.int64]:
    """
    Share out a sample over strata: in proportion to their sizes, but at least `minimum` each.

    A stratum smaller than the minimum is taken whole. Strata whose proportional part is below
    their minimum get the minimum; the rest is shared out among the others, and what rounding
    down leaves goes to the largest remainders, among equal ones to the first stratum.

    Args:
        sizes: samples in each stratum, shape (n_strata,), none negative.
        total: how many to draw; more than there are means all.

    Returns:
        How many to draw from each stratum, shape (n_strata,), none above its size.

    Raises:
        ValueError: a size or the minimum is negative, or the minimums exceed the total.

    Source:
        Cochran (1977), Sampling Techniques, 3rd ed., section 5.5 (proportional allocation);
        largest remainders after Hamilton.

    >>> allocate([700, 290, 10], total=100, minimum=5).tolist()
    [67, 28, 5]
    >>> allocate([700, 290, 3], total=50, minimum=5).tolist()
    [33, 14, 3]
    """
    counts = np.asarray(sizes, dtype=np.int64)
    if counts.ndim != 1 or np.any(counts < 0) or minimum < 0:
        raise ValueError("Sizes must be one row of counts, and neither they nor a minimum below 0.")
    total = min(total, int(counts.sum()))
    floors = np.minimum(counts, minimum)
    if floors.sum() > total:
        raise ValueError(f"The minimums need {floors.sum()} samples, more than {total}.")
    return _round_to(_parts(counts, floors, total), total)


def _parts(
    sizes: npt.NDArray[np.int64], floors: npt.NDArray[np.int64], total: int
) -> npt.NDArray[np.float64]:
    """Return the broken parts; strata below their floor are fixed there until none is."""
    is_fixed = np.zeros(len(sizes), dtype=bool)
    parts = np.zeros(len(sizes))
    while True:
        left = total - floors[is_fixed].sum()
        among = sizes[~is_fixed].sum()
        parts = np.where(is_fixed, floors, left * sizes / among if among else 0.0)
        is_short = ~is_fixed & (parts < floors)
        if not is_short.any():
            return parts
        is_fixed |= is_short


def _round_to(parts: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.int64]:
    # 28.999999999999996 is 29: what floating point lost must not win a remainder.
    whole = np.floor(parts + 1e-9).astype(np.int64)
    by_remainder = np.argsort(-np.round(parts - whole, 9), kind="stable")
    whole[by_remainder[: total - whole.sum()]] += 1
    return whole


def inclusion_probabilities(drawn: npt.ArrayLike, sizes: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """
    Return each stratum's chance n_h / N_h that one of its samples is drawn.

    Args:
        drawn, sizes: counts of one shape; 0 <= drawn <= sizes. An empty stratum has chance 0.

    >>> inclusion_probabilities([67, 28, 5], [700, 280, 5]).round(4).tolist()
    [0.0957, 0.1, 1.0]
    """
    n = np.asarray(drawn, dtype=np.int64)
    of = np.asarray(sizes, dtype=np.int64)
    if np.any(n < 0) or np.any(n > of):
        raise ValueError("Each stratum's drawn samples must lie between 0 and its size.")
    return np.asarray(n / np.maximum(of, 1), dtype=np.float64)


def chance_of_any(chances: npt.ArrayLike) -> float:
    """
    Return the chance that at least one of several independent draws takes a sample.

    >>> round(chance_of_any([0.1, 0.2]), 6)
    0.28
    """
    return float(1 - np.prod(1 - np.asarray(chances, dtype=np.float64)))


def weighted_share(
    hits: npt.ArrayLike, totals: npt.ArrayLike, chances: npt.ArrayLike
) -> WeightedShare | None:
    """
    Estimate a share of the population from samples drawn with unequal chances.

    The value is Hájek's: the Horvitz-Thompson total of the hits, sum(hits / chance), over that
    of all samples. The interval is Wilson's for the effective number of samples, that is the
    number that would give the value's linearised variance under equal chances; it is never
    taken to be above the number of samples. With equal chances it is the plain Wilson interval.

    Args:
        hits, totals, chances: groups of samples of equal chance, shape (n_groups,): how many
            have the property (may be broken), how many there are, and each one's inclusion
            probability in (0, 1].

    Returns:
        None where there is no sample.

    Raises:
        ValueError: hits exceed totals, or a chance is not in (0, 1].

    Source:
        Hájek (1971) in Foundations of Statistical Inference, 236; Korn & Graubard (1998),
        "Confidence intervals for proportions with small expected number of positive counts
        estimated from survey data", Survey Methodology 24, 193-201.

    >>> weighted_share([9, 0], [10, 10], [0.5, 0.1]).value  # (9 / .5) / (10 / .5 + 10 / .1)
    0.15
    """
    k, n, chance = (np.asarray(values, dtype=np.float64) for values in (hits, totals, chances))
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("Each count of hits must lie between 0 and its total.")
    if np.any(chance <= 0) or np.any(chance > 1):
        raise ValueError("Each inclusion probability must lie in (0, 1].")
    if not n.sum():
        return None
    weights = 1 / chance
    population = float((weights * n).sum())
    value = min(float((weights * k).sum()) / population, 1.0)
    effective = _effective(k, n, weights, value)
    low, high = wilson_bounds(value * effective, effective)
    return WeightedShare(value, float(low), float(high), effective, population)


def _effective(
    k: npt.NDArray[np.float64],
    n: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    value: float,
) -> float:
    """Return value * (1 - value) / variance, or Kish's number where the variance says nothing."""
    population = (weights * n).sum()
    spread = k * (1 - value) ** 2 + (n - k) * value**2
    variance = (weights**2 * spread).sum() / population**2
    if 0 < value < 1:
        return float(min(value * (1 - value) / variance, n.sum()))
    return float(population**2 / (weights**2 * n).sum())
