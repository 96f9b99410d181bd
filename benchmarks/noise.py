"""
What cleaning gains when given categories are wrong.

    ./run bench noise [--rows 16000] [--seeds 1] [--out benchmarks/results/noise.json]

Some rows of real files are given a neighbouring category of the same parent (pair noise), which is
how people misfile. Plain training, small losses alone and SELFIE then learn from the same rows with
the same seeds; accuracy is that of the last epoch on rows whose labels nobody touched.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mlcore.text.tokenise import MecabTokeniser  # noqa: E402  # after sys.path
from mlcore.training.config import TrainingConfig  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "noise.json"
DATA = Path(os.environ.get("LABELHUB_REAL_DATA", ROOT.parent / "shared" / "data"))
SHARES = (0.2, 0.4)
FASHION_ROWS, FASHION_TEST_ROWS = 5_600, 2_000  # the file holds 7,662
WAYS: dict[str, dict[str, Any]] = {
    "none": {"cleaning": "none"},
    "small_loss": {"cleaning": "small_loss"},
    "paper": {"cleaning": "selfie", "precision": 0.0},
    "selfie": {"cleaning": "selfie"},
}
"""What is trained; `paper` is SELFIE without its guards."""

CONFIG = TrainingConfig(
    name_reads="words",  # what cleans, without n-grams beside it
    epochs=12,
    warm_up=5,
    history=5,
    restarts=1,
    batch_size=128,
    learning_rate=2e-3,
    filters=64,
    label_smoothing=0.0,
    patience=100,  # figures of the last epoch are wanted, so none is left out
)


@dataclass(frozen=True)
class Task:
    """Rows to learn, with their true labels, and rows to measure on."""

    name: str
    training: pa.Table
    test: pa.Table
    categories: tuple[str, ...]


def read(path: Path, rows: int, *, seed: int) -> pa.Table:
    """Return some rows of a file, split into words."""
    with path.open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["category_path"]]
    chosen = [found[i] for i in np.random.default_rng(seed).permutation(len(found))[:rows]]
    tokens = MecabTokeniser()
    names = ("product_id", "product_name", "category_path")
    table = pa.table({name: [row[name] for row in chosen] for name in names})
    split = [tokens.tokens(row["product_name"]) for row in chosen]
    return table.append_column("name_tokens", pa.array(split, pa.list_(pa.string())))


def tasks(data: Path, rows: int) -> list[Task]:
    """Return the tasks whose files are there; the test rows of fashion are its own last ones."""
    found = []
    if (data / "naver").is_dir():
        training = read(data / "naver" / "train_47k.csv", rows, seed=0)
        found.append(
            (training, read(data / "naver" / "validation_120k.csv", 4_000, seed=0), "naver")
        )
    if (data / "fashion").is_dir():
        both = read(data / "fashion" / "pool_7k.csv", FASHION_ROWS + FASHION_TEST_ROWS, seed=0)
        parts = both.slice(0, FASHION_ROWS), both.slice(FASHION_ROWS)
        found.append((*parts, "fashion"))
    return [
        Task(name, training, test, tuple(sorted(set(training["category_path"].to_pylist()))))
        for training, test, name in found
    ]


def misfiled(
    paths: list[str], share: float, dice: np.random.Generator
) -> tuple[list[str], npt.NDArray[np.bool_]]:
    """Return the paths with a share of them moved to the next category of the same parent."""
    siblings: dict[str, list[str]] = {}
    for path in sorted(set(paths)):
        siblings.setdefault(path.rpartition(">")[0], []).append(path)
    after = {
        path: group[(place + 1) % len(group)]
        for group in siblings.values()
        for place, path in enumerate(group)
    }
    moved = [
        after[path] if chance < share else path
        for path, chance in zip(paths, dice.random(len(paths)), strict=True)
    ]
    return moved, np.array([a != b for a, b in zip(paths, moved, strict=True)])


def train(task: Task, given: list[str], config: TrainingConfig) -> dict[str, Any]:
    """Train one way and return the last epoch's accuracy and what was refurbished."""
    from mlcore.artifact.encoder import Products
    from mlcore.training.fit import fit
    from mlcore.training.held_out import predicted

    place = task.training.column_names.index("category_path")
    table = task.training.set_column(place, "category_path", pa.array(given))
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        trained = fit(table, config, Path(folder))
        seconds = time.perf_counter() - begin
        last = f"epoch{config.trainings - 1 or ''}"
        with np.load(Path(folder) / last / "arrays.npz") as arrays:
            for number, variable in enumerate(trained.model.variables):
                variable.assign(arrays[f"model.{number}"])
        inputs = trained.encoder.encode(Products(names=task.test["name_tokens"].to_pylist()))
        best = predicted(trained.model, inputs)["name"].argmax(axis=1)
    right = [
        trained.categories[category] == truth
        for category, truth in zip(best, task.test["category_path"].to_pylist(), strict=True)
    ]
    return {
        "accuracy": float(np.mean(right)),
        "seconds": round(seconds, 1),
        **trained.scores.get("cleaning", {}),
        **(_refurbished(task, given, trained.refurbished) if trained.refurbished else {}),
    }


