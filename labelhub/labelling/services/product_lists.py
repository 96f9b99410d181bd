"""Product ids that somebody lists: typed one a line, or in a CSV or text file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from labelhub.errors import DomainError

COLUMN = "product_id"
MOST_BYTES = 32 * 1024**2  # a million ids fit
ENCODINGS = ("utf-8-sig", "cp949")
SHOWN = 20  # unknown ids that a refusal names

UNKNOWN = """
SELECT listed.product_id FROM unnest(%s::text[]) WITH ORDINALITY AS listed (product_id, place)
LEFT JOIN catalog_sample AS sample USING (product_id)
WHERE sample.id IS NULL ORDER BY place
"""


class BadList(DomainError):
    """The list cannot be read, or names no product."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The ids of a list, each once, in its order."""

    ids: tuple[str, ...]
    repeated: int  # lines that named an id again
    unknown: tuple[str, ...]  # ids of no sample

    def refuse_unknown(self) -> None:
        """
        Raise where an id is of no sample.

        Raises:
            BadList: names the first unknown ids, and says how many there are.
        """
        if not self.unknown:
            return
        problem = _(
            "%(number)d product ids of the list are unknown: %(first)s. Import them first, or"
            " choose to skip unknown ids."
        )
        more = ", …" if len(self.unknown) > SHOWN else ""
        first = ", ".join(self.unknown[:SHOWN]) + more
        raise BadList(problem % {"number": len(self.unknown), "first": first})


def from_text(text: str) -> Listed:
    """
    Read ids typed one a line.

    Raises:
        BadList: no line holds an id.
    """
    return _listed([line.strip() for line in text.splitlines()])


def from_file(content: bytes) -> Listed:
    """
    Read ids from a file: one a line, or a table with the column `product_id`.

    Raises:
        BadList: the file is too large, empty or no text, or its table lacks the column.
    """
    if len(content) > MOST_BYTES:
        raise BadList(_("The file is larger than 32 MiB; split it."))
    return _listed(_column(_rows(_decoded(content))))


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise BadList(_("This is no text file. Save the list as CSV and choose it again."))
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadList(
        _("Line %(line)d of the file is text neither in UTF-8 nor in CP949. Save it as UTF-8.")
        % {"line": _broken_line(content)}
    )


def _broken_line(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as fault:
        return content.count(b"\n", 0, fault.start) + 1
    return 1


def _rows(text: str) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as fault:
        problem = _("Line %(line)d of the file cannot be read: %(fault)s")
        raise BadList(problem % {"line": lines.line_num, "fault": fault}) from fault


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",", "\t", ";", key=head.count)


def _column(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the cells of the ids; a file of one column needs no header."""
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if COLUMN in header:
        place = header.index(COLUMN)
        return [row[place].strip() for row in rows[1:] if len(row) > place]
    if any(len(row) > 1 for row in rows):
        raise BadList(_("The table lacks the column product_id. Name it in the first row."))
    return [row[0].strip() for row in rows]


def _listed(cells: Sequence[str]) -> Listed:
    named = [cell for cell in cells if cell]
    ids = tuple(dict.fromkeys(named))
    if not ids:
        raise BadList(_("The list names no product."))
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN, [list(ids)])
        unknown = tuple(product_id for (product_id,) in cursor.fetchall())
    return Listed(ids=ids, repeated=len(named) - len(ids), unknown=unknown)
