"""`export_annotations [--round NAME] [--history …] [--format FORMAT] [--out FILE]`."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Q

from labelhub.accounts.models import User
from labelhub.catalog.management.exporting import ExportCommand
from labelhub.catalog.services.exporting import Export
from labelhub.labelling.models import Round
from labelhub.labelling.services import exporting, history
from labelhub.labelling.services.history import Checks, Scope


class Command(ExportCommand):
    help = "Write the answers of a round, to be imported again, or everything that was said."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--round", help="name of the round; --history takes all without it")
        parser.add_argument(
            "--history",
            action="store_true",
            help="all answers, also taken back ones, with skips and flags and all that was shown",
        )
        parser.add_argument(
            "--annotator", help="with --history: of this person, by username or pseudonym"
        )
        parser.add_argument(
            "--from", type=date.fromisoformat, help="with --history: from this day on"
        )
        parser.add_argument(
            "--to", type=date.fromisoformat, help="with --history: up to the end of this day"
        )
        parser.add_argument(
            "--standing",
            action="store_true",
            help="with --history: without answers that were taken back or replaced",
        )
        parser.add_argument(
            "--checks",
            action="store_true",
            help="with --history: hidden checks too, marked in a column of their own",
        )

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        round = _round(options["round"]) if options["round"] else None
        if options["history"]:
            return history.events(scope=_scope(round, options)), options["round"] or ""
        if round is None:
            raise CommandError("Name the round with --round, or ask for --history.")
        return exporting.answers(round=round), round.name


def _round(name: str) -> Round:
    round = Round.objects.filter(name=name).first()
    if round is None:
        raise CommandError(f"There is no round {name}.")
    return round


def _scope(round: Round | None, options: dict[str, Any]) -> Scope:
    return Scope(
        round=round,
        annotator=_person(options["annotator"]) if options["annotator"] else None,
        first_day=options["from"],
        last_day=options["to"],
        is_standing=options["standing"],
        checks=Checks.MARKED if options["checks"] else Checks.LEFT_OUT,
    )


def _person(name: str) -> User:
    found = User.objects.filter(Q(username=name) | Q(pseudonym=name)).order_by("pk").first()
    if found is None:
        raise CommandError(f"Nobody is called {name}.")
    return found
