"""`export_label_studio --round NAME [--model NAME] [--out FILE] [--interface FILE]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.labelling.models import Round, Source
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import versions
from labelhub.registry.services.label_studio import exporting


class Command(BaseCommand):
    help = "Write a round as tasks that Label Studio imports."
    requires_system_checks = []  # they load every page: a second and 100 MB that no task needs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--round", required=True, help="name of the round")
        parser.add_argument("--model", help="name of the version whose predictions come along")
        parser.add_argument("--out", type=Path, help="the file, instead of standard output")
        parser.add_argument(
            "--interface", type=Path, help="a file for the labelling interface (XML) too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        round = Round.objects.filter(name=options["round"], source=Source.PEOPLE).first()
        if round is None:
            raise CommandError(f"There is no round of people called {options['round']}.")
        version = _version(options["model"]) if options["model"] else None
        exporting.note(round=round, version=version, by=None, now=timezone.now())
        if path := options["interface"]:
            with path.open("w", encoding="utf-8") as file:
                file.writelines(exporting.interface(round=round))
        pieces = exporting.tasks(round=round, version=version)
        if path := options["out"]:
            with path.open("wb") as file:
                file.writelines(pieces)
            return
        for piece in pieces:
            self.stdout.write(piece.decode(), ending="")


def _version(name: str) -> ModelVersion:
    try:
        return versions.chosen(name=name)
    except DomainError as refusal:
        raise CommandError(str(refusal)) from None
