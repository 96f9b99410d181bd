"""Which training rows are held out, of rows that memory need not hold."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlcore.corpus import columns
from mlcore.corpus.pieces import Pieces, numbered, pieces_of
from mlcore.training.split import chosen, name_key, place, sparing


def held_out_rows(rows: pa.Table | Pieces, share: float) -> npt.NDArray[np.bool_]:
    """
    Return which rows never teach, shape (n,); every category of two rows or more keeps half.

    Rows whose names have the same words stay together, unless nothing could be held out so.
    """
    pieces = pieces_of(rows)
    labels = _labels(pieces)
    places = _places(pieces, columns.NAME_TOKENS, name_key)
    if (places != places[:1]).any():
        is_out = sparing(chosen(places, share), labels)
        if is_out.any():
            return is_out
    places = _places(pieces, columns.ID, str)
    is_single = np.bincount(labels)[labels] == 1
    if not is_single.all():
        places[is_single] = 1.0  # the last to be chosen
    is_out = sparing(chosen(places, share), labels)
    return is_out if is_out.any() else places == places.min()


def _labels(pieces: Pieces) -> npt.NDArray[np.int32]:
    """Return a number of each row's category, in the order in which they occur."""
    codes: dict[str, int] = {}
    labels = np.empty(pieces.num_rows, dtype=np.int32)
    for begin, piece in numbered(pieces, [columns.CATEGORY]):
        paths = piece[columns.CATEGORY].to_pylist()
        labels[begin : begin + piece.num_rows] = [
            codes.setdefault(path, len(codes)) for path in paths
        ]
    return labels


def _places(pieces: Pieces, column: str, key: Callable[[Any], str]) -> npt.NDArray[np.float64]:
    places = np.empty(pieces.num_rows)
    for begin, piece in numbered(pieces, [column]):
        places[begin : begin + piece.num_rows] = [
            place(key(value)) for value in piece[column].to_pylist()
        ]
    return places
