"""Files to import, written by the test that imports them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import imports
from labelhub.catalog.services.exporting import Export
from labelhub.catalog.services.formats import FORMATS
from tests.factories import NOW


def written(folder: Path, text: str, *, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    """Write the text as a file, without changing its line ends."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def taken(
    kind: str, path: Path, *, keep_good: bool = False, encoding: str = "", **options: Any
) -> ImportBatch:
    """Import a file with the options of its kind."""
    return imports.import_file(
        kind=kind,
        path=path,
        by=None,
        now=NOW,
        encoding=encoding,
        keep_good=keep_good,
        options=options,
    )


def exported(folder: Path, export: Export, form: str = "csv") -> Path:
    """Write an export to a file."""
    path = folder / f"{export.name}.{form}"
    path.write_bytes(b"".join(FORMATS[form].pieces(export)))
    return path


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """Return added, changed, unchanged, refused."""
    return batch.added, batch.changed, batch.unchanged, batch.refused


def refusals(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """Return line, column and reason of the refused rows."""
    rows = batch.refused_rows.order_by("line", "pk")
    return list(rows.values_list("line", "column", "reason"))
