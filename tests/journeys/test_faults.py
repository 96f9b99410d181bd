"""
Web processes and the database die under people who label; no acknowledged answer may be lost.

The oracle is the clients' own log: the annotations the server acknowledged are the rows it has.
"""

from __future__ import annotations

import logging
import os
import random
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

# How long web processes are killed, and how many people label meanwhile.
SECONDS = float(os.environ.get("LABELHUB_FAULT_SECONDS", "12"))
PEOPLE = 16
SAMPLES = int(3000 + 600 * SECONDS)  # more than two processes can serve in that time
CATEGORIES = ("a>b", "a>c", "a>d")
SEED = 11
AT_LEAST = 2  # web processes are killed, also where few answers come in the time
SET_UP = """
from django.utils import timezone
from rest_framework.authtoken.models import Token
from labelhub.accounts.models import User
from labelhub.accounts.services import notice
from labelhub.catalog.models import Category
from labelhub.labelling.models import Round
print(Round.objects.get(name="faults").pk)
print(*Category.objects.filter(is_leaf=True).order_by("pk").values_list("pk", flat=True))
for number in range({people}):
    user = User.objects.create_user(f"person{{number}}", role="annotator")
    notice.mark_read(person=user, now=timezone.now())
    print(Token.objects.create(user=user).key)
"""

pytestmark = pytest.mark.timeout(300 + SECONDS)
log = logging.getLogger(__name__)


def labellers(here: Installation) -> list[Labeller]:
    """Draw a round of made-up samples and hire people for it."""
    rows = "".join(
        f"p{number},product {number},{CATEGORIES[number % len(CATEGORIES)]}\n"
        for number in range(SAMPLES)
    )
    file = here.data / "samples.csv"
    file.write_text("product_id,product_name,category_path\n" + rows)
    here.manage("import_samples", str(file), "--round", "faults", "--create-categories")
    printed = here.manage("shell", "--verbosity", "0", "-c", SET_UP.format(people=PEOPLE))
    round_id, leaves, *tokens = printed.splitlines()
    categories = [int(leaf) for leaf in leaves.split()]
    return [
        Labeller(here.url, token, int(round_id), categories, random.Random(f"{SEED} {number}"))
        for number, token in enumerate(tokens)
    ]


def assert_the_log_equals_the_rows(here: Installation, people: list[Labeller]) -> None:
    """Hold every answer that somebody was told is kept against every row that there is."""
    said = [
        (each.annotation, each.assignment, each.category, each.key, person.token)
        for person in people
        for each in person.acknowledged
    ]
    rows = here.rows(
        "SELECT annotation.id, assignment_id, category_id, annotation.key::text, token.key"
        " FROM labelling_annotation AS annotation"
        " JOIN authtoken_token AS token ON token.user_id = annotation.annotator_id"
    )
    assert len(said) > 50
    assert sorted(said) == sorted(rows)
    assert (
        here.rows("SELECT sample_id FROM labelling_annotation GROUP BY 1 HAVING count(*) > 1") == []
    )


def wait_for_answers(people: list[Labeller], more: int) -> None:
    """Wait until the server has acknowledged so many more answers."""

    def given() -> int:
        return sum(len(person.acknowledged) for person in people)

    goal = given() + more
    wait_until(lambda: given() >= goal, seconds=60, what=f"{goal} answers")


def kill_at_random(leader: int, people: list[Labeller], *, seconds: float) -> int:
    """Kill one web process or both after every few answers; return how many died."""
    dice, end, killed = random.Random(SEED), time.monotonic() + seconds, 0
    while killed < AT_LEAST or time.monotonic() < end:
        wait_for_answers(people, dice.randint(10, 300))
        living = children_of(leader)
        for victim in dice.sample(living, k=min(len(living), dice.choice([1, 1, 1, 2]))):
            os.kill(victim, signal.SIGKILL)
            killed += 1
    return killed


def test_answers_survive_killed_web_processes(tmp_path: Path):
    with own_database() as database:
        here = prepared(tmp_path, database)
        with process(web(here), here) as leader:
            wait_for(f"{here.url}/healthz")
            people = labellers(here)
            with at_work(people):
                killed = kill_at_random(leader, people, seconds=SECONDS)
                wait_for_answers(people, 30)

        lost = sum(person.lost for person in people)
        pairs = sum(len(person.acknowledged) for person in people)
        log.info("%d killed processes, %d pairs, %d retries", killed, pairs, lost)
        assert lost > 0, "no request was ever hit"
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
