"""The refused rows of an import as a file to correct and import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services.reading import IGNORED


def lines(batch: ImportBatch) -> Iterator[str]:
    """
    Yield the CSV lines: where and why each row was refused, then its cells as they came.

    The first columns are ignored when the corrected file is imported. They stand first, so that
    a row with too few or too many cells still shows what it had.
    """
    line = io.StringIO()
    writer = csv.writer(line)

    def written(cells: list[str]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow(cells)
        return line.getvalue()

    yield written([*IGNORED, *batch.columns])
    rows = batch.refused_rows.filter(line__gt=0).order_by("line", "pk")
    for row in rows.iterator(chunk_size=2_000):
        yield written([str(row.line), row.column, _(row.reason), *row.cells])
