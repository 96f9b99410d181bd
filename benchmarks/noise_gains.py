"""
What cleaning gains on real names of which some are misfiled on purpose, over several seeds.

The learner is a softmax over words that trains in seconds, so that intervals can be had; the
networks are in `noise`. Each seed draws its own rows, misfiled rows and order; the true share of
misfiled rows is told to small losses, and to nobody else.

    ./run bench noise_gains [--seeds 5] [--out benchmarks/results/noise-gains.json]
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import stats

from benchmarks.linear import Learner, features
from benchmarks.noise import DATA, misfiled, read
from mlcore.corpus import columns
from mlcore.training.selection import Selector, SmallLoss
from mlcore.training.selfie import Selfie, SelfieSettings

FILES = {
    "naver": ("naver/train_47k.csv", 16_000, "naver/validation_120k.csv", 6_000),
    "fashion": ("fashion/pool_7k.csv", 5_600, "", 2_000),
}
SHARES, EPOCHS, TRAININGS, HELD_OUT = (0.0, 0.2, 0.4), 8, 2, 0.1
PAPER = SelfieSettings(noise_rate=None, warm_up=4, history=3)
GUARDED = replace(PAPER, precision=0.7, is_by_category=True)
WAYS = ("plain", "small_loss", "paper", "selfie")


def rows_of(name: str, seed: int) -> tuple[pa.Table, pa.Table]:
    """Return the rows to learn and those to measure on."""
    file, learnt, other, measured = FILES[name]
    if other:
        return read(DATA / file, learnt, seed=seed), read(DATA / other, measured, seed=seed)
    both = read(DATA / file, learnt + measured, seed=seed)
    return both.slice(0, learnt), both.slice(learnt)


def measured(name: str, share: float, seed: int) -> dict[str, dict[str, float]]:
    """Return the accuracy after the last epoch of every way."""
    rows, test = rows_of(name, seed)
    truth = np.array(rows[columns.CATEGORY].to_pylist())
    given, is_wrong = misfiled(truth.tolist(), share, np.random.default_rng(seed))
    categories, labels = np.unique(given, return_inverse=True)
    # Other draws than those of the misfiled rows, or all of these would be held out.
    is_held = np.random.default_rng([seed, 1]).random(len(truth)) < HELD_OUT
    seen, asked = features(rows), features(test)
    held_out = seen[is_held], labels[is_held]
    found: dict[str, dict[str, float]] = {"rows": {"wrong": float(is_wrong.mean())}}
    for way in WAYS:
        selector = _selector(way, int((~is_held).sum()), len(categories), float(is_wrong.mean()))
        learner = Learner(seen[~is_held], labels[~is_held], len(categories))
        for training in range(TRAININGS if isinstance(selector, Selfie) else 1):
            if training and isinstance(selector, Selfie):
                selector.restart()
            learner.train(seed=seed, epochs=EPOCHS, selector=selector, held_out=held_out)
        right = categories[learner.predict(asked)] == np.array(test[columns.CATEGORY].to_pylist())
        found[way] = {"accuracy": float(right.mean())}
        if isinstance(selector, Selfie):
            found[way] |= _corrected(selector, categories, truth[~is_held], is_wrong[~is_held])
    return found


def _selector(way: str, n_rows: int, n_categories: int, wrong: float) -> Selector | None:
    if way == "plain":
        return None
    if way == "small_loss":
        return SmallLoss(noise_rate=wrong, warm_up=PAPER.warm_up)
    settings = PAPER if way == "paper" else GUARDED
    return Selfie(settings, n_rows=n_rows, n_categories=n_categories)


def _corrected(
    selfie: Selfie,
    categories: npt.NDArray[np.str_],
    truth: npt.NDArray[np.str_],
    is_wrong: npt.NDArray[np.bool_],
) -> dict[str, float]:
    fixed = selfie.refurbished()
    return {
        "believed": float(selfie.noise_rate or 0),
        "corrected": len(fixed.rows),
        "right": int((categories[fixed.new] == truth[fixed.rows]).sum()),
        "was_wrong": int(is_wrong[fixed.rows].sum()),
        "wrong": int(is_wrong.sum()),
    }


def gains(runs: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return the mean gain of every way over plain training, and its 95 % t interval."""
    found = {}
    for way in WAYS[1:]:
        each = [run[way]["accuracy"] - run["plain"]["accuracy"] for run in runs]
        half = float(stats.t.ppf(0.975, len(each) - 1) * stats.sem(each))
        mean = float(np.mean(each))
        found[way] = {"mean": mean, "low": mean - half, "high": mean + half, "seeds": len(each)}
    return found


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    there = [name for name, (file, *_) in FILES.items() if (DATA / file).exists()]
    record = {}
    for name in there:
        for share in SHARES:
            runs = [measured(name, share, seed) for seed in range(options.seeds)]
            record[f"{name}, {share:.0%}"] = {"gains": gains(runs), "runs": runs}
            print(name, share, json.dumps(gains(runs)), json.dumps(runs[0]), flush=True)
            if options.out:
                options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if not there:
        print(f"Skipped: there are no files in {DATA}.")


if __name__ == "__main__":
    main()
