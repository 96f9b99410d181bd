"""Product rows out of files that people hand in: CSV, gzipped CSV, Parquet."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mlcore.corpus import columns
from mlcore.progress import BadInput

ENCODINGS = ("utf-8", "cp949")
"""Tried in this order: CP949 would accept most UTF-8, never the other way round."""

BLOCK_BYTES = 1 << 20
BATCH_ROWS = 50_000
"""Rows held as Python strings at a time, about 100 MB."""

REQUIRED = (columns.ID, columns.NAME)


@dataclass(frozen=True)
class BrokenLine:
    """A line that does not have one value for every column."""

    line: int
    found: int


@dataclass(frozen=True)
class Source:
    """
    What a file holds, nothing checked yet.

    Attributes:
        table: string columns, "" where a value is missing.
        lines: line of each row in the file (its first), or row number in Parquet.
        broken: lines that are not in the table.
        encoding: how the text was read; empty for Parquet.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    broken: tuple[BrokenLine, ...]
    encoding: str


class _Lines(Protocol):
    """What `csv.reader` returns."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def read(path: Path, *, required: Sequence[str] = REQUIRED, encoding: str | None = None) -> Source:
    """
    Read product rows, whatever the order of their columns.

    Args:
        path: the kind of file is found by its content, not its name.
        required: columns that must be there.
        encoding: of a CSV; UTF-8 (with or without BOM) or CP949 is detected otherwise.

    Raises:
        BadInput: the file is missing, of another kind, damaged, or lacks a column.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror}.") from problem
    if magic == b"PAR1":
        source = _read_parquet(path)
    elif magic.startswith(b"PK"):
        raise BadInput(f"{path.name} is a spreadsheet or zip file; save it as CSV.")
    else:
        source = _read_csv(path, encoding, is_gzip=magic.startswith(b"\x1f\x8b"))
    missing = [name for name in required if name not in source.table.column_names]
    if missing:
        raise BadInput(f"{path.name} has no column {', '.join(missing)}.")
    return source


def _read_parquet(path: Path) -> Source:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as problem:
        raise BadInput(f"{path.name} is not a readable Parquet file.") from problem
    texts = {}
    for name in table.column_names:
        if name in columns.DERIVED:
            continue
        try:
            texts[name] = table[name].cast(pa.string()).fill_null("")
        except pa.ArrowException as problem:
            raise BadInput(f"{path.name}: column {name} does not hold text.") from problem
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return Source(pa.table(texts), lines, (), "")


def _read_csv(path: Path, encoding: str | None, *, is_gzip: bool) -> Source:
    try:
        chosen = encoding or _detect_encoding(path, is_gzip)
        codec = "utf-8-sig" if codecs.lookup(chosen).name == "utf-8" else chosen
        with _open(path, is_gzip) as file, io.TextIOWrapper(file, codec, newline="") as text:
            return _parse(path.name, text, chosen)
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise BadInput(f"{path.name} is damaged: its gzip data ends or breaks.") from problem
    except (UnicodeDecodeError, LookupError) as problem:
        raise BadInput(f"{path.name} cannot be read as {encoding} text.") from problem


def _open(path: Path, is_gzip: bool) -> gzip.GzipFile | io.BufferedReader:
    return gzip.GzipFile(path) if is_gzip else path.open("rb")


def _detect_encoding(path: Path, is_gzip: bool) -> str:
    """Return the first encoding in which the whole file can be read."""
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with _open(path, is_gzip) as file:
                while block := file.read(BLOCK_BYTES):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise BadInput(f"{path.name} is neither UTF-8 nor CP949 text; save it as UTF-8.")


def _parse(name: str, text: io.TextIOWrapper, encoding: str) -> Source:
    reader = csv.reader(_without_nul(text))
    try:
        header = [title.strip() for title in next(reader, [])]
        if len(set(header)) < len(header) or "" in header:
            raise BadInput(f"{name} needs one distinct title for every column.")
        lines: list[int] = []
        broken: list[BrokenLine] = []
        rows = _rows(reader, len(header), lines, broken)
        tables = [_as_table(header, batch) for batch in _batches(rows)]
    except csv.Error as problem:
        raise BadInput(f"{name}, line {reader.line_num}: {problem}.") from problem
    table = pa.concat_tables(tables) if tables else _as_table(header, [])
    numbers = np.array(lines, dtype=np.int64)
    kept = table.drop_columns([name for name in columns.DERIVED if name in header])
    return Source(kept, numbers, tuple(broken), encoding)


def _without_nul(text: io.TextIOWrapper) -> Iterator[str]:
    """Python 3.11's csv accepts NUL, PostgreSQL and MeCab do not."""
    return (line.replace("\0", "") for line in text)


def _rows(
    reader: _Lines, width: int, lines: list[int], broken: list[BrokenLine]
) -> Iterator[list[str]]:
    """Yield complete rows, noting where each began and which were not complete."""
    begin = reader.line_num + 1
    for row in reader:
        if len(row) == width:
            lines.append(begin)
            yield row
        elif row:
            broken.append(BrokenLine(begin, len(row)))
        begin = reader.line_num + 1


def _batches(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    batch: list[list[str]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _as_table(header: list[str], rows: list[list[str]]) -> pa.Table:
    by_column = zip(*rows, strict=True) if rows else ([] for _ in header)
    arrays = [pa.array(values, type=pa.string()) for values in by_column]
    return pa.table(dict(zip(header, arrays, strict=True)))
