"""The formats in which an export leaves. Each is written piece by piece, so that it streams."""

from __future__ import annotations

import csv
import io
import itertools
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labelhub.catalog.services.exporting import ROWS_AT_ONCE, Export
from labelhub.cells import defused

GZIP = 31  # zlib's word for a gzip header around the window of 32 KiB
FAST = 3  # CSV shrinks to a tenth at any level; this one keeps up with the database


@dataclass(frozen=True)
class Format:
    """How rows become a file."""

    title: str
    content_type: str
    pieces: Callable[[Export], Iterator[bytes]]
    is_text: bool = False


def as_csv(export: Export) -> Iterator[bytes]:
    """Yield the CSV file, in UTF-8 without byte order mark; what is no record is defused."""
    text, written = io.StringIO(), cell if export.is_record else _defused_cell
    writer = csv.writer(text)
    writer.writerow(export.columns)
    for rows in batches(export.rows, ROWS_AT_ONCE):
        writer.writerows(
            [value if type(value) is str and export.is_record else written(value) for value in row]
            for row in rows
        )
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()  # the header, where there are no rows


def cell(value: object) -> str:
    """Return a value as a cell of CSV; lists of texts are joined by `|`, like images."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case float():
            return repr(value)  # reads back as the same number
        case list() if all(isinstance(part, str) for part in value):
            return "|".join(value)
        case list() | dict():
            return as_json(value)
    return str(value)


def _defused_cell(value: object) -> str:
    return str(defused(cell(value)))


def as_gzipped_csv(export: Export) -> Iterator[bytes]:
    """Yield the CSV file, packed."""
    packer = zlib.compressobj(FAST, wbits=GZIP)
    for piece in as_csv(export):
        yield packer.compress(piece)
    yield packer.flush()


def as_json_lines(export: Export) -> Iterator[bytes]:
    """Yield an object a line, with lists and truth values as such."""
    for rows in batches(export.rows, ROWS_AT_ONCE):
        lines = [as_json(dict(zip(export.columns, row, strict=True))) for row in rows]
        yield ("\n".join(lines) + "\n").encode()


def as_parquet(export: Export) -> Iterator[bytes]:
    """Yield the Parquet file, a row group at a time."""
    from labelhub.catalog.services import parquet  # slow to load, and not always wanted

    return parquet.pieces(export)


def batches(rows: Iterable[Sequence[object]], size: int) -> Iterator[list[Sequence[object]]]:
    """Yield the rows in lists of this size."""
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON.")


as_json = json.JSONEncoder(ensure_ascii=False, default=_plain).encode

FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", as_csv, is_text=True),
    "csv.gz": Format("CSV (gzip)", "application/gzip", as_gzipped_csv),
    "jsonl": Format("JSON Lines", "application/x-ndjson", as_json_lines, is_text=True),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", as_parquet),
}


def of_file(path: Path | None) -> str:
    """Return the format that a file's name asks for; CSV where it asks for none."""
    endings = [name for name in FORMATS if path and path.name.endswith(f".{name}")]
    return endings[0] if endings else "csv"
