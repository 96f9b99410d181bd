"""What every export command does: write the file and leave an audit row."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from labelhub.catalog.services import exporting
from labelhub.catalog.services.exporting import Export
from labelhub.commands import BaseCommand


class ExportCommand(BaseCommand):
    """Write rows as CSV to standard output or a file."""

    requires_system_checks = []  # they load every page: a second and 100 MB that no row needs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out", type=Path, help="the file to write, instead of standard output"
        )

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        """Return what is to be written, and what it is about for the audit trail."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        export, about = self.export(options)
        exporting.note(export=export, by=None, now=timezone.now(), about=about)
        if path := options["out"]:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(exporting.lines(export))
            return
        for line in exporting.lines(export):
            self.stdout.write(line, ending="")
