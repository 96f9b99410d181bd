"""
Web processes and the database die under people who label; no acknowledged answer may be lost.

The oracle is the clients' own log: the annotations the server acknowledged are the rows it has.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from labelhub.embedded import postgres
from labelhub.embedded.places import Places
from tests.journeys.installation import (
    ROOT,
    Installation,
    own_database,
    prepared,
    process,
    wait_for,
    web,
)
from tests.journeys.labellers import Labeller, at_work
from tests.processes import children_of, wait_until

pytestmark = pytest.mark.timeout(300)

SAMPLES = 3000
PEOPLE = 4
SET_UP = """
from django.utils import timezone
from rest_framework.authtoken.models import Token
from labelhub.accounts.models import User
from labelhub.accounts.services import notice
from labelhub.catalog.models import Category
from labelhub.labelling.models import Round
print(Round.objects.get(name="faults").pk, Category.objects.get(path="a>b").pk)
for number in range({people}):
    user = User.objects.create_user(f"person{{number}}", role="annotator")
    notice.mark_read(person=user, now=timezone.now())
    print(Token.objects.create(user=user).key)
"""


def labellers(here: Installation) -> list[Labeller]:
    """Draw a round of made-up samples and hire people for it."""
    rows = "".join(f"p{number},product {number},a>b\n" for number in range(SAMPLES))
    file = here.data / "samples.csv"
    file.write_text("product_id,product_name,category_path\n" + rows)
    here.manage("import_samples", str(file), "--round", "faults", "--create-categories")
    printed = here.manage("shell", "--verbosity", "0", "-c", SET_UP.format(people=PEOPLE))
    round_id, category_id, *tokens = printed.split()
    return [Labeller(here.url, token, int(round_id), int(category_id)) for token in tokens]


def assert_the_log_equals_the_rows(here: Installation, people: list[Labeller]) -> None:
    acknowledged = {
        (assignment, annotation)
        for person in people
        for assignment, annotation in person.acknowledged.items()
    }
    rows = here.rows(
        "SELECT assignment_id, id FROM labelling_annotation WHERE superseded_at IS NULL"
    )
    assert len(acknowledged) > 50
    assert acknowledged == set(rows)
    assert len(rows) == len({assignment for assignment, _annotation in rows})


def wait_for_answers(people: list[Labeller], more: int) -> None:
    """Wait until the server has acknowledged so many more answers."""

    def given() -> int:
        return sum(len(person.acknowledged) for person in people)

    goal = given() + more
    wait_until(lambda: given() >= goal, seconds=60, what=f"{goal} answers")


def test_answers_survive_killed_web_processes(tmp_path: Path):
    with own_database() as database:
        here = prepared(tmp_path, database)
        with process(web(here), here) as leader:
            wait_for(f"{here.url}/healthz")
            people = labellers(here)
            with at_work(people):
                for _ in range(4):
                    wait_for_answers(people, 30)
                    os.kill(children_of(leader)[0], signal.SIGKILL)
                wait_for_answers(people, 30)

        assert sum(person.lost for person in people) > 0, "no request was ever hit"
        assert_the_log_equals_the_rows(here, people)


class Alone:
    """Nobody else watches this test's server."""

    def register(self) -> None: ...

    def forget(self, pid: int) -> None: ...


@contextmanager
def own_server() -> Iterator[postgres.Server]:
    """Run a PostgreSQL that this test may kill."""
    with TemporaryDirectory(prefix="labelhub-fault-") as folder:
        Path(folder).chmod(0o711)  # root's PostgreSQL runs as another account, which passes through
        places = Places(root=ROOT, data=Path(folder))
        places.make()
        server = postgres.Server(places, witness=Alone())
        server.join()
        try:
            yield server
        finally:
            server.release()
            postgres.stop(server.cluster.data)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_answers_survive_a_database_that_stops_and_starts_again(tmp_path: Path, how):
    with own_server() as server:
        here = prepared(tmp_path, server.url)
        with process(web(here), here):
            wait_for(f"{here.url}/healthz")
            people = labellers(here)
            with at_work(people):
                wait_for_answers(people, 50)
                running = postgres.living(server.cluster.data)
                assert running is not None
                os.kill(running[0], how)
                while not server.restart_if_dead():
                    time.sleep(0.1)
                wait_for_answers(people, 50)
            assert_the_log_equals_the_rows(here, people)
