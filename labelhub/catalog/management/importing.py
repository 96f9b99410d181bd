"""What every import command does: its arguments from the kind, its account from the batch."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from labelhub.catalog import import_kinds
from labelhub.catalog.import_kinds import Option
from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import imports, notes, refused_rows
from labelhub.catalog.services.encoding import NAMES
from labelhub.commands import BaseCommand

REFUSED_SHOWN = 20


class ImportCommand(BaseCommand):
    """Import a file; exit code 1 when nothing of it was kept."""

    kind: str
    requires_system_checks = []  # they load every page: a second and 100 MB that no row needs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        for option in import_kinds.get(self.kind).options:
            _add(parser, option)
        parser.add_argument(
            "--keep-good",
            action="store_true",
            help="take the good rows though others are refused",
        )
        parser.add_argument("--encoding", default="", help="utf-8 or cp949; detected otherwise")
        parser.add_argument(
            "--refused", type=Path, help="write the refused rows to this CSV file, to correct them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        wanted = import_kinds.get(self.kind).options
        batch = imports.import_file(
            kind=self.kind,
            path=file,
            by=None,
            now=timezone.now(),
            encoding=options["encoding"],
            keep_good=options["keep_good"],
            options={option.name: options[option.name] for option in wanted},
        )
        self._tell(batch)
        if options["refused"]:
            _write(batch, options["refused"])
        if not batch.is_applied:
            raise CommandError(batch.problem or "Nothing was imported; see the refused rows.")

    def _tell(self, batch: ImportBatch) -> None:
        read = f"Read {batch.rows:,} rows ({NAMES.get(batch.encoding, batch.encoding)})"
        self.stdout.write(
            f"{read}: {batch.added:,} added, {batch.changed:,} changed,"
            f" {batch.unchanged:,} unchanged, {batch.refused:,} refused."
        )
        for note in notes.told(batch.notes):
            self.stdout.write(note)
        refused = batch.refused_rows.order_by("line", "pk")
        for row in refused[:REFUSED_SHOWN]:
            where = f"line {row.line}" + (f", {row.column}" if row.column else "")
            self.stdout.write(f"  {where}: {row.reason}  {' | '.join(row.cells)[:200]}")
        if (more := refused.count() - REFUSED_SHOWN) > 0:
            self.stdout.write(f"  … and {more:,} more; --refused FILE writes them all.")


def _add(parser: ArgumentParser, option: Option) -> None:
    help = str(option.title)
    match option.kind:
        case "flag":
            parser.add_argument(option.flag, action="store_true", help=help)
        case "choice":
            choices = [value for value, _title in option.choices]
            parser.add_argument(option.flag, choices=choices, default=option.default, help=help)
        case "number":
            parser.add_argument(option.flag, type=int, default=option.default, help=help)
        case _:
            parser.add_argument(option.flag, default="", required=option.is_required, help=help)


def _write(batch: ImportBatch, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(refused_rows.lines(batch))
