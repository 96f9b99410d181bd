"""What every export command does: write the file and leave an audit row."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from labelhub.catalog.services import exporting, formats
from labelhub.catalog.services.exporting import Export
from labelhub.catalog.services.formats import FORMATS
from labelhub.commands import BaseCommand


class ExportCommand(BaseCommand):
    """Write rows as CSV, or in another format, to standard output or a file."""

    requires_system_checks = []  # they load every page: a second and 100 MB that no row needs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out", type=Path, help="the file to write, instead of standard output"
        )
        parser.add_argument(
            "--format", choices=list(FORMATS), help="by the ending of --out, else csv"
        )

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        """Return what is to be written, and what it is about for the audit trail."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        export, about = self.export(options)
        path: Path | None = options["out"]
        form = options["format"] or formats.of_file(path)
        exporting.note(export=export, by=None, now=timezone.now(), about=about, form=form)
        if path:
            with path.open("wb") as file:
                file.writelines(FORMATS[form].pieces(export))
            return
        for piece in FORMATS[form].pieces(export):
            if FORMATS[form].is_text:
                self.stdout.write(piece.decode(), ending="")
            else:
                sys.stdout.buffer.write(piece)
