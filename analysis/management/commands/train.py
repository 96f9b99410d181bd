"""Train a version on a corpus with the exclusion rules in force."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from analysis.management.waiting import wait
from analysis.services import retraining
from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, ModelVersion, Run, Search
from labelhub.registry.services import corpora, searches
from mlcore.corpus.plan import CurationPlan
from mlcore.heads import BRANCHES
from mlcore.training.config import CLEANINGS, NOTHING, TrainingConfig


class Command(BaseCommand):
    help = "Train a model version on a corpus."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--corpus", help="Name given at import_corpus.")
        parser.add_argument("--name", required=True, help="Name of the version to be made.")
        parser.add_argument(
            "--branches", nargs="+", choices=BRANCHES, help="All that the corpus has, unless given."
        )
        parser.add_argument("--epochs", type=int, help="Passes over the rows.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--no-rules", action="store_true", help="Ignore the exclusion list.")
        parser.add_argument("--m", type=float, help="Keep m ln N rows of a category with N.")
        parser.add_argument("--months", action="store_true", help="Draw them evenly over months.")
        parser.add_argument("--cleaning", choices=CLEANINGS, default=NOTHING)
        parser.add_argument(
            "--sample-names", action="store_true", help="Learn from the samples' names, too."
        )
        parser.add_argument(
            "--settings-of", metavar="SEARCH", help="Take the best settings and rows of a search."
        )
        parser.add_argument("--wait", action="store_true", help="Follow the training to its end.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._found(**options) if options["settings_of"] else self._start(**options)
        except (DomainError, ValueError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Run {run.pk} trains {run.version_name} on {run.corpus.name}.")
        if options["wait"]:
            assert run.job is not None
            wait(run.job, self.stdout.write)
            self._print_scores(run)

    def _found(self, *, settings_of: str, name: str, **_: Any) -> Run:
        search = Search.objects.select_related("corpus").filter(name=settings_of).first()
        if search is None:
            raise CommandError(f"There is no search named {settings_of}.")
        return searches.train_best(search=search, version_name=name, by=None, now=timezone.now())

    def _start(
        self,
        *,
        corpus: str | None,
        name: str,
        branches: list[str] | None,
        epochs: int | None,
        seed: int,
        cleaning: str,
        no_rules: bool,
        m: float | None,
        months: bool,
        sample_names: bool,
        **_: Any,
    ) -> Run:
        if corpus is None:
            raise CommandError("Name a corpus, or a search with --settings-of.")
        found = Corpus.objects.filter(name=corpus).first()
        if found is None:
            raise CommandError(f"There is no corpus named {corpus}; see import_corpus.")
        wanted = corpora.branches(found) if branches is None else branches
        given: dict[str, Any] = {
            "seed": seed,
            "cleaning": cleaning,
            "branches": [branch for branch in BRANCHES if branch in wanted],
        }
        if epochs is not None:
            given["epochs"] = epochs
        begin = retraining.train_plainly if no_rules else retraining.retrain
        return begin(
            corpus=found,
            version_name=name,
            config=TrainingConfig.from_record(given),
            plan=CurationPlan(m=m, by_month=months),
            learns_sample_names=sample_names,
            by=None,
            now=timezone.now(),
        )

    def _print_scores(self, run: Run) -> None:
        version = ModelVersion.objects.get(run=run)
        self.stdout.write(f"Version {version.name}, fingerprint {version.fingerprint}.")
        for name, value in version.scores.items():
            if isinstance(value, float):
                self.stdout.write(f"  {name}: {value:.4f}")
