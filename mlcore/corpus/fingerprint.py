"""What makes two sets of training rows the same."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns
from mlcore.progress import BadInput

if TYPE_CHECKING:
    import duckdb

# Blanks to str.split, so that no token, id or path can hold them inside.
BETWEEN_TOKENS, BETWEEN_COLUMNS, BETWEEN_ROWS = "\x1f", "\x1e", "\x1d"

CHUNK_ROWS = 100_000

FIRST = (columns.ID, columns.CATEGORY, columns.NAME_TOKENS, columns.MALL_TOKENS)
"""What fingerprints covered before datasets carried malls and pictures; old ones still do."""

COVERED = (*FIRST, columns.MALL_NAME, columns.MALL_CATEGORY, columns.IMAGE)
"""What a training can see of a row, and so what a fingerprint covers."""

LISTS = (columns.NAME_TOKENS, columns.MALL_TOKENS)


def fingerprint(table: pa.Table, covered: Sequence[str] = COVERED) -> str:
    """
    Return the SHA-256 of the rows' columns; one that is missing counts as empty.

    The order of the rows and the other columns do not matter.
    """
    ordered = table.take(pc.sort_indices(table[columns.ID]))
    digest = hashlib.sha256()
    for begin in range(0, ordered.num_rows, CHUNK_ROWS):
        chunk = ordered.slice(begin, CHUNK_ROWS)
        texts = [_text(chunk, name) for name in covered]
        for row in pc.binary_join_element_wise(*texts, BETWEEN_COLUMNS).to_pylist():
            digest.update(f"{row}{BETWEEN_ROWS}".encode())
    return digest.hexdigest()


def fingerprint_of(rows: "duckdb.DuckDBPyRelation", covered: Sequence[str] = COVERED) -> str:
    """
    Return the same of rows that need not fit into memory.

    Raises:
        BadInput: two rows have one product id.
    """
    digest = hashlib.sha256()
    before = None
    lines = rows.project(_line(covered, rows.columns))
    if not _are_in_order(rows):
        lines = lines.order("product_id")
    for batch in lines.to_arrow_reader(CHUNK_ROWS):
        ids = pa.concat_arrays([pa.array([before], type=pa.string()), batch["product_id"]])
        is_same = pc.equal(ids[1:], ids[:-1])
        if pc.any(is_same).as_py():
            twice = batch["product_id"].filter(is_same)[0]
            raise BadInput(f"Two rows have the product id {twice}; import the corpus again.")
        before = ids[-1].as_py()
        digest.update(_bytes(batch["line"]))
    return digest.hexdigest()


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _are_in_order(rows: "duckdb.DuckDBPyRelation") -> bool:
    """Tell whether each id comes after the one before, which spares sorting whole rows."""
    before = rows.project("product_id, lag(product_id) OVER () AS before")
    [(is_rising,)] = before.aggregate("coalesce(bool_and(product_id > before), true)").fetchall()
    return bool(is_rising)


def _bytes(texts: pa.Array) -> memoryview:
    """Return the UTF-8 of all texts after one another, without an object for any of them."""
    _validity, ends, letters = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    ends = np.frombuffer(ends, width)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(letters)[ends[0] : ends[-1]] if len(texts) else memoryview(b"")


def _line(covered: Sequence[str], present: Sequence[str]) -> str:
    """Return the projection of a row to its id and the text that is hashed."""
    texts = [
        "''"
        if name not in present
        else f"coalesce(array_to_string({name}, chr(31)), '')"
        if name in LISTS
        else f"coalesce({name}, '')"
        for name in covered
    ]
    return f"product_id, concat(concat_ws(chr(30), {', '.join(texts)}), chr(29)) AS line"


def _text(table: pa.Table, name: str) -> pa.ChunkedArray | pa.Scalar:
    if name not in table.column_names:
        return pa.scalar("")
    if name in LISTS:
        return pc.fill_null(pc.binary_join(table[name], BETWEEN_TOKENS), "")
    return pc.fill_null(table[name], "")
