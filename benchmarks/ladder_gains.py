"""
Whether SELFIE's and the exclusion rules' gains on the large market are real, by the truth.

Several markets, each with its own seed; the same learner with and without, and again with noise
or misleading words set to 0, where the gain must vanish. The learner is a softmax over words of
name and mall category, because it trains in seconds; rows are balanced, ruled and cleaned by the
same code as the ladder's networks'.

    ./run bench ladder_gains --seeds 8 --out benchmarks/results/ladder-gains.json
"""

import argparse
import json
import platform
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import stats

from benchmarks.linear import Learner, features
from mlcore.corpus import columns
from mlcore.corpus.rules_file import read_rules
from mlcore.corpus.store import with_derived
from mlcore.demo.conditions import Conditions
from mlcore.demo.files import write_rules
from mlcore.demo.goods import Part, good
from mlcore.demo.rules import demo_groups
from mlcore.exclusion import ExclusionRule
from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.learnt_rows import balanced, ruled
from mlcore.training.selfie import Selfie, SelfieSettings

POOL, LEARNT, SHOWN = 40_000, 16_000, 6_000
EPOCHS, TRAININGS, HELD_OUT = 6, 2, 0.1
PAPER = SelfieSettings(noise_rate=None, warm_up=3, history=3)
GUARDED = replace(PAPER, precision=0.7, is_by_category=True)
CASES = {
    "as chosen": {},
    "no noise": {"noise": 0.0},
    "no misleading words": {"misleading": 0.0},
    "neither": {"noise": 0.0, "misleading": 0.0},
}
ASKED = {
    "as chosen": ("selfie", "paper", "rules", "both"),
    "no noise": ("selfie", "paper"),
    "no misleading words": ("rules",),
    "neither": ("selfie",),
}
"""What is measured beside plain training: SELFIE as shipped and as in the paper, the rules, and
both. Careless houses misfile without noise, too: only with neither is there nothing to mend."""


class Market:
    """Rows of one market with their truth."""

    def __init__(self, conditions: Conditions) -> None:
        goods = [good(conditions, Part.TRAIN, n) for n in range(1, POOL + 1)]
        shown = [good(conditions, Part.SHOWN, n) for n in range(1, SHOWN + 1)]
        self.pool = with_derived(pa.Table.from_pylist([vars(g.row) for g in goods]), TOKENS)
        test = with_derived(pa.Table.from_pylist([vars(g.row) for g in shown]), TOKENS)
        self.truths = {g.row.product_id: g.true_path for g in goods}
        self.categories = np.unique(self.pool[columns.CATEGORY].to_pylist())
        self.test, self.truth = features(test), np.array([g.true_path for g in shown])
        named = tuple(path for group in demo_groups() for path in group.paths)
        self.is_named = np.array([path.startswith(named) for path in self.truth])

    def labels(self, rows: pa.Table) -> npt.NDArray[np.int64]:
        """Return the number of each row's given category."""
        return np.searchsorted(self.categories, rows[columns.CATEGORY].to_pylist())

    def scores(self, learner: Learner) -> dict[str, float]:
        """Return the accuracy by the truth, overall and in the categories that rules name."""
        right = self.categories[learner.predict(self.test)] == self.truth
        return {"accuracy": float(right.mean()), "named": float(right[self.is_named].mean())}


TOKENS = MecabTokeniser()


