"""Read a table from a file, row by row: CSV, gzipped CSV or Parquet."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from labelhub.catalog.import_kinds import Order
from labelhub.catalog.services import encoding as encodings
from labelhub.catalog.services import reasons
from labelhub.catalog.services.encoding import Unreadable

PARQUET = "parquet"
IGNORED = ("refused_line", "refused_column", "refused_reason")  # of a list of refused rows


class Row(NamedTuple):
    """One row of a file; `reason` is set where it cannot be read."""

    line: int  # where it starts, the first line being 1; a Parquet row's number
    cells: list[str]
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """A file opened for reading: its header, its encoding, and its rows, once."""

    columns: list[str]
    encoding: str
    rows: Iterator[Row]


def open_table(path: Path, encoding: str = "") -> Table:
    """
    Open a CSV or Parquet file, told apart by content; nothing but the header is kept in memory.

    Args:
        encoding: of a CSV file; empty means that it is detected.

    Raises:
        Unreadable: the file is empty, has no rows, or is something else.
    """
    start = encodings.first_bytes(path)
    if not start:
        raise Unreadable(_("The file is empty."))
    if start.startswith(b"PAR1"):
        from labelhub.catalog.services import parquet

        return with_rows(parquet.open_table(path))
    _refuse_other_files(start)
    return with_rows(_open_csv(path, encodings.named(encoding) if encoding else ""))


def open_ordered(path: Path, order: Order) -> Table:
    """Open the table that an import was ordered of."""
    return open_table(path, order.batch.encoding)


def _refuse_other_files(start: bytes) -> None:
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(_("This is a workbook or an archive; save the table as CSV (UTF-8)."))
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("The file is UTF-16; save it as CSV in UTF-8."))


def with_rows(table: Table) -> Table:
    """
    Check the header and return the table with at least one row.

    Raises:
        Unreadable: a column has no name or an earlier one's, or there are no rows.
    """
    columns = table.columns
    if "" in columns:
        number = columns.index("") + 1
        raise Unreadable(_("Column %(number)s has no name.") % {"number": number})
    for column in columns:
        if columns.count(column) > 1:
            raise Unreadable(_("The column %(name)s stands twice.") % {"name": column})
    first = next(table.rows, None)
    if first is None:
        raise Unreadable(_("The file has a header but no rows."))
    return Table(columns, table.encoding, itertools.chain([first], table.rows))


def _open_csv(path: Path, encoding: str) -> Table:
    encoding = encoding or encodings.detect(path)
    reader = CsvReader(encodings.lines(path), encoding)
    header = next(reader.records(), None)
    if header is None or header.reason:
        problem = _("The header cannot be read: %(reason)s")
        raise Unreadable(problem % {"reason": _(header.reason) if header else _("it is empty.")})
    columns = [name.strip() for name in header.cells]
    return Table(columns, encoding, reader.rows(len(columns)))


class CsvReader:
    """
    CSV records with the lines they start on.

    Where quotation marks are unbalanced a record swallows lines up to the next mark. Such a
    record is given up after its first line, and reading goes on with the second, so that one
    wrong mark costs one row.
    """

    def __init__(self, raw: Iterator[bytes], encoding: str) -> None:
        self._raw = raw
        self._encoding = encoding
        self._line = 0  # of the last line handed to the parser
        self._taken: list[tuple[str, str]] = []  # lines of the record being read: text, reason
        self._again: list[tuple[str, str]] = []  # lines to be read again, last first
        self._parser = csv.reader(self._texts(), strict=True)

    def rows(self, width: int) -> Iterator[Row]:
        """Yield the records below the header; those of another width get a reason."""
        for record in self.records():
            if not record.reason and len(record.cells) != width:
                yield Row(record.line, record.cells, reasons.WRONG_WIDTH)
            else:
                yield record

    def records(self) -> Iterator[Row]:
        """Yield every record that is not an empty line."""
        while True:
            self._taken.clear()
            start = self._line + 1
            try:
                cells = next(self._parser)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._given_up(start, str(error))
                continue
            if cells:
                yield Row(start, cells, self._unreadable())

    def _unreadable(self) -> str:
        if len(self._taken) == 1:
            return self._taken[0][1]
        found = {reason for _text, reason in self._taken}
        return reasons.BROKEN_BYTES if reasons.BROKEN_BYTES in found else max(found)

    def _given_up(self, start: int, error: str) -> Row:
        first, *rest = self._taken
        self._again.extend(reversed(rest))
        self._line = start
        # The parser is told that its input ended when a mark stays open at the end of the file.
        self._parser = csv.reader(self._texts(), strict=True)
        text = first[0].rstrip("\r\n").replace("\r", " ")[: csv.field_size_limit()]
        cells = next(csv.reader([text]), [])
        return Row(start, cells, _reason(error, is_broken=first[1] == reasons.BROKEN_BYTES))

    def _texts(self) -> Iterator[str]:
        while taken := self._next():
            self._taken.append(taken)
            self._line += 1
            yield taken[0]

    def _next(self) -> tuple[str, str] | None:
        if self._again:
            return self._again.pop()
        line = next(self._raw, None)
        if line is None:
            return None
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError:
            return line.decode(self._encoding, errors="replace"), reasons.BROKEN_BYTES
        return text, reasons.ZERO_BYTE if "\0" in text else ""


def _reason(error: str, *, is_broken: bool) -> str:
    if is_broken:
        return reasons.BROKEN_BYTES
    if "field limit" in error:
        return reasons.CELL_TOO_LONG
    if "new-line" in error:
        return reasons.STRAY_LINE_BREAK
    return reasons.BROKEN_QUOTES
