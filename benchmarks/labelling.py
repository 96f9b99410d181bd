"""
How many pairs a second people can label on 120,000 samples, and what a pair costs.

    ./run bench labelling [--seconds 15] [--samples 120000] [--peer] [--out FILE]

A pair is one POST that stores an answer and returns the next assignment. The web server is the
Procfile's, on a database of its own that is dropped at the end. Beside it, in the same run, the
floor: the same claim and submit as plain SQL; with `--peer`, Label Studio in a virtual environment
of its own, on the same PostgreSQL and as many tasks; it needs a PostgreSQL with pg_trgm, which the
embedded one lacks, so DATABASE_URL has to name one.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from benchmarks import labelling_clients, labelling_floor, labelling_peer, processor_time
from benchmarks.labelling_clients import Labeller, percentiles
from benchmarks.labelling_ground import MALLS, Ground, Staff, web, write_answers, write_samples
from benchmarks.road import measured, own_database

WARM_UP = 4  # seconds; processes load their code, connections plan their statements
WISH = {"mall_name": "mall 3"}  # one product in `MALLS`


@dataclass(frozen=True)
class Scenario:
    """Some people who label at once."""

    name: str
    people: int
    round: str
    think: float = 0.0  # seconds between an answer's arrival and the next answer, on average
    wish: tuple[tuple[str, str], ...] = ()


SCENARIOS = (
    Scenario("1 person", 1, "one"),
    Scenario("16 people", 16, "sixteen"),
    Scenario("64 people who think 1 s", 64, "thinking", think=1.0),
    Scenario(f"16 people, one product in {MALLS}", 16, "filtered", wish=tuple(WISH.items())),
)


def main() -> None:
    """Measure, print a line for each thing measured, and write all of it where `--out` says."""
    options = _options()
    with own_database() as database, tempfile.TemporaryDirectory() as folder:
        ground = Ground(database, Path(folder))
        files = take_in(ground, options.samples)
        staff = ground.hire()
        with web(ground, Path(folder) / "web.log") as server:
            pairs = [measure(ground, server, staff, each, options.seconds) for each in SCENARIOS]
        floor = labelling_floor.measure(ground, staff, options.seconds)
        show("plain SQL, 16 connections", floor)
        statements = ground.statements_a_pair(staff)
        show("statements a pair", {"median": statements})
        files += bring_out(ground, options.samples)
        peer = _peer(ground, options) if options.peer else None
        result = {
            "command": " ".join(["./run bench labelling", *sys.argv[1:]]),
            "machine": machine(ground),
            "samples": options.samples,
            "seconds": options.seconds,
            "files": files,
            "pairs": pairs,
            "statements a pair": statements,
            "floor": floor,
            "peer": peer,
        }
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _options() -> Namespace:
    parser = ArgumentParser(prog="./run bench labelling")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each scenario")
    parser.add_argument("--samples", type=int, default=120_000)
    parser.add_argument("--peer", action="store_true", help="measure Label Studio as well")
    parser.add_argument("--out", type=Path, help="write the result as JSON")
    return parser.parse_args()


def _peer(ground: Ground, options: Namespace) -> dict[str, object]:
    result = labelling_peer.measure(ground, options.samples, options.seconds)
    show("Label Studio", result)
    return result


def take_in(ground: Ground, samples: int) -> list[dict[str, object]]:
    """Import the products, into a round for each scenario; return what the first time took."""
    ground.manage("migrate", "-v0")
    products = ground.data / "products.csv"
    write_samples(products, samples)
    first = ["import_samples", str(products), "--round", "answered", "--create-categories"]
    found = measured(f"import {samples:,} samples", first, ground.env)
    for name in [*(scenario.round for scenario in SCENARIOS), "floor", "counted"]:
        ground.manage("import_samples", str(products), "--round", name)
    ground.vacuum()
    return [found]


def bring_out(ground: Ground, samples: int) -> list[dict[str, object]]:
    """Import an answer to each product, and export these."""
    answers, exported = ground.data / "answers.csv", ground.data / "exported.csv"
    write_answers(ground.data / "products.csv", answers)
    steps = {
        "import": ["import_annotations", str(answers), "--round", "answered"],
        "export": ["export_annotations", "--round", "answered", "--out", str(exported)],
    }
    return [
        measured(f"{name} {samples:,} answers", step, ground.env) for name, step in steps.items()
    ]


def measure(
    ground: Ground, server: tuple[str, int, int], staff: Staff, scenario: Scenario, seconds: float
) -> dict[str, object]:
    """Let the people of a scenario label, and return what a pair took of time and processors."""
    host, port, leader = server
    people = [
        Labeller(host, port, login, staff.rounds[scenario.round], staff.leaves, dict(scenario.wish))
        for login in staff.logins[: scenario.people]
    ]
    families = {"application": leader, "database": ground.postmaster()}
    before: dict[str, float] = {}
    labelling_clients.run(
        people,
        seconds=seconds,
        think=scenario.think,
        warm_up=WARM_UP,
        at_start=lambda: before.update(_spent(families)),
    )
    after = _spent(families)
    used = {name: after[name] - before[name] for name in families}
    times = [1000 * time for person in people for time in person.times]
    result = {
        "scenario": scenario.name,
        "pairs": len(times),
        "pairs a second": round(len(times) / seconds, 1),
        **percentiles(times),
        "CPU ms a pair, application": round(1000 * used["application"] / len(times), 2),
        "CPU ms a pair, database": round(1000 * used["database"] / len(times), 2),
        "duplicates": duplicates(ground, people),
    }
    show(scenario.name, result)
    return result


def _spent(families: dict[str, int]) -> dict[str, float]:
    return {name: processor_time.of_family(pid) for name, pid in families.items()}


def duplicates(ground: Ground, people: list[Labeller]) -> int:
    """Count answers too many: said to two people to be kept, or kept otherwise than they said."""
    said = [answer for person in people for answer in person.acknowledged.values()]
    [(kept,)] = ground.rows(
        "SELECT count(*) FROM labelling_annotation WHERE id = ANY(%s) AND superseded_at IS NULL",
        said,
    )
    [(twice,)] = ground.rows(
        "SELECT count(*) - count(DISTINCT sample_id) FROM labelling_annotation WHERE round_id = %s",
        people[0].round_id,
    )
    return int(twice) + len(said) - len(set(said)) + len(said) - int(kept)


def machine(ground: Ground) -> dict[str, object]:
    """Say on what this was measured."""
    [(version,)] = ground.rows("SHOW server_version")
    packages = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=json"],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    versions = {each["name"].lower(): each["version"] for each in json.loads(packages.stdout)}
    return {
        "processors": os.cpu_count(),
        "load before": round(os.getloadavg()[2], 1),
        "python": platform.python_version(),
        "postgresql": version,
        **{name: versions[name] for name in ("django", "djangorestframework", "gunicorn")},
    }


def show(name: str, result: dict[str, object]) -> None:
    """Print what was measured, in one line."""
    rest = ", ".join(f"{key} {value}" for key, value in result.items() if value != name)
    print(f"{name}: {rest}", flush=True)
