"""What makes two sets of training rows the same."""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns

# Blanks to str.split, so that no token, id or path can hold them inside.
BETWEEN_TOKENS, BETWEEN_COLUMNS, BETWEEN_ROWS = "\x1f", "\x1e", "\x1d"

CHUNK_ROWS = 100_000


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


def _joined(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.binary_join(lists, BETWEEN_TOKENS), "")
