"""The shape of the code checks itself; the contracts are in pyproject.toml."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labelhub.accounts.roles import Role
from tests.factories import UserFactory
from tests.processes import database_url

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    "analysis", "benchmarks", "docs", "labelhub", "locale", "mlcore", "static", "templates",
    "tests", "manage.py", "run", "requirements.txt", "pyproject.toml", "Procfile", "README.md",
    "CHANGELOG.md", "LICENSE",
}  # fmt: skip
MOST_LINES = 300
TOOL = Path(sys.executable).parent / "lint-imports"


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True
    )
    return [Path(name) for name in listed.stdout.decode().split("\0") if name]


def test_imports_go_in_the_directions_that_the_contracts_name():
    checked = subprocess.run([TOOL], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_the_top_level_holds_what_the_architecture_names_and_nothing_else():
    names = {path.parts[0] for path in tracked()}

    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_files_of_code_stay_short_enough_to_read():
    written = tracked("*.py", "*.js", "run")
    code = [path for path in written if not {"vendor", "migrations"} & set(path.parts)]

    long = {str(path): lines for path in code if (lines := count(path)) > MOST_LINES}

    assert long == {}


def count(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


@pytest.mark.django_db(transaction=True)
def test_no_address_loads_tensorflow_into_a_web_process():
    UserFactory(username="visitor", role=Role.ADMIN)

    visited = subprocess.run(
        [sys.executable, "-m", "tests.visit_everything"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )

    assert visited.stdout.endswith(" []\n"), visited.stdout + visited.stderr
