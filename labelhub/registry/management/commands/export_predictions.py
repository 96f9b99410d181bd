"""`export_predictions --model NAME [--out FILE]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from labelhub.catalog.management.exporting import ExportCommand
from labelhub.catalog.services.exporting import Export
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import exporting


class Command(ExportCommand):
    help = "Write the predictions of a model version as CSV that can be imported again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", required=True, help="name of the model version")

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        version = ModelVersion.objects.filter(name=options["model"]).first()
        if version is None:
            raise CommandError(f"There is no model version {options['model']}.")
        return exporting.predictions(version=version), version.name