def _refurbished(task: Task, given: list[str], log: pa.Table) -> dict[str, Any]:
    """Return how right the refurbished labels are, and which share of the wrong ones they mend."""
    ids = task.training["product_id"].to_pylist()
    truth = dict(zip(ids, task.training["category_path"].to_pylist(), strict=True))
    wrong = {pid for pid, path in zip(ids, given, strict=True) if path != truth[pid]}
    rows = log.to_pylist()
    mended = sum(row["new_path"] == truth[row["product_id"]] for row in rows)
    found = sum(row["product_id"] in wrong for row in rows)
    return {
        "precision": mended / max(len(rows), 1),
        "detection_precision": found / max(len(rows), 1),
        "recall": mended / max(len(wrong), 1),
    }


def cleanlab_ranking(task: Task, given: list[str], rows: int) -> dict[str, float]:
    """Return how many of cleanlab's first `rows` suspects are wrong indeed, by a linear model."""
    from cleanlab.rank import get_label_quality_scores
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.model_selection import cross_val_predict

    grams = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=2**18)
    names = grams.transform(task.training["product_name"].to_pylist())
    known, labels = np.unique(given, return_inverse=True)
    model = SGDClassifier(loss="log_loss", alpha=1e-5, max_iter=8, tol=None, random_state=0)
    said = np.zeros((len(labels), len(known)))
    said[:] = cross_val_predict(model, names, labels, cv=3, method="predict_proba")
    scores = get_label_quality_scores(labels, said, method="normalized_margin")
    suspects = np.argsort(scores, kind="stable")[:rows]
    is_wrong = np.array(given) != np.array(task.training["category_path"].to_pylist())
    return {"rows": rows, "detection_precision": float(is_wrong[suspects].mean())}


def measure(task: Task, share: float, seeds: int) -> list[dict[str, Any]]:
    """Return the figures of every way and seed under one share of wrong labels."""
    truth = task.training["category_path"].to_pylist()
    found = []
    for seed in range(seeds):
        given, is_wrong = misfiled(truth, share, np.random.default_rng(seed))
        base = replace(CONFIG, seed=seed, noise_rate=float(is_wrong.mean()))
        record: dict[str, Any] = {
            "task": task.name,
            "asked": share,
            "wrong": float(is_wrong.mean()),
            "seed": seed,
        }
        for way, settings in WAYS.items():
            record[way] = train(task, given, replace(base, **settings))
            print(task.name, share, seed, way, record[way], flush=True)
        record["cleanlab"] = cleanlab_ranking(task, given, max(record["selfie"]["refurbished"], 1))
        found.append(record)
    return found


def main() -> None:
    """Measure everything that there are files for, and write it down after each step."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=16_000)
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--out", type=Path, default=RESULTS)
    chosen = options.parse_args()
    todo = tasks(chosen.data, chosen.rows)
    if not todo:
        print(f"Skipped: there are no files in {chosen.data}.")
        return
    runs: list[dict[str, Any]] = []
    for share in SHARES:
        for task in todo:
            runs += measure(task, share, chosen.seeds)
            record = {"rows": chosen.rows, "config": asdict(CONFIG), "runs": runs}
            chosen.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
