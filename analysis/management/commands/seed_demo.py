"""Make the demo market: print its logins, and ask a worker for everything else."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from analysis.services import demo, demo_logins
from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.commands import BaseCommand


class Command(BaseCommand):
    help = "Fill an empty installation with the demo market and print its four logins."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            logins = demo_logins.logins(now=timezone.now())
        except demo_logins.InUse as refusal:
            self.stdout.write(str(refusal))
            return
        for login in logins:
            self.stdout.write(f"  {login.role:<10} {login.username:<10} {login.password}")
        demo.start(by=User.objects.get(username=Role.ADMIN))
