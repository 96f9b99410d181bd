"""What every management command does: speak one language, whatever the pages speak."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management import base
from django.utils import translation

LANGUAGE = "en"  # that of the commands' own texts; programs read it too


class BaseCommand(base.BaseCommand):
    """A command whose help, output and refusals are English, not half in the pages' language."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> base.CommandParser:
        with translation.override(LANGUAGE):
            return super().create_parser(prog_name, subcommand, **kwargs)

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read (`| head`) has enough; Python would complain once more at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(LANGUAGE):
            return super().execute(*args, **options)
