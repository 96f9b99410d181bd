"""
How much memory a training takes on a hundred thousand and on a million rows.

    ./run bench memory [--rows 100000 1000000] [--out benchmarks/results/memory.json]

Rows of the demo market, frozen into a dataset, are trained on for one epoch (names and shops'
categories, small layers) in a process of their own. `anonymous_mb` is the most that the process
held for itself, sampled every 50 ms; `resident_mb` counts mapped files too, whose pages the
system keeps while nobody else needs the memory. What TensorFlow takes is `at_start_mb`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

DATASET = """
from pathlib import Path
from mlcore.corpus import store
from mlcore.corpus.freezing import freeze
from mlcore.demo.bulk import Order, write_large_market
from mlcore.demo.conditions import Conditions
folder = Path("$folder")
order = Order(rows=$rows, shown=1)
write_large_market(folder / "market", Conditions(), order, processes=2)
summary = store.import_rows(folder / "market" / "rows.parquet", folder / "corpus")
freeze(folder / "corpus" / store.ROWS_FILE, folder / "dataset", tokeniser=summary.tokeniser)
"""
TRAINING = """
import json, re, resource, threading, time
from pathlib import Path
def anonymous():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
from mlcore.training.config import TrainingConfig
from mlcore.training.fit import fit_and_export
at_start, most, is_over = anonymous(), [0], threading.Event()
def watch():
    while not is_over.wait(0.05):
        most[0] = max(most[0], anonymous())
watcher = threading.Thread(target=watch)
watcher.start()
config = TrainingConfig(
    branches=("name", "mall"), epochs=1, batch_size=1024, filters=16, hidden_size=32
)
begin = time.monotonic()
folder = Path("$folder")
result = fit_and_export(folder / "dataset", config, folder / "model", work=folder / "work")
is_over.set()
watcher.join()
print(json.dumps({
    "rows": result.scores["rows"] + result.scores["held_out_rows"],
    "at_start_mb": at_start,
    "anonymous_mb": most[0],
    "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "seconds": round(time.monotonic() - begin, 1),
}))
"""


def main() -> None:
    """Train on each number of rows and write the result."""
    parser = ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    figures = []
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            _run(DATASET, rows=rows, folder=folder)
            figures.append(json.loads(_run(TRAINING, folder=folder).splitlines()[-1]))
            print(figures[-1], file=sys.stderr, flush=True)
    text = json.dumps(figures, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")


def _run(program: str, **names: object) -> str:
    """Return what a Python process prints that runs the program."""
    for name, value in names.items():
        program = program.replace(f"${name}", str(value))
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


if __name__ == "__main__":
    main()
