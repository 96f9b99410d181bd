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

    Sorting 4,215 categories to keep 20 would take as long as predicting them. Written as the
    lines of a table, a row has a highest value in every column: at least 20 values, and few
    more, reach the 20th of these.

    Args:
        values: shape (n, width), none below 0.
        ranks: how many; at most the width.

    Returns:
        Shape (n, ranks).
    """
    n, width = values.shape
    columns = width // LINES
    if columns <= ranks:
        return np.argpartition(values, width - ranks, axis=1)[:, width - ranks :]
    maxima = values[:, : LINES * columns].reshape(n, LINES, columns).max(axis=1)
    least = np.partition(maxima, columns - ranks, axis=1)[:, columns - ranks, None]
    # Of a flat array, as numpy looks for places in two dimensions ten times as long.
    rows, places = np.divmod(np.flatnonzero(values >= least), width)
    nth = np.arange(len(rows)) - np.searchsorted(rows, rows)  # of its row
    most = nth.max(initial=ranks - 1) + 1
    found, place = np.full((n, most), -1, dtype=values.dtype), np.zeros((n, most), dtype=np.int64)
    found[rows, nth], place[rows, nth] = values[rows, places], places
    best = np.argpartition(found, most - ranks, axis=1)[:, most - ranks :]
    return np.take_along_axis(place, best, axis=1)
