"""Bring the message files up to date with templates and code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from labelhub.commands import BaseCommand
from labelhub.translation import update


class Command(BaseCommand):
    help = "Add new messages to locale/*/LC_MESSAGES/django.po and drop unused ones."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
                total, missing = update(source, settings.BASE_DIR)
                name = source.parent.parent.name
                self.stdout.write(f"{name}: {total} messages, {missing} without a translation")
