"""Training rows a piece at a time, from a table or from a file that memory need not hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from mlcore.corpus.columns import CATEGORY
from mlcore.corpus.curation import covered_by
from mlcore.corpus.fingerprint import fingerprint, fingerprint_of, of_file
from mlcore.corpus.folder import read_json
from mlcore.corpus.freezing import MANIFEST_FILE, RECORD_FILE
from mlcore.progress import BadInput
from mlcore.text.tokenise import Tokeniser
from mlcore.text.word_list import splitter_of

PIECE_ROWS = 20_000
"""Rows held as Python objects at a time, about 50 MB."""


class Pieces(Protocol):
    """Rows in their order, read as often as is wanted."""

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        ...

    @property
    def column_names(self) -> Sequence[str]:
        """Columns that every piece can have."""
        ...

    @property
    def fingerprint(self) -> str:
        """What makes two sets of rows the same."""
        ...

    def of(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield the rows with those of the columns that there are."""
        ...


class TablePieces:
    """The rows of a table."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.num_rows: int = table.num_rows
        self.column_names: Sequence[str] = table.column_names

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the rows."""
        return fingerprint(self._table)

    def of(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield slices of the table."""
        present = self._table.select([name for name in columns if name in self.column_names])
        for begin in range(0, self.num_rows, PIECE_ROWS):
            yield present.slice(begin, PIECE_ROWS)


class FilePieces:
    """The rows of a Parquet file; no more than one of its row groups is in memory."""

    def __init__(self, path: Path, *, fingerprint: str) -> None:
        """
        Args:
            path: the file.
            fingerprint: of its rows, as it was recorded.
        """
        self._path = path
        self.fingerprint = fingerprint
        with pq.ParquetFile(path) as file:
            self.num_rows: int = file.metadata.num_rows
            self.column_names: Sequence[str] = file.schema_arrow.names

    def of(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Read the columns from the beginning of the file."""
        present = [name for name in columns if name in self.column_names]
        with pq.ParquetFile(self._path) as file:
            for batch in file.iter_batches(PIECE_ROWS, columns=present):
                yield pa.table(batch)


def pieces_of(rows: pa.Table | Pieces) -> Pieces:
    """Return the rows of a table as pieces; pieces as they are."""
    return TablePieces(rows) if isinstance(rows, pa.Table) else rows


def dataset_tokeniser(folder: Path) -> Tokeniser:
    """
    Return what split the rows of a frozen dataset, as far as it is here.

    Raises:
        BadInput: the folder is not a dataset.
    """
    return splitter_of(folder, read_json(folder / RECORD_FILE)["tokeniser"])


def dataset_pieces(folder: Path) -> FilePieces:
    """
    Return the rows of a frozen dataset, which stay on the disk.

    Raises:
        BadInput: the folder is not a dataset, or its rows are not the recorded ones.
    """
    record = read_json(folder / RECORD_FILE)
    manifest = folder / MANIFEST_FILE
    try:
        found = FilePieces(manifest, fingerprint=record["fingerprint"])
        is_as_frozen = (
            of_file(manifest) == record["manifest"]
            if "manifest" in record
            else _recomputed(manifest, covered_by(record)) == found.fingerprint
        )
    except (OSError, pa.ArrowException) as problem:
        raise BadInput(f"{folder} holds no readable dataset.") from problem
    if not is_as_frozen:
        raise BadInput(f"The rows in {folder} are not those that were frozen.")
    return found


def _recomputed(manifest: Path, covered: Sequence[str]) -> str:
    """Return the fingerprint of a dataset whose record does not know the file's digest."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        return fingerprint_of(connection.read_parquet(str(manifest)), covered)


def numbered(pieces: Pieces, names: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
    """Yield the pieces with the number of the first row of each."""
    begin = 0
    for piece in pieces.of(names):
        yield begin, piece
        begin += piece.num_rows


def categories_of(rows: pa.Table | Pieces) -> tuple[str, ...]:
    """Return the distinct category paths of rows, sorted."""
    found: set[str] = set()
    for piece in pieces_of(rows).of([CATEGORY]):
        found.update(piece[CATEGORY].unique().to_pylist())
    return tuple(sorted(found))
