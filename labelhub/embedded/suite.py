"""`./run test`: the tests, on a database and a data folder that are thrown away."""

from __future__ import annotations

import os
import secrets
import tempfile
from argparse import Namespace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from labelhub.embedded import chromium, database, environment, packages, session
from labelhub.embedded.guardian import Guardian
from labelhub.embedded.places import ROOT, Places
from labelhub.embedded.postgres import THROW_AWAY
from labelhub.embedded.terminal import say

MEANT_FOR_TESTS = (
    "LABELHUB_DATA",
    "LABELHUB_CHROMIUM",
    "LABELHUB_FAULT_SECONDS",
    "LABELHUB_REAL_DATA",
    "LABELHUB_SCREENSHOTS",
    "LABELHUB_TEST_ALL",
)
MOST_PROCESSES = 4  # each has a browser and perhaps TensorFlow in memory
# Arguments that choose no tests and watch none: with others, everything stays in one process.
ONLY_TELLING = ("-v", "-q", "-r", "--color", "--durations", "--junit", "--tb", "--verbose")
# Program that a test needs -> the package that brings it.
PROGRAMS = {
    "redis-server": "redis-server",
    "rabbitmq-server": "rabbitmq-server",
    "java": "default-jre-headless",
}


def test(arguments: Namespace) -> int:
    """Run pytest; nothing is left running and no folder is left behind."""
    where = Places(ROOT, Path(tempfile.mkdtemp(prefix="labelhub-test-")).resolve())
    where.data.chmod(0o711)  # root's PostgreSQL runs as another account, which passes through
    where.make()
    with session.guarded(where, scratch=where.data) as guardian:
        session.install(where, guardian, environment.TESTS)
        env = {"LABELHUB_CHROMIUM": chromium.find_or_install(where)}
        _install_programs(where)
        with database.connected(where, guardian, settings=THROW_AWAY) as connection:
            env["DATABASE_URL"] = own_database(connection.url)
            return _run(where, guardian, env, arguments.arguments)


def own_database(url: str) -> str:
    """Return the address with a database name of this run: two runs do not meet."""
    return urlunsplit(urlsplit(url)._replace(path=f"/labelhub_{secrets.token_hex(4)}"))


def _run(where: Places, guardian: Guardian, env: dict[str, str], arguments: list[str]) -> int:
    command = [str(where.python), "-m", "pytest", *spread(arguments, os.cpu_count() or 1)]
    return session.in_foreground(guardian, command, env=unconfigured(where.environment(**env)))


def spread(arguments: list[str], cores: int) -> list[str]:
    """Return pytest's arguments: all tests go over the cores, chosen ones stay in one process."""
    processes = min(cores, MOST_PROCESSES)
    if processes == 1 or not all(each.startswith(ONLY_TELLING) for each in arguments):
        return arguments
    return ["-n", str(processes), "--dist", "loadscope", "--no-loadscope-reorder", *arguments]


def unconfigured(env: dict[str, str]) -> dict[str, str]:
    """Leave out what configures an installation: the tests bring their own."""
    return {
        name: value
        for name, value in env.items()
        if not name.startswith("LABELHUB_") or name in MEANT_FOR_TESTS
    }


def _install_programs(where: Places) -> None:
    missing = [package for name, package in PROGRAMS.items() if packages.find(name) is None]
    if missing and packages.may_install():
        say(f"Installing {' and '.join(missing)} for the tests that need them")
        packages.install(*missing, log=where.install_log)
