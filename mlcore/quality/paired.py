"""Tests of before against after on the same samples."""

import numpy as np
import numpy.typing as npt
from scipy import stats


def mcnemar_exact(only_before: int, only_after: int) -> float:
    """
    Return the two-sided exact p-value that both versions are equally often right.

    Args:
        only_before: samples right before and wrong after.
        only_after: samples wrong before and right after.

    Returns:
        A probability; 1 when no sample differs.

    Raises:
        ValueError: a count is negative.

    Source:
        McNemar (1947), Psychometrika 12, 153-157; exact binomial form.

    >>> round(mcnemar_exact(5, 14), 8)
    0.06356812
    """
    if min(only_before, only_after) < 0:
        raise ValueError("Counts of samples cannot be negative.")
    if only_before + only_after == 0:
        return 1.0
    test = stats.binomtest(only_before, only_before + only_after, 0.5)
    return float(test.pvalue)


def mcnemar_exact_each(
    only_before: npt.ArrayLike, only_after: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """
    Return `mcnemar_exact` of many pairs of counts at once.

    Args:
        only_before, only_after: counts of one shape, as for `mcnemar_exact`.

    Returns:
        p-values in the same shape.

    Raises:
        ValueError: a count is negative.

    >>> mcnemar_exact_each([5, 0], [14, 0]).round(8).tolist()
    [0.06356812, 1.0]
    """
    before = np.asarray(only_before, dtype=np.int64)
    after = np.asarray(only_after, dtype=np.int64)
    if np.any(before < 0) or np.any(after < 0):
        raise ValueError("Counts of samples cannot be negative.")
    # At one half the binomial is symmetric: both tails are the smaller one twice.
    tail = stats.binom.cdf(np.minimum(before, after), before + after, 0.5)
    return np.minimum(np.asarray(2 * tail, dtype=np.float64), 1.0)


def benjamini_hochberg(p_values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """
    Return the q-value of every p-value: the false discovery rate if it is called.

    Args:
        p_values: probabilities, shape (n_tests,); may be empty.

    Returns:
        q-values in the same order, never below their p-value.

    Raises:
        ValueError: a value lies outside [0, 1] or the shape is not one-dimensional.

    Source:
        Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57,
        289-300.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or np.any((p < 0) | (p > 1)) or np.any(np.isnan(p)):
        raise ValueError("Expected a one-dimensional array of probabilities.")
    order = np.argsort(p)
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    q = np.empty_like(p)
    q[order] = np.minimum(stepped, 1.0)
    return q
