"""What `./run bench labelling` stands on: generated products, people, the real web server."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from benchmarks import processor_time
from benchmarks.labelling_clients import Login
from benchmarks.road import ROOT
from labelhub.embedded import ports, procfile

FAN_OUT = (12, 15, 6, 4)  # 4,320 leaves on four levels, about the shop's 4,215
MALLS = 50  # so that a filter by mall leaves one product in fifty
COLUMNS = "product_id product_name mall_name mall_category brand maker price category_path"
PEOPLE = 64

# People as the pages know them: with a session and the CSRF token of a browser.
HIRE = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import _get_new_csrf_string
from django.utils import timezone
from labelhub.accounts.models import User
from labelhub.accounts.services import notice
from labelhub.catalog.models import Category
from labelhub.labelling.models import Round
logins = []
for number in range({people}):
    user = User.objects.create_user(f"person{{number}}", role="annotator")
    notice.mark_read(person=user, now=timezone.now())
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    logins.append([session.session_key, _get_new_csrf_string()])
leaves = list(Category.objects.filter(is_leaf=True).values_list("pk", flat=True))
rounds = dict(Round.objects.values_list("name", "pk"))
people = list(User.objects.filter(role="annotator").order_by("pk").values_list("pk", flat=True))
print(json.dumps({{"logins": logins, "people": people, "leaves": leaves, "rounds": rounds}}))
"""

# Answers through Django's own client, which tells every statement that a request sends.
COUNT = """
import random
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client(SERVER_NAME="localhost")
client.cookies["sessionid"] = "{session}"
api = dict(content_type="application/json")
[held] = client.post("/api/v1/rounds/{round}/claim", {{"count": 1}}, **api).json()
sent = []
for _ in range({pairs}):
    with CaptureQueriesContext(connection) as queries:
        address = f"/api/v1/assignments/{{held['id']}}/annotation"
        reply = client.post(address, {{"category_id": {category}}}, **api)
    sent.append(len(queries))
    [held] = reply.json()["next"]
print(sorted(sent)[{pairs} // 2])
"""
COUNTED = 51  # pairs, of which the median counts


@dataclass(frozen=True)
class Staff:
    """Who labels, what they may answer, and in which rounds."""

    logins: list[Login]
    people: list[int]  # their ids
    leaves: list[int]
    rounds: dict[str, int]  # id by name


@dataclass(frozen=True)
class Ground:
    """An installation of its own: where its database and data are."""

    database: str
    data: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes."""
        return {**os.environ, "DATABASE_URL": self.database, "LABELHUB_DATA": str(self.data)}

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def rows(self, query: str, *values: object) -> list[tuple[int, ...]]:
        """Ask the database."""
        connection = psycopg2.connect(self.database)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def vacuum(self) -> None:
        """Do what the database would else do while it is measured, after so many new rows."""
        connection = psycopg2.connect(self.database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        connection.close()

    def hire(self) -> Staff:
        """Make people who are logged in."""
        made = json.loads(self._shell(HIRE.format(people=PEOPLE)))
        logins = [Login(*each) for each in made.pop("logins")]
        return Staff(logins=logins, **made)

    def statements_a_pair(self, staff: Staff) -> int:
        """Count the statements of a pair, those that begin and end transactions included."""
        values = {"session": staff.logins[0].session, "round": staff.rounds["counted"]}
        return int(self._shell(COUNT.format(**values, category=staff.leaves[0], pairs=COUNTED)))

    def postmaster(self) -> int:
        """Return the process below which the database's processes are."""
        connection = psycopg2.connect(self.database)
        try:
            return processor_time.parent_of(connection.info.backend_pid)
        finally:
            connection.close()

    def _shell(self, program: str) -> str:
        return self.manage("shell", "--verbosity", "0", "-c", program)


def write_samples(path: Path, samples: int) -> None:
    """Write made-up products, each below one of the tree's leaves, as a shop delivers them."""
    draw = random.Random(7)
    leaves = [""]
    for level, children in enumerate(FAN_OUT, start=1):
        leaves = [
            f"{leaf}>part {level}.{n}".lstrip(">") for leaf in leaves for n in range(children)
        ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS.split())
        for number in range(samples):
            leaf = draw.choice(leaves)
            writer.writerow(
                [
                    f"bench-{number}",
                    f"상품 {number} product of some words {number % 977}",
                    f"mall {draw.randrange(MALLS)}",
                    leaf.rpartition(">")[0],
                    f"brand {draw.randrange(500)}",
                    f"maker {draw.randrange(300)}",
                    str(draw.randrange(1000, 900_000)),
                    leaf,
                ]
            )


def write_answers(products: Path, path: Path) -> None:
    """Answer each product with the category it came with."""
    with products.open(encoding="utf-8") as file, path.open("w", encoding="utf-8") as answers:
        writer = csv.writer(answers)
        writer.writerow(["product_id", "category_path", "annotator"])
        for row in csv.DictReader(file):
            writer.writerow([row["product_id"], row["category_path"], "person"])


@contextmanager
def web(ground: Ground, log: Path) -> Iterator[tuple[str, int, int]]:
    """Run the Procfile's web server; yield its host, its port and its process."""
    host, port = "127.0.0.1", ports.free_port()
    values = {"BIND": f"{host}:{port}", "LABELHUB_DATA": str(ground.data)}
    command = procfile.read(ROOT / "Procfile", values)["web"]
    with log.open("ab") as output:
        server = subprocess.Popen(
            [sys.executable, *command[1:]], cwd=ROOT, env=ground.env, stdout=output, stderr=output
        )
    try:
        wait_for(f"http://{host}:{port}/healthz")
        yield host, port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(url: str) -> None:
    """Return once a server answers there."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer.")
