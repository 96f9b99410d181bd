"""What makes two sets of training rows the same."""

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns
from mlcore.progress import BadInput

if TYPE_CHECKING:
    import duckdb

# Blanks to str.split, so that no token, id or path can hold them inside.
BETWEEN_TOKENS, BETWEEN_COLUMNS, BETWEEN_ROWS = "\x1f", "\x1e", "\x1d"

CHUNK_ROWS = 100_000

LINES = """
product_id,
concat(
  concat_ws(
    chr(30), product_id, category_path,
    coalesce(array_to_string(name_tokens, chr(31)), ''),
    coalesce(array_to_string(mall_tokens, chr(31)), '')
  ),
  chr(29)
) AS line
"""


def fingerprint(table: pa.Table) -> str:
    """
    Return the SHA-256 of the rows' ids, given categories and tokens.

    The order of the rows and the other columns do not matter.
    """
    ordered = table.take(pc.sort_indices(table[columns.ID]))
    digest = hashlib.sha256()
    for begin in range(0, ordered.num_rows, CHUNK_ROWS):
        chunk = ordered.slice(begin, CHUNK_ROWS)
        rows = pc.binary_join_element_wise(
            chunk[columns.ID],
            chunk[columns.CATEGORY],
            _joined(chunk[columns.NAME_TOKENS]),
            _joined(chunk[columns.MALL_TOKENS]),
            BETWEEN_COLUMNS,
        )
        for row in rows.to_pylist():
            digest.update(f"{row}{BETWEEN_ROWS}".encode())
    return digest.hexdigest()


def fingerprint_of(rows: "duckdb.DuckDBPyRelation") -> str:
    """
    Return the same of rows that need not fit into memory.

    Raises:
        BadInput: two rows have one product id.
    """
    digest = hashlib.sha256()
    before = None
    for batch in rows.project(LINES).order("product_id").to_arrow_reader(CHUNK_ROWS):
        ids = pa.concat_arrays([pa.array([before], type=pa.string()), batch["product_id"]])
        is_same = pc.equal(ids[1:], ids[:-1])
        if pc.any(is_same).as_py():
            twice = batch["product_id"].filter(is_same)[0]
            raise BadInput(f"Two rows have the product id {twice}; import the corpus again.")
        before = ids[-1].as_py()
        for line in batch["line"].to_pylist():
            digest.update(line.encode())
    return digest.hexdigest()


def _joined(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.binary_join(lists, BETWEEN_TOKENS), "")
