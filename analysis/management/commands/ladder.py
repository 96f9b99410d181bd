"""Measure every model from the majority class to the default one on a corpus."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from analysis.management.waiting import wait
from analysis.services import ladder_page, retraining
from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, Ladder
from labelhub.registry.services import ladders
from mlcore.training.config import TrainingConfig


class Command(BaseCommand):
    help = "Measure all models on the same held-out rows of a corpus."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--corpus", required=True, help="Name given at import_corpus.")
        parser.add_argument("--learn", type=int, help="Rows that each rung learns from; else all.")
        parser.add_argument("--epochs", type=int, help="Passes over the rows.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--no-rules", action="store_true", help="Ignore the exclusion list.")
        parser.add_argument("--wait", action="store_true", help="Follow the ladder to its end.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ladder = self._start(**options)
        except (DomainError, ValueError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Ladder {ladder.pk} is climbed on {ladder.corpus.name}.")
        if options["wait"]:
            assert ladder.job is not None
            wait(ladder.job, self.stdout.write)
            self._print_rungs(ladder)

    def _start(
        self,
        *,
        corpus: str,
        learn: int | None,
        epochs: int | None,
        seed: int,
        no_rules: bool,
        **_: Any,
    ) -> Ladder:
        found = Corpus.objects.filter(name=corpus).first()
        if found is None:
            raise CommandError(f"There is no corpus named {corpus}; see import_corpus.")
        default = TrainingConfig()
        passes = default.epochs if epochs is None else epochs
        sealed = retraining.NO_RULES if no_rules else retraining.rules_in_force()
        return ladders.start(
            corpus=found,
            rules=sealed.rules,
            list_version=sealed.number,
            learnt=learn,
            config=replace(default, epochs=passes, seed=seed),
            by=None,
            now=timezone.now(),
        )

    def _print_rungs(self, ladder: Ladder) -> None:
        ladder.refresh_from_db()
        for rung in ladder_page.rungs(ladder):
            said = f"{rung.accuracy:.4f}" if rung.is_done else f"{rung.state}: {rung.reason}"
            self.stdout.write(f"  {rung.title}: {said}")
