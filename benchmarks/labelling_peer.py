"""The same work in Label Studio, in a virtual environment of its own and on the same PostgreSQL."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg2.extensions

from benchmarks import processor_time
from benchmarks.labelling_ground import FAN_OUT, Ground, wait_for
from benchmarks.road import own_database
from labelhub.embedded import ports

RELEASE = "1.23.2"
PEOPLE = 16

# Accounts with tokens in one organisation, as its own pages make them.
HIRE = """
import json, os, django
django.setup()
from organizations.models import Organization
from rest_framework.authtoken.models import Token
from users.models import User
people = [User.objects.create_user(f"person{{n}}@example.org", "x") for n in range({people})]
organization = Organization.create_organization(created_by=people[0], title="benchmark")
organization.jwt.legacy_api_tokens_enabled = True
organization.jwt.save()
for person in people:
    if not organization.has_user(person):
        organization.add_user(person)
    person.active_organization = organization
    person.save()
print(json.dumps([Token.objects.get_or_create(user=person)[0].key for person in people]))
"""


@dataclass(frozen=True)
class Studio:
    """A running Label Studio."""

    host: str
    port: int
    pid: int
    tokens: list[str]

    def call(
        self, kept: HTTPConnection, person: int, method: str, path: str, said: object = None
    ) -> bytes:
        """Send one request over a kept connection and return the body."""
        token = f"Token {self.tokens[person]}"
        headers = {"Authorization": token, "Content-Type": "application/json"}
        kept.request(method, f"/api/{path}", None if said is None else json.dumps(said), headers)
        reply = kept.getresponse()
        body = reply.read()
        if reply.status not in (200, 201):
            raise SystemExit(f"Label Studio answered {reply.status} to {path}: {body[:200]!r}")
        return body

    def connect(self) -> HTTPConnection:
        return HTTPConnection(self.host, self.port, timeout=600)


def measure(ground: Ground, samples: int, seconds: float) -> dict[str, object]:
    """Import the products there, let people label them, and return what a pair took."""
    with own_database() as database, running(database, ground.data) as studio:
        kept = studio.connect()
        project = json.loads(
            studio.call(
                kept, 0, "POST", "projects", {"title": "benchmark", "label_config": interface()}
            )
        )["id"]
        start = time.perf_counter()
        tasks = [{"data": {"text": f"상품 {n} product"}} for n in range(samples)]
        studio.call(kept, 0, "POST", f"projects/{project}/import", tasks)
        imported = round(time.perf_counter() - start, 1)
        pairs = [_pairs(studio, ground, project, people, seconds) for people in (1, PEOPLE)]
    return {"release": RELEASE, "tasks": samples, "import seconds": imported, "pairs": pairs}


def _pairs(
    studio: Studio, ground: Ground, project: int, people: int, seconds: float
) -> dict[str, object]:
    families = (studio.pid, ground.postmaster())
    before = [processor_time.of_family(pid) for pid in families]
    start = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        work = [
            pool.submit(_work, studio, project, person, start + seconds) for person in range(people)
        ]
    done = [pair for each in work for pair in each.result()]
    taken = time.perf_counter() - start
    used = [processor_time.of_family(pid) - was for pid, was in zip(families, before, strict=True)]
    return {
        "people": people,
        "pairs": len(done),
        "pairs a second": round(len(done) / taken, 2),
        "p50 ms": round(1000 * statistics.median(seconds for _task, seconds in done), 1),
        "CPU ms a pair, application": round(1000 * used[0] / len(done), 1),
        "CPU ms a pair, database": round(1000 * used[1] / len(done), 1),
        "duplicates": len(done) - len({task for task, _seconds in done}),
    }


def _work(studio: Studio, project: int, person: int, until: float) -> list[tuple[int, float]]:
    """Label until then; return each task and the seconds it took."""
    done = []
    kept = studio.connect()
    value = {"taxonomy": [[f"part {level} 0" for level in range(1, len(FAN_OUT) + 1)]]}
    choice = {"from_name": "category", "to_name": "name", "type": "taxonomy", "value": value}
    while time.perf_counter() < until:
        start = time.perf_counter()
        task = json.loads(studio.call(kept, person, "GET", f"projects/{project}/next"))["id"]
        said = {"result": [choice], "lead_time": 1.0}
        studio.call(kept, person, "POST", f"tasks/{task}/annotations", said)
        done.append((task, time.perf_counter() - start))
    return done


def interface() -> str:
    """Return a labelling interface that asks for one leaf of a tree as large as ours."""

    def below(level: int) -> str:
        if level == len(FAN_OUT):
            return ""
        return "".join(
            f'<Choice value="part {level + 1} {n}">{below(level + 1)}</Choice>'
            for n in range(FAN_OUT[level])
        )

    asked = f'<Taxonomy name="category" toName="name" leafsOnly="true">{below(0)}</Taxonomy>'
    return f'<View><Text name="name" value="$text"/>{asked}</View>'


@contextmanager
def running(database: str, folder: Path) -> Iterator[Studio]:
    """Install Label Studio beside the data, and run it as many workers as ours."""
    python = installed(Path(os.environ["LABELHUB_DATA"]) / f"label-studio-{RELEASE}")
    package = next(python.parent.parent.glob("lib/python*/site-packages/label_studio"))
    env = environment(database, folder / "studio")
    run = [python, "-m"]
    migrate = [*run, "django", "migrate", "-v0"]
    subprocess.run(migrate, cwd=package, env=env, check=True, stdout=subprocess.DEVNULL)
    hired = subprocess.run(
        [python, "-c", HIRE.format(people=PEOPLE)],
        cwd=package, env=env, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    host, port = "127.0.0.1", ports.free_port()
    workers = ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "600"]
    serve = [*run, "gunicorn", "core.wsgi:application", "--bind", f"{host}:{port}", *workers]
    with (folder / "studio.log").open("wb") as log:
        server = subprocess.Popen(serve, cwd=package, env=env, stdout=log, stderr=log)
    try:
        wait_for(f"http://{host}:{port}/health")
        tokens = json.loads(hired.stdout.strip().rpartition("\n")[2])
        yield Studio(host, port, server.pid, tokens)
    finally:
        server.terminate()
        server.wait(timeout=30)


def installed(folder: Path) -> Path:
    """Return the Python of a virtual environment that holds Label Studio."""
    python = folder / "bin" / "python"
    if not (folder / "bin" / "gunicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "-q", f"label-studio=={RELEASE}", "gunicorn"]
        subprocess.run(install, check=True)
    return python


def environment(database: str, data: Path) -> dict[str, str]:
    """Return the environment that leads Label Studio to the database."""
    parts = psycopg2.extensions.parse_dsn(database)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        "DJANGO_DB": "default",
        "POSTGRE_NAME": parts["dbname"],
        "POSTGRE_USER": parts["user"],
        "POSTGRE_PASSWORD": parts.get("password", ""),
        "POSTGRE_HOST": parts.get("host", ""),
        "POSTGRE_PORT": parts.get("port", "5432"),
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