def trained(
    market: Market, rows: pa.Table, *, seed: int, settings: SelfieSettings | None
) -> dict[str, float]:
    """Return the scores of the last epoch, and how right what SELFIE corrected is."""
    is_held = np.random.default_rng(seed).random(rows.num_rows) < HELD_OUT
    seen, labels = features(rows), market.labels(rows)
    held_out = seen[is_held], labels[is_held]
    learner = Learner(seen[~is_held], labels[~is_held], len(market.categories))
    if settings is None:
        learner.train(seed=seed, epochs=EPOCHS)
        return market.scores(learner)
    selfie = Selfie(settings, n_rows=int((~is_held).sum()), n_categories=len(market.categories))
    for training in range(TRAININGS):
        if training:
            selfie.restart()
        learner.train(seed=seed + training, epochs=EPOCHS, selector=selfie, held_out=held_out)
    fixed = selfie.refurbished()
    ids = np.array(rows[columns.ID].to_pylist())[~is_held][fixed.rows]
    right = [
        market.truths[i] == new for i, new in zip(ids, market.categories[fixed.new], strict=True)
    ]
    given = np.array(rows[columns.CATEGORY].to_pylist())[~is_held][fixed.rows]
    wrong = [market.truths[i] != path for i, path in zip(ids, given, strict=True)]
    return {
        **market.scores(learner),
        "noise_rate": float(selfie.noise_rate or 0),
        "corrected": len(right),
        "corrected_right": int(sum(right)),
        "corrected_wrong_ones": int(sum(wrong)),
    }


def measured(seed: int, case: str, rules: tuple[ExclusionRule, ...]) -> dict[str, dict[str, float]]:
    """Return the scores of plain training and of what the case asks about."""
    market = Market(replace(Conditions(seed=seed), **CASES[case]))
    plain = balanced(market.pool, LEARNT)
    wrong = [market.truths[i] != path for i, path in zip(*_pairs(plain), strict=True)]
    kept = ruled(market.pool, rules)
    ways: dict[str, tuple[pa.Table, SelfieSettings | None]] = {
        "selfie": (plain, GUARDED),
        "paper": (plain, PAPER),
        "rules": (balanced(kept, LEARNT), None),
        "both": (balanced(kept, LEARNT), GUARDED),
    }
    return {
        "market": {
            "wrong_rows": float(np.mean(wrong)),
            "dropped": 1 - kept.num_rows / market.pool.num_rows,
        },
        "plain": trained(market, plain, seed=seed, settings=None),
        **{
            way: trained(market, ways[way][0], seed=seed, settings=ways[way][1])
            for way in ASKED[case]
        },
    }


def gains(runs: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return the mean gains of a case and their 95 % t intervals over the markets."""
    steps = (("plain", "selfie"), ("plain", "paper"), ("plain", "rules"), ("selfie", "both"))
    return {
        f"{upper} over {lower}, {what}": _interval([r[upper][what] - r[lower][what] for r in runs])
        for lower, upper in steps
        for what in ("accuracy", "named")
        if all(lower in run and upper in run for run in runs)
    }


def _interval(each: list[float]) -> dict[str, float]:
    mean, error = float(np.mean(each)), float(stats.sem(each))
    half = float(stats.t.ppf(0.975, len(each) - 1)) * error
    return {"mean": mean, "low": mean - half, "high": mean + half, "markets": len(each)}


def _pairs(rows: pa.Table) -> tuple[list[str], list[str]]:
    return rows[columns.ID].to_pylist(), rows[columns.CATEGORY].to_pylist()


def main() -> None:
    """Measure and write the results after each market."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=200, help="first seed")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_rules(Path(folder) / "rules.csv")
        rules = read_rules(Path(folder) / "rules.csv")
    runs: dict[str, list[dict[str, dict[str, float]]]] = {case: [] for case in CASES}
    for seed in range(options.first, options.first + options.seeds):
        for case, found in runs.items():
            found.append(measured(seed, case, rules))
            print(seed, case, json.dumps(found[-1]), flush=True)
        if seed > options.first:
            record = {
                "gains": {case: gains(found) for case, found in runs.items()},
                "runs": runs,
                "rows": {"pool": POOL, "learnt": LEARNT, "measured": SHOWN},
                "python": platform.python_version(),
            }
            print(json.dumps(record["gains"], indent=1))
            if options.out:
                text = json.dumps(record, indent=1, ensure_ascii=False)
                options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
