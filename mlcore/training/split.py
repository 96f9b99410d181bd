"""Which rows are held out: always the same ones, whatever order or company they come in."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SALT = "labelhub held out "
"""Keeps this split apart from any other that hashes product ids."""


def held_out(product_ids: Sequence[str], share: float) -> npt.NDArray[np.bool_]:
    """
    Return which rows are kept from training, by a stable hash of their id.

    A product stays on its side when rows are added, dropped or shuffled, so versions
    of one corpus are measured on the same products.

    Args:
        product_ids: at least two.
        share: of the rows, in (0, 1); at least one row is held out and one is not.

    Raises:
        ValueError: there are fewer than two rows.
    """
    if len(product_ids) < 2:
        raise ValueError("Holding rows out takes at least two of them.")
    places = np.array([_place(product_id) for product_id in product_ids])
    bound = float(np.clip(share, places.min(), np.nextafter(places.max(), 0.0)))
    chosen: npt.NDArray[np.bool_] = places <= bound
    return chosen


def _place(product_id: str) -> float:
    """Return a number in [0, 1) that depends on the id alone."""
    digest = hashlib.sha256((SALT + product_id).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
