"""Compile the message files; quick when nothing changed, so every start runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from labelhub.commands import BaseCommand
from labelhub.translation import compile_messages


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po where they are newer than their .mo files."
    requires_system_checks = []  # runs before the database is up

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for written in compile_messages(Path(folder)):
                if options["verbosity"]:
                    self.stdout.write(f"compiled {written.parent.parent.name}/{written.name}")
