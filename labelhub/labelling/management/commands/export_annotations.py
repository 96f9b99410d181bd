"""`export_annotations --round NAME [--out FILE]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from labelhub.catalog.management.exporting import ExportCommand
from labelhub.catalog.services.exporting import Export
from labelhub.labelling.models import Round
from labelhub.labelling.services import exporting


class Command(ExportCommand):
    help = "Write the answers of a round as CSV that can be imported again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--round", required=True, help="name of the round")

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        round = Round.objects.filter(name=options["round"]).first()
        if round is None:
            raise CommandError(f"There is no round {options['round']}.")
        return exporting.answers(round=round), round.name
