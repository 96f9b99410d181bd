"""
How many products a second are learnt and answered where there are 4,215 categories.

    ./run bench rates [--rows 40000] [--out benchmarks/results/rates.json]

Names and shops' categories of the demo market, each row given one of 4,215 leaves by its
place; features of pictures are random, of MobileNetV2's width. How right the answers are is not
the question here. Rates are given by the clock and per second of processor time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  # after the path
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from mlcore.artifact import runtime  # noqa: E402
from mlcore.artifact.encoder import Features  # noqa: E402
from mlcore.corpus import columns  # noqa: E402
from mlcore.corpus.store import with_derived  # noqa: E402
from mlcore.demo.bulk import Order, write_large_market  # noqa: E402
from mlcore.demo.conditions import Conditions  # noqa: E402
from mlcore.text.tokenise import MecabTokeniser  # noqa: E402
from mlcore.training.config import TrainingConfig  # noqa: E402
from mlcore.training.fit import fit_and_export  # noqa: E402

CATEGORIES = 4_215
WIDTH = 1_280  # of a picture's features
BATCH = 1_024  # products asked for at a time
BATCHES = 20
NAMES = TrainingConfig(epochs=2)
ALL_HEADS = TrainingConfig(branches=("name", "mall", "image"), epochs=1)


class Clock:
    """Tells how long the steps of a training took, from its progress."""

    def __init__(self) -> None:
        self.times: list[tuple[float, float]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note when a step of the training was reported."""
        if stage == "train":
            self.times.append((time.perf_counter(), time.process_time()))

    def rates(self, rows: int) -> dict[str, float]:
        """Return how many of so many rows a second the steps took."""
        first, last = self.times[0], self.times[-1]
        return rated(rows, last[0] - first[0], last[1] - first[1])


class RandomPictures:
    """Features of pictures that nobody looked at; the same for the same picture."""

    width = WIDTH
    backbone = None

    def of(self, images: Sequence[str]) -> Features:
        """Return random features, one row a picture."""
        values = np.random.default_rng(0).random((len(images), WIDTH), dtype=np.float32)
        return Features(values, np.ones(len(images), dtype=bool))


def rated(count: int, seconds: float, processor: float) -> dict[str, float]:
    """Return the rates of so many things."""
    return {
        "per second": round(count / seconds, 1),
        "per processor second": round(count / processor, 1),
    }


def market(rows: int, folder: Path) -> pa.Table:
    """Return rows of the demo market, spread over many categories."""
    write_large_market(folder, Conditions(), Order(rows=rows, shown=1), processes=2)
    table = with_derived(pq.read_table(folder / "rows.parquet"), MecabTokeniser())
    leaves = [f"{n % 12}>{n % 180}>{n}" for n in (np.arange(len(table)) % CATEGORIES).tolist()]
    place = table.schema.get_field_index(columns.CATEGORY)
    return table.set_column(place, columns.CATEGORY, pa.array(leaves))


def learning(rows: pa.Table, folder: Path) -> dict[str, Any]:
    """Time the steps of a training on names."""
    clock = Clock()
    begin = time.perf_counter()
    done = fit_and_export(rows, NAMES, folder, progress=clock)
    learnt = done.scores["rows"] * len(done.history)
    return {
        "rows": done.scores["rows"],
        "categories": len(done.categories),
        "epochs": len(done.history),
        "from rows to a version": f"{time.perf_counter() - begin:.0f} s",
        "steps": clock.rates(learnt),
    }


def answering(rows: pa.Table, folder: Path) -> dict[str, Any]:
    """Time products through all four heads, from their texts to ranked categories."""
    fit_and_export(rows, ALL_HEADS, folder, pictures=RandomPictures())
    model = runtime.load(folder)
    some = rows.slice(0, BATCH)
    known = {
        "mall_categories": some[columns.MALL_CATEGORY].to_pylist(),
        "malls": some[columns.MALL_NAME].to_pylist(),
        "pictures": RandomPictures().of([""] * BATCH),
    }
    names = some[columns.NAME].to_pylist()

    def ask() -> None:
        model.predict_products(model.read(names, **known))

    return {"heads": list(model.heads), "batch": BATCH, **timed(ask)}


def timed(ask: Callable[[], None]) -> dict[str, float]:
    """Return the rates of a batch that is asked for again and again, the first time uncounted."""
    ask()
    clock, processor = time.perf_counter(), time.process_time()
    for _ in range(BATCHES):
        ask()
    return rated(BATCH * BATCHES, time.perf_counter() - clock, time.process_time() - processor)


def main() -> None:
    """Measure both rates and write them."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = market(options.rows, Path(folder) / "market")
        result = {
            "processors": os.cpu_count(),
            "load before": round(os.getloadavg()[0], 1),
            "training on names": learning(rows, Path(folder) / "names"),
            "four heads, tokenising included": answering(
                rows.slice(0, options.rows // 2), Path(folder) / "heads"
            ),
        }
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
