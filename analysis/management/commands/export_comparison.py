"""`manage.py export_comparison`: the comparison of a version, on standard output."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from analysis.services import exporting
from analysis.services.comparison import COLUMNS, Comparison, compare
from analysis.services.verdicts import Axis, Scope, default_source
from labelhub.cells import defused
from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.labelling.models import Source
from labelhub.registry.services import versions


def level(text: str) -> int:
    """Read a level of the tree."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("levels count from 1")
    return int(text)


class Command(BaseCommand):
    help = "Print verdicts and errors per category of a model version, as CSV or JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", required=True, metavar="VERSION")
        parser.add_argument(
            "--level", type=level, help="cut categories to this level (default: no cut)"
        )
        parser.add_argument("--axis", choices=[*Axis], default=Axis.HUMAN)
        parser.add_argument(
            "--source",
            choices=Source.values,
            help="whose labels (default: people's where there are any, else the given ones)",
        )
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = versions.chosen(name=options["model"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        source = options["source"]
        scope = Scope(
            version=version,
            source=Source(source) if source else default_source(),
            level=options["level"],
            axis=Axis(options["axis"]),
        )
        now = timezone.now()
        comparison = compare(scope, now=now)
        number, form = len(comparison.counted), options["format"]
        exporting.note(table=comparison, rows=number, form=form, by=None, now=now)
        if form == "json":
            self.stdout.write(json.dumps(comparison.as_record(), ensure_ascii=False, indent=2))
        else:
            self._write_csv(comparison)

    def _write_csv(self, comparison: Comparison) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in comparison.counted:
            writer.writerow([defused(value) for value in row.values(COLUMNS)])
