"""Read a Parquet file as the same rows of text that a CSV file has; write an export as one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from labelhub.catalog.services import formats, reasons
from labelhub.catalog.services.encoding import Unreadable
from labelhub.catalog.services.exporting import Export, Kind
from labelhub.catalog.services.reading import PARQUET, Row, Table

ROWS_AT_ONCE = 5_000
ROWS_A_GROUP = 8_000  # of a file that is written: a few MB on their way

TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "json": pa.string(),
    "flag": pa.bool_(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "time": pa.timestamp("us", tz="UTC"),
    "texts": pa.list_(pa.string()),
}


def open_table(path: Path) -> Table:
    """
    Open a Parquet file; numbers, dates and truth values become text, null becomes empty.

    Raises:
        Unreadable: it is damaged, or a column holds lists or records.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as fault:
        raise Unreadable(
            _("The Parquet file cannot be read: %(fault)s") % {"fault": fault}
        ) from fault
    for field in file.schema_arrow:
        if pa.types.is_nested(field.type):
            problem = _("The column %(name)s holds lists or records; only plain values are read.")
            raise Unreadable(problem % {"name": field.name})
    return Table([name.strip() for name in file.schema_arrow.names], PARQUET, _rows(file))


def _rows(file: pq.ParquetFile) -> Iterator[Row]:
    number = 0
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
        columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        for cells in zip(*columns, strict=True):
            number += 1
            reason = reasons.ZERO_BYTE if any("\0" in cell for cell in cells) else ""
            yield Row(number, list(cells), reason)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", errors="replace")
        case float() if value != value:  # NaN stands for nothing in pandas
            return ""
    return str(value)


def pieces(export: Export) -> Iterator[bytes]:
    """Yield the bytes of the export as a Parquet file, a row group at a time."""
    kinds: list[Kind] = [export.kinds.get(name, "text") for name in export.columns]
    schema = pa.schema(
        [(name, TYPES[kind]) for name, kind in zip(export.columns, kinds, strict=True)]
    )
    sink = _Sink()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for rows in formats.batches(export.rows, ROWS_A_GROUP):
            columns = zip(zip(*rows, strict=True), kinds, strict=True)
            arrays = [_array(values, kind) for values, kind in columns]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()  # where each row group lies


def _array(values: Sequence[object], kind: Kind) -> pa.Array:
    if kind in ("text", "json"):
        values = [None if value is None else formats.cell(value) for value in values]
    return pa.array(values, TYPES[kind])


class _Sink(io.RawIOBase):
    """A file that hands over what was written so far, and still knows how far it is."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data
