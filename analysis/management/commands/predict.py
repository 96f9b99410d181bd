"""Let a version predict every sample of a round."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from analysis.management.waiting import wait
from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.labelling.models import Round
from labelhub.registry.services import predictions, versions


class Command(BaseCommand):
    help = "Predict the samples of a round with a model version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--model", required=True, help="Name of the version.")
        parser.add_argument("--round", required=True, help="Name of the round.")
        parser.add_argument("--wait", action="store_true", help="Follow the job to its end.")

    def handle(self, *args: Any, **options: Any) -> None:
        round = Round.objects.filter(name=options["round"]).first()
        if round is None:
            raise CommandError(f"There is no round named {options['round']}.")
        try:
            version = versions.chosen(name=options["model"])
            job = predictions.start(version=version, round=round, by=None, now=timezone.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Job {job.pk} predicts round {round.name} with {version.name}.")
        if options["wait"]:
            ended = wait(job, self.stdout.write)
            self.stdout.write(f"{ended.result.get('samples', 0):,} samples predicted.")
            if lacking := ended.result.get("lacking"):
                self.stdout.write(
                    f"Without a picture: {lacking['without_picture']:,}; with one that cannot be "
                    f"read: {lacking['unreadable']:,}."
                )
