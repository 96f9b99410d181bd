"""A whole LabelHub of its own: database, web, both workers and beat, as `./run up` starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg2

from labelhub.embedded import ports, procfile

ROOT = Path(__file__).resolve().parents[2]
# In one process: to start Django takes longer than two of these.
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("compile_messages", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
"""


@dataclass
class Installation:
    """Where a running LabelHub is, and how to talk to it from outside."""

    url: str
    data: Path
    env: dict[str, str]
    logins: dict[str, tuple[str, str]] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the installation's database."""
        with psycopg2.connect(self.env["DATABASE_URL"]) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            return cursor.fetchall()

    def wait_for_jobs(self, *, seconds: float = 400) -> None:
        """Wait until no job is unfinished; a failed one fails the test with its reason."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            failed = self.rows("SELECT kind, error FROM jobs_job WHERE state = 'failed'")
            assert not failed, failed
            if not self.rows("SELECT 1 FROM jobs_job WHERE state IN ('waiting', 'running')"):
                return
            time.sleep(0.5)
        unfinished = "SELECT kind, state, stage, done, total FROM jobs_job ORDER BY id"
        raise AssertionError(f"jobs were not done in {seconds} s: {self.rows(unfinished)}")


@contextmanager
def running(folder: Path) -> Iterator[Installation]:
    """Start an empty LabelHub in the folder, and leave nothing of it behind."""
    with ExitStack() as stack:
        here = prepared(folder, stack.enter_context(own_database()))
        for command in [web(here), *workers(here)]:
            stack.enter_context(process(command, here))
        wait_for(f"{here.url}/readyz")
        yield here


def prepared(folder: Path, database: str) -> Installation:
    """Make an installation's tables, messages and static files; nothing runs yet."""
    env = {
        **os.environ,
        "DATABASE_URL": database,
        "LABELHUB_DATA": str(folder),
        "LABELHUB_BROKER_URL": "",
    }
    here = Installation(url=f"http://127.0.0.1:{ports.free_port()}", data=folder, env=env)
    here.manage("shell", "--verbosity", "0", "-c", PREPARE)
    return here


def web(here: Installation) -> list[str]:
    """Return the web server's command."""
    return commands(here)["web"]


def workers(here: Installation) -> list[list[str]]:
    """Return the commands of the workers and of beat."""
    return [command for name, command in commands(here).items() if name != "web"]


def commands(here: Installation) -> dict[str, list[str]]:
    """Return what `./run up` starts."""
    values = {"BIND": here.url.removeprefix("http://"), "LABELHUB_DATA": str(here.data)}
    return procfile.read(ROOT / "Procfile", values)


@contextmanager
def process(command: list[str], here: Installation) -> Iterator[int]:
    """Run a command of the environment in a process group of its own; its id is the leader's."""
    assert command[0] == "python"
    with (here.data / "journey.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, *command[1:]],
            cwd=ROOT,
            env=here.env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield running.pid
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database beside the configured one, and drop it at the end."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"labelhub_journey_{uuid.uuid4().hex[:8]}"
    _administer(urlunsplit(parts._replace(path="/postgres")), f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        drop = f"DROP DATABASE {name} WITH (FORCE)"
        _administer(urlunsplit(parts._replace(path="/postgres")), drop)


def _administer(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def wait_for(url: str, *, seconds: float = 180) -> None:
    """Wait until an address answers 200."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.3)
    raise AssertionError(f"{url} did not answer within {seconds} s")
