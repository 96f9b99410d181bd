"""Print the one-time link with which an installation gets its first administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.urls import reverse
from django.utils import timezone

from labelhub.accounts.services import invitations
from labelhub.commands import BaseCommand


class Command(BaseCommand):
    help = "Print a one-time link that makes an administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address", default="", help="Where people reach LabelHub, e.g. http://127.0.0.1:8000."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        token = invitations.invite_first_admin(now=timezone.now())
        path = reverse("accounts:welcome", args=[token])
        self.stdout.write(f"{options['address'].rstrip('/')}{path}")
