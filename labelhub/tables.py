"""What every table does with its address: sort, pages, export."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

from labelhub.cells import defused

Form = Literal["csv", "xlsx"]
ROWS_PER_PAGE = 50
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Hangul in a CSV file as CP949
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Ordering:
    """The column a table is sorted by, and the fields that do it."""

    key: str
    is_descending: bool
    fields: tuple[str, ...]


def ordering(request: HttpRequest, sorts: Mapping[str, Sequence[str]], *, default: str) -> Ordering:
    """
    Read `?sort=key` or `?sort=-key`; a key that the table does not have means the default.

    Args:
        sorts: the fields of `order_by` for each key, written for ascending order.
    """
    wanted = request.GET.get("sort", default)
    if wanted.removeprefix("-") not in sorts:
        wanted = default
    key, is_descending = wanted.removeprefix("-"), wanted.startswith("-")
    fields = tuple(_turned(field) if is_descending else field for field in sorts[key])
    return Ordering(key=key, is_descending=is_descending, fields=fields)


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def paged(request: HttpRequest, rows: Any, *, per_page: int = ROWS_PER_PAGE) -> Page[Any]:
    """Return the page of `?page=`; a number out of range means the nearest one."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def export_format(request: HttpRequest) -> Form | None:
    """Return the file format that `?format=` asks for, if any."""
    match request.GET.get("format"):
        case "csv":
            return "csv"
        case "xlsx":
            return "xlsx"
    return None


def spreadsheet(
    form: Form, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """Send rows as a file for a spreadsheet; text that would run as a formula is defused."""
    if form == "csv":
        return _csv(f"{name}.csv", columns, rows)
    return _xlsx(f"{name}.xlsx", columns, rows)


def _csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """A file that hands back what is written, so that csv.writer can stream."""

    def write(self, line: str) -> str:
        return line


def _lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([defused(value) for value in row])


def _xlsx(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # FileResponse closes it
    # Rows go to disk as they come; strings are never read as formulas or links.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [defused(value) for value in row])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
