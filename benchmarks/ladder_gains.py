"""
Whether SELFIE's and the exclusion rules' gains on the large market are real, by the truth.

Several markets, each with its own seed; the same learner with and without, and again with noise
or misleading words set to 0, where the gain must vanish. The learner is a softmax over hashed
character n-grams of name and mall category, because it trains in seconds; SELFIE is the selector
that the networks ask, too.

    ./run bench ladder_gains --seeds 5 --out benchmarks/results/ladder-gains.json
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy import sparse, stats
from sklearn.feature_extraction.text import HashingVectorizer

from mlcore import exclusion
from mlcore.corpus.rules_file import read_rules
from mlcore.corpus.store import with_derived
from mlcore.demo.conditions import Conditions
from mlcore.demo.files import write_rules
from mlcore.demo.goods import Part, good
from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.selfie import Selfie, SelfieSettings

TRAINED_ON, SHOWN = 5_000, 3_000
FEATURES, EPOCHS, BATCH, RATE, WARM_UP = 2**14, 10, 50, 20.0, 5
SETTINGS = {"as chosen": {}, "no noise": {"noise": 0.0}, "no misleading": {"misleading": 0.0}}
HASHING = HashingVectorizer(
    analyzer="char", ngram_range=(2, 4), n_features=FEATURES, alternate_sign=False
)


class Learner:
    """A softmax over sparse rows, trained by plain gradient descent."""

    def __init__(self, rows: sparse.csr_matrix, labels: np.ndarray, n_categories: int) -> None:
        self.rows, self.labels, self.n_categories = rows, labels, n_categories

    def train(self, seed: int, selector: Selfie | None = None) -> None:
        """Train from zero; a selector chooses rows and labels of each batch."""
        dice = np.random.default_rng(seed)
        self.weights = np.zeros((FEATURES, self.n_categories), dtype=np.float32)
        for epoch in range(1, EPOCHS + 1):
            order = dice.permutation(len(self.labels))
            for begin in range(0, len(order), BATCH):
                self._step(order[begin : begin + BATCH], epoch, selector)

    def predict(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Return the category of each row."""
        return (rows @ self.weights).argmax(axis=1)

    def _step(self, chosen: np.ndarray, epoch: int, selector: Selfie | None) -> None:
        rows, labels = self.rows[chosen], self.labels[chosen]
        touched = np.unique(rows.indices)
        rows = rows[:, touched]
        scores = rows @ self.weights[touched]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        used = np.ones(len(chosen), dtype=np.bool_)
        if selector is not None:
            given = scores[np.arange(len(chosen)), labels]
            choice = selector.choose(
                epoch=epoch,
                rows=chosen,
                given=labels,
                losses=-np.log(np.maximum(given, 1e-9)),
                predicted=scores.argmax(axis=1),
            )
            labels, used = choice.labels, choice.is_used
        scores[np.arange(len(chosen)), labels] -= 1
        scores[~used] = 0
        self.weights[touched] -= RATE / len(chosen) * (rows.T @ scores)


def measured(seed: int, setting: dict[str, float], rules: tuple) -> dict[str, float]:
    """Return accuracies by the truth: plain, with SELFIE, with the rules."""
    conditions = Conditions(seed=seed, **setting)
    goods = [good(conditions, Part.TRAIN, n) for n in range(1, TRAINED_ON + 1)]
    shown = [good(conditions, Part.SHOWN, n) for n in range(1, SHOWN + 1)]
    given = np.array([each.row.category_path for each in goods])
    truth = np.array([each.true_path for each in shown])
    categories, labels = np.unique(given, return_inverse=True)
    rows, test = _features(goods), _features(shown)

    def accuracy(learner: Learner) -> float:
        return float(np.mean(categories[learner.predict(test)] == truth))

    learner = Learner(rows, labels, len(categories))
    learner.train(seed)
    found = {"plain": accuracy(learner)}
    if setting != SETTINGS["no misleading"]:
        noise = conditions.noise or 0.2  # believed in where there is none: the harder case
        settings = SelfieSettings(noise_rate=noise, warm_up=WARM_UP, history=WARM_UP)
        selfie = Selfie(settings, n_rows=len(labels), n_categories=len(categories))
        for training in range(2):
            if training:
                selfie.restart()
            learner.train(seed + training, selfie)
        found["selfie"] = accuracy(learner)
        fixed = selfie.refurbished()
        pairs = zip(fixed.rows, fixed.new, strict=True)
        right = [categories[new] == goods[row].true_path for row, new in pairs]
        found |= {"refurbished": len(right), "refurbished_right": int(sum(right))}
    if setting != SETTINGS["no noise"]:
        kept = _kept(goods, rules)
        learner = Learner(rows[kept], labels[kept], len(categories))
        learner.train(seed)
        found |= {"rules": accuracy(learner), "dropped": len(labels) - len(kept)}
    return found


def interval(gains: list[float]) -> dict[str, float]:
    """Return the mean gain and its 95 % t interval over the markets."""
    mean, error = float(np.mean(gains)), float(stats.sem(gains))
    half = float(stats.t.ppf(0.975, len(gains) - 1)) * error
    return {"mean": mean, "low": mean - half, "high": mean + half, "markets": len(gains)}


def _features(goods: list) -> sparse.csr_matrix:
    texts = [f"{each.row.product_name} | {each.row.mall_category}" for each in goods]
    return HASHING.transform(texts).astype(np.float32)


def _kept(goods: list, rules: tuple) -> np.ndarray:
    """Return the numbers of the rows that the rules leave."""
    table = with_derived(pa.Table.from_pylist([vars(g.row) for g in goods]), MecabTokeniser())
    numbers = pa.array(np.arange(len(goods)))
    left = exclusion.apply(table.append_column("number", numbers), rules).table
    return left["number"].to_numpy()


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rules_file = Path("/tmp") / f"ladder-rules-{time.time_ns()}.csv"
    write_rules(rules_file)
    rules = read_rules(rules_file)
    rules_file.unlink()
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in SETTINGS}
    gains: dict[str, dict[str, float]] = {}
    for seed in range(100, 100 + options.seeds):
        for name, setting in SETTINGS.items():
            runs[name].append(measured(seed, setting, rules))
            print(seed, name, runs[name][-1], flush=True)
        for name, found in runs.items():
            for what in ("selfie", "rules"):
                each = [run[what] - run["plain"] for run in found if what in run]
                if len(each) > 1:
                    gains[f"{what}, {name}"] = interval(each)
        record = {"gains": gains, "runs": runs, "python": platform.python_version()}
        if options.out:
            options.out.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(gains, indent=1))
