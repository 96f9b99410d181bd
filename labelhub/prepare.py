"""
`python -m labelhub.prepare [--empty]`: what must be done before the processes start.

One process instead of four, because loading Django takes longer than most of the steps. Standard
output carries what the person who starts LabelHub should see: logins, or a one-time link.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

MANIFEST = "labelhub.static_files.HashedFiles"


def prepare(*, is_empty: bool) -> None:
    """Migrate, compile messages, collect static files; then make the demo or invite an admin."""
    # The processes serve hashed names as soon as a manifest is there; this run writes it.
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("compile_messages", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not is_empty:
        call_command("seed_demo")
    elif not _has_admin():
        call_command("invite_admin")


def _has_admin() -> bool:
    """Say whether somebody can let others in; then a start hands out no link."""
    from labelhub.accounts.models import User
    from labelhub.accounts.roles import Role

    return User.objects.filter(role=Role.ADMIN, is_active=True).exists()


def main() -> int:
    """Prepare; a fault ends as one line, after its traceback."""
    parser = argparse.ArgumentParser(prog="labelhub.prepare")
    parser.add_argument("--empty", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")
    try:
        prepare(is_empty=arguments.empty)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Exception as error:
        traceback.print_exc()
        first_line = str(error).partition("\n")[0]
        sys.stderr.write(f"LabelHub cannot be prepared: {type(error).__name__}: {first_line}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
