"""`./run lint`: every check runs, and what failed is listed at the end."""

from __future__ import annotations

import os
import subprocess
import tempfile
from argparse import Namespace
from dataclasses import dataclass, field
from pathlib import Path

from labelhub.embedded import environment, requirements, session
from labelhub.embedded.places import ROOT, Places
from labelhub.embedded.terminal import say

# Checks look at code: no server is behind these addresses.
NO_DATABASE = "postgres://nobody@127.0.0.1:1/nothing"
PRODUCTION = {
    "LABELHUB_ENV": "production",
    "LABELHUB_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-only-for-the-deploy-check-ABC",
    "LABELHUB_ALLOWED_HOSTS": "labelhub.example.com",
    "LABELHUB_BROKER_URL": "amqp://nobody@127.0.0.1:1//",
}


@dataclass(frozen=True)
class Check:
    """
    A command that must succeed.

    Python runs it: the first line of an installed script breaks when the checkout moves.
    """

    name: str
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


CHECKS = (
    Check("style", ("-m", "ruff", "check", ".")),
    Check("format", ("-m", "ruff", "format", "--check", ".")),
    Check("types", ("-m", "mypy")),
    Check("directions", (".venv/bin/lint-imports", "--no-logo")),
    Check("migrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Check("deployment", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
)


def lint(arguments: Namespace) -> int:
    """Run the checks; return 1 if any of them failed."""
    with tempfile.TemporaryDirectory(prefix="labelhub-lint-") as folder:
        where = Places(ROOT, Path(folder).resolve())
        where.make()
        with session.guarded(where) as guardian:
            session.install(where, guardian, environment.TESTS)
        failed = [check.name for check in CHECKS if not _passes(where, check)]
    problems = requirements.out_of_date(where.root)
    for problem in problems:
        say(problem)
    failed += ["requirements"] if problems else []
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _passes(where: Places, check: Check) -> bool:
    say(f"-- {check.name}")
    env = {name: value for name, value in os.environ.items() if not name.startswith("LABELHUB_")}
    env |= {
        "DATABASE_URL": NO_DATABASE,
        "DJANGO_SETTINGS_MODULE": "labelhub.settings",
        "LABELHUB_DATA": str(where.data),
        # makemigrations warns that it cannot ask the database what it has applied.
        "PYTHONWARNINGS": "ignore::RuntimeWarning",
        **check.env,
    }
    command = [str(where.python), *check.command]
    return subprocess.run(command, cwd=where.root, env=env, check=False).returncode == 0
