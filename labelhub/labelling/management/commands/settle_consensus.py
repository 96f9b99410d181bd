"""Write the consensus of all samples now, instead of in the night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from labelhub.commands import BaseCommand
from labelhub.labelling.models import Source
from labelhub.labelling.services import consensus


class Command(BaseCommand):
    help = "Settle what the blind answers to each sample support together."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--source", choices=Source.values, help="people or given; both when left out"
        )
        parser.add_argument(
            "--majority",
            action="store_true",
            help="three answers or more settle by the most votes; the night follows the settings",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        settle = consensus.settle_by_majority if options["majority"] else consensus.settle
        for source in [options["source"]] if options["source"] else Source.values:
            count = settle(source=source, now=timezone.now())
            self.stdout.write(f"{source}: {count} samples")
