"""Which product rows cannot be training rows, and why."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns
from mlcore.corpus.source import Source
from mlcore.taxonomy import join_path, split_path

BoolArray = npt.NDArray[np.bool_]


class Reason(StrEnum):
    """Why a row was refused; a fixed set, so that pages can translate it."""

    BROKEN_LINE = "the line does not have one value for every column"
    NO_ID = "the product id is missing"
    NO_NAME = "the product name is missing"
    NO_CATEGORY = "the category path is missing"
    BAD_CATEGORY = "a level of the category path has no name"
    DUPLICATE = "another row has the same product id"


@dataclass(frozen=True)
class RefusedRow:
    """A row that was left out: where it stands, and which column is why."""

    line: int
    column: str
    reason: Reason
    product_id: str = ""


@dataclass(frozen=True)
class Checked:
    """Rows fit for training, ids and names trimmed and paths spelled one way."""

    table: pa.Table
    refused: tuple[RefusedRow, ...]


def check(source: Source, *, is_labelled: bool = True) -> Checked:
    """
    Separate the rows of a source; every refused row has the first reason found.

    Args:
        is_labelled: whether each row must have a category; else that column is not looked at.
    """
    table = source.table
    for name in (columns.ID, columns.NAME):
        trimmed = pc.utf8_trim_whitespace(table[name])
        table = table.set_column(table.schema.get_field_index(name), name, trimmed)
    problems = [
        (columns.ID, Reason.NO_ID, _is_empty(table[columns.ID])),
        (columns.ID, Reason.DUPLICATE, _is_duplicate(table[columns.ID])),
        (columns.NAME, Reason.NO_NAME, _is_empty(table[columns.NAME])),
    ]
    if is_labelled:
        table, is_empty, is_path = _with_paths(table)
        problems += [
            (columns.CATEGORY, Reason.NO_CATEGORY, is_empty),
            (columns.CATEGORY, Reason.BAD_CATEGORY, ~is_path),
        ]
    refused = [RefusedRow(broken.line, "", Reason.BROKEN_LINE) for broken in source.broken]
    is_good = np.ones(table.num_rows, dtype=np.bool_)
    for column, reason, is_bad in problems:
        for row in np.flatnonzero(is_bad & is_good):
            product_id = table[columns.ID][int(row)].as_py()
            refused.append(RefusedRow(int(source.lines[row]), column, reason, product_id))
        is_good &= ~is_bad
    refused.sort(key=lambda row: row.line)
    return Checked(table.filter(pa.array(is_good)), tuple(refused))


def _with_paths(table: pa.Table) -> tuple[pa.Table, BoolArray, BoolArray]:
    """Return the rows with their paths spelled one way, which had none, and which are paths."""
    given = pc.utf8_trim_whitespace(table[columns.CATEGORY])
    paths, is_path = _spell_paths(table[columns.CATEGORY])
    place = table.schema.get_field_index(columns.CATEGORY)
    return table.set_column(place, columns.CATEGORY, paths), _is_empty(given), is_path


def _spell_paths(column: pa.ChunkedArray) -> tuple[pa.Array, BoolArray]:
    """Return the written paths, each distinct one parsed once, and which are paths."""
    encoded = column.combine_chunks().dictionary_encode()
    spelled: list[str] = []
    is_path: list[bool] = []
    for text in encoded.dictionary.to_pylist():
        try:
            spelled.append(join_path(split_path(text)))
            is_path.append(True)
        except ValueError:
            spelled.append("")
            is_path.append(False)
    codes = encoded.indices
    mask = np.array(is_path, dtype=np.bool_)[codes.to_numpy(zero_copy_only=False)]
    return pa.array(spelled, type=pa.string()).take(codes), mask


def _is_empty(column: pa.ChunkedArray) -> BoolArray:
    empty: BoolArray = pc.equal(column, "").to_numpy()
    return empty


def _is_duplicate(column: pa.ChunkedArray) -> BoolArray:
    encoded = column.combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    counts = np.bincount(codes, minlength=len(encoded.dictionary))
    duplicate: BoolArray = counts[codes] > 1
    return duplicate
