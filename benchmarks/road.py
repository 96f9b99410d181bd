"""
The road on 120,000 real products: import, train, predict, compare, each step timed.

    ./run bench road [FOLDER]

FOLDER holds validation_120k.csv, train_47k.csv and categories.csv (default: `naver` in the folder
that LABELHUB_REAL_DATA names). Each step is the command that a user types, in a process of its
own, on a database of its own that is dropped at the end. Written to benchmarks/results/road.json.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "road.json"
ROUND, CORPUS, VERSION = "validation", "train", "v1"


def steps(folder: Path) -> dict[str, list[str]]:
    """Return the commands of the road, in order."""
    samples, rows = str(folder / "validation_120k.csv"), str(folder / "train_47k.csv")
    given = ["--round", ROUND, "--source", "given", "--create-categories"]
    return {
        "import the category tree": ["import_categories", str(folder / "categories.csv")],
        "import 120,000 samples": ["import_samples", samples, *given],
        "import them again": ["import_samples", samples, *given],
        "import a corpus of 47,648 rows": ["import_corpus", rows, "--name", CORPUS],
        "train": ["train", "--corpus", CORPUS, "--name", VERSION, "--wait"],
        "predict 120,000": ["predict", "--model", VERSION, "--round", ROUND, "--wait"],
        "export the comparison": ["export_comparison", "--model", VERSION, "--format", "json"],
    }


def measured(name: str, arguments: list[str], env: dict[str, str]) -> dict[str, object]:
    """Run one command; return its wall time, and the peak memory of its process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{name} failed:\n{printed.decode()}")
    result = {
        "step": name,
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mb": round(peak_mb(used)),
        "command": " ".join(["./run", "manage", *(Path(word).name for word in arguments)]),
    }
    print(f"{name:<34} {result['seconds']:>7} s {result['peak_mb']:>6} MB", flush=True)
    return result


def peak_mb(used: resource.struct_rusage) -> float:
    """Return the peak memory; Linux counts in kilobytes, macOS in bytes."""
    return used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database beside the configured one, and drop it at the end."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"labelhub_road_{uuid.uuid4().hex[:8]}"
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    """Walk the road once and write down how long each step took."""
    named = os.environ.get("LABELHUB_REAL_DATA") or str(ROOT / ".." / "shared" / "data")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(named) / "naver"
    if not (folder / "validation_120k.csv").is_file():
        sys.exit(f"{folder} holds no validation_120k.csv: name the folder of the real rows.")
    with own_database() as database, tempfile.TemporaryDirectory() as data:
        env = {**os.environ, "DATABASE_URL": database, "LABELHUB_DATA": data}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True
        )
        rows = [measured(name, command, env) for name, command in steps(folder.resolve()).items()]
    machine = {"processors": os.cpu_count(), "python": platform.python_version()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine, "steps": rows}, indent=1) + "\n")
