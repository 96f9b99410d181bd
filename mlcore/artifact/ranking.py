"""The best categories of each product, out of the probabilities of all."""

import numpy as np
import numpy.typing as npt

RANKS = 20
"""Categories kept of a prediction; the mass of the others is kept as one number."""

LINES = 16
"""Categories of which only the highest is looked at first; see `highest`."""

Ranked = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
"""Category indices and probabilities, the best first, each of shape (n, ranks)."""


def ranked_of(probabilities: npt.NDArray[np.floating]) -> Ranked:
    """Return the best categories and their probabilities; equal ones by index."""
    best = highest(probabilities, min(RANKS, probabilities.shape[1]))
    best.sort(axis=1)
    shares = np.take_along_axis(probabilities, best, axis=1).astype(np.float64)
    shares /= probabilities.sum(axis=1, keepdims=True, dtype=np.float64)
    order = np.argsort(-shares, axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(shares, order, axis=1)


def highest(values: npt.NDArray[np.floating], ranks: int) -> npt.NDArray[np.int64]:
    """
    Return the places of the highest values of each row, in no order.

    Sorting 4,215 categories to keep 20 would take as long as predicting them. The highest 20
    lie in the 20 columns of highest maxima when a row is written as lines of a table.

    Args:
        values: shape (n, width), none below 0.
        ranks: how many; at most the width.

    Returns:
        Shape (n, ranks).
    """
    n, width = values.shape
    columns = -(-width // LINES)
    if columns <= ranks:
        return np.argpartition(values, width - ranks, axis=1)[:, width - ranks :]
    table = np.full((n, LINES * columns), -1, dtype=values.dtype)
    table[:, :width] = values
    maxima = table.reshape(n, LINES, columns).max(axis=1)
    kept = np.argpartition(maxima, columns - ranks, axis=1)[:, columns - ranks :]
    places = (kept[:, None, :] + columns * np.arange(LINES)[:, None]).reshape(n, -1)
    found = np.take_along_axis(table, places, axis=1)  # (n, LINES * ranks)
    best = np.argpartition(found, found.shape[1] - ranks, axis=1)[:, found.shape[1] - ranks :]
    return np.take_along_axis(places, best, axis=1)
