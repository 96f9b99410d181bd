"""Search better settings for trainings on a corpus, with the exclusion rules in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from analysis.management.waiting import wait
from analysis.services import retraining
from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, Search
from labelhub.registry.services import corpora, searches
from mlcore.corpus.plan import CurationPlan
from mlcore.heads import BRANCHES
from mlcore.training.config import CLEANINGS, NOTHING, TrainingConfig

TRIALS = 30


class Command(BaseCommand):
    help = "Search settings for trainings on a corpus; `train --settings-of` takes the best."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--corpus", required=True, help="Name given at import_corpus.")
        parser.add_argument("--name", required=True, help="Name of the search.")
        parser.add_argument(
            "--branches", nargs="+", choices=BRANCHES, help="All that the corpus has, unless given."
        )
        parser.add_argument("--trials", type=int, default=TRIALS, help="Trainings to try in all.")
        parser.add_argument("--workers", type=int, default=1, help="Trials at once, at most.")
        parser.add_argument("--epochs", type=int, help="Passes over the rows of each trial.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--cleaning", choices=CLEANINGS, default=NOTHING)
        parser.add_argument("--no-rules", action="store_true", help="Ignore the exclusion list.")
        parser.add_argument("--m", type=float, help="Keep m ln N rows of a category with N.")
        parser.add_argument("--months", action="store_true", help="Draw them evenly over months.")
        parser.add_argument("--wait", action="store_true", help="Follow the search to its end.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            search = self._start(**options)
        except (DomainError, ValueError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Search {search.pk} ({search.name}) tries {search.trials} settings.")
        if options["wait"]:
            assert search.job is not None
            wait(search.job, self.stdout.write)
            self._print_best(search)

    def _start(
        self,
        *,
        corpus: str,
        name: str,
        branches: list[str] | None,
        trials: int,
        workers: int,
        epochs: int | None,
        seed: int,
        cleaning: str,
        no_rules: bool,
        m: float | None,
        months: bool,
        **_: Any,
    ) -> Search:
        found = Corpus.objects.filter(name=corpus).first()
        if found is None:
            raise CommandError(f"There is no corpus named {corpus}; see import_corpus.")
        default = TrainingConfig()
        passes = default.epochs if epochs is None else epochs
        wanted = corpora.branches(found) if branches is None else branches
        sealed = retraining.NO_RULES if no_rules else retraining.rules_in_force()
        return searches.start(
            corpus=found,
            name=name,
            rules=sealed.rules,
            list_version=sealed.number,
            plan=CurationPlan(m=m, by_month=months),
            config=replace(
                default,
                branches=tuple(branch for branch in BRANCHES if branch in wanted),
                epochs=passes,
                seed=seed,
                cleaning=cleaning,
            ),
            trials=trials,
            workers=workers,
            by=None,
            now=timezone.now(),
        )

    def _print_best(self, search: Search) -> None:
        search.refresh_from_db()
        best = search.found["best"]
        self.stdout.write(f"Best: trial {best['number'] + 1}, accuracy {best['accuracy']:.4f}.")
        for name, value in best["settings"].items():
            self.stdout.write(f"  {name}: {value}")
