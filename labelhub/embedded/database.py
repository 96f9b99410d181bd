"""The database of a command: the one that DATABASE_URL names, or the embedded one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from labelhub.embedded import postgres
from labelhub.embedded.guardian import Guardian
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal, last_line

# Runs in .venv, where the driver is.
PROBE = """
import os, sys, dj_database_url, psycopg2
told = dj_database_url.parse(os.environ["DATABASE_URL"])
names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
where = {name: told[key] for name, key in names.items() if told.get(key)}
try:
    psycopg2.connect(connect_timeout=10, **where, **told.get("OPTIONS", {})).close()
except psycopg2.OperationalError as error:
    sys.exit(str(error).partition("\\n")[0])
"""


class Given:
    """A server that somebody else looks after."""

    def __init__(self, places: Places, url: str) -> None:
        self.url = url
        _refuse_unless_reachable(places, url)

    def restart_if_dead(self) -> bool:
        """Leave it to whoever runs it; the processes connect again by themselves."""
        return False

    def release(self) -> None:
        """Nothing of ours is held there."""


Database = Given | postgres.Server


@contextmanager
def connected(
    places: Places, guardian: Guardian, *, settings: tuple[str, ...] = postgres.DURABLE
) -> Iterator[Database]:
    """Lend the database; the embedded server is started where it does not run."""
    url = os.environ.get("DATABASE_URL")
    if url:
        yield Given(places, url)
        return
    server = postgres.Server(places, witness=guardian, settings=settings)
    guardian.look_after(server.cluster.data)
    try:
        server.join()
        yield server
    finally:
        server.release()


def _refuse_unless_reachable(places: Places, url: str) -> None:
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise Refusal("DATABASE_URL must start with postgres:// or postgresql://.")
    done = subprocess.run(
        [str(places.python), "-c", PROBE],
        env=places.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"The database of DATABASE_URL cannot be reached: {last_line(done.stderr)}")
