"""Read a Parquet file as the same rows of text that a CSV file has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from labelhub.catalog.services import reasons
from labelhub.catalog.services.encoding import Unreadable
from labelhub.catalog.services.reading import PARQUET, Row, Table

ROWS_AT_ONCE = 5_000


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
