"""Which rows are held out: always the same ones, whatever order or company they come in."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SALT = "labelhub held out "
"""Keeps this split apart from any other that hashes the same keys."""


def held_out(keys: Sequence[str], share: float) -> npt.NDArray[np.bool_]:
    """
    Return which rows are kept from training, by a stable hash of their key.

    A row stays on its side when rows are added, dropped or shuffled, so versions of one
    corpus are measured on the same products; and rows of one key stay together.

    Args:
        keys: at least two different ones.
        share: of the keys, in (0, 1); at least one is held out and one is not.

    Raises:
        ValueError: there are fewer than two keys.
    """
    return chosen(np.array([place(key) for key in keys]), share)


def chosen(places: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.bool_]:
    """
    Return which rows `held_out` keeps, by the places of their keys.

    Raises:
        ValueError: there are fewer than two different places.
    """
    if not len(places) or places.min() == places.max():
        raise ValueError("Holding rows out takes at least two different ones.")
    bound = float(np.clip(share, places.min(), np.nextafter(places.max(), 0.0)))
    is_chosen: npt.NDArray[np.bool_] = places <= bound
    return is_chosen


def sparing(
    is_chosen: npt.NDArray[np.bool_], labels: npt.NDArray[np.integer]
) -> npt.NDArray[np.bool_]:
    """
    Return the choice without the rows of categories that would lose more than half of theirs.

    Offers of one product stay together, and can be all that there is of a category: held out,
    nothing would know it, and figures of the rest would be taken on what cannot be known.

    Args:
        is_chosen: which rows are to be held out, shape (n,).
        labels: category index of each row, shape (n,).

    >>> sparing(np.array([True, True, True, False]), np.array([0, 0, 1, 1])).tolist()
    [False, False, True, False]
    """
    lost, sizes = np.bincount(labels[is_chosen], minlength=labels.max() + 1), np.bincount(labels)
    spared: npt.NDArray[np.bool_] = is_chosen & (2 * lost <= sizes)[labels]
    return spared


def name_key(tokens: Sequence[str]) -> str:
    """
    Return what near-equal names have in common: their words, without numbers and order.

    Offers of one product differ in sizes, counts and the order of words. Were one of them
    trained on and another held out, the held-out figures would praise memory.

    >>> name_key(["red", "coat", "95"]) == name_key(["coat", "red", "100", "!"])
    True
    >>> name_key(["95", "100"])
    '100 95'
    """
    words = {token for token in tokens if token.isalpha()}
    return " ".join(sorted(words or set(tokens)))


def place(key: str) -> float:
    """Return a number in [0, 1) that depends on the key alone."""
    digest = hashlib.sha256((SALT + key).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
