"""A classifier for every branch of the tree, to compare with one over all of its leaves."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import numpy.typing as npt

from mlcore.corpus import columns
from mlcore.progress import Progress
from mlcore.taxonomy import Path, join_path, split_path
from mlcore.training.baselines import TextFeatures, logistic_regression
from mlcore.training.ladder import Climbed, Ground, Rung

ROOT: Path = ()

Rows = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Branching:
    """
    Where a product that got as far as one path goes next.

    Attributes:
        steps: the paths one level deeper, and the path itself where products end there.
        classifier: chooses among them; None where there is no choice.
    """

    steps: tuple[Path, ...]
    classifier: Any

    def shares(self, features: Any) -> Shares:
        """Return the probability of each step, shape (n, steps)."""
        if self.classifier is None:
            return np.ones((features.shape[0], 1))
        found: Shares = self.classifier.predict_proba(features)
        return found


Tree = Mapping[Path, Branching]


def branchings(paths: Sequence[Path]) -> dict[Path, dict[Path, list[int]]]:
    """
    Return the steps out of every path that is no end of all of its rows, with the rows of each.

    >>> branchings([("a", "b"), ("a",)])
    {(): {('a',): [0, 1]}, ('a',): {('a', 'b'): [0], ('a',): [1]}}
    """
    found: dict[Path, dict[Path, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, path in enumerate(paths):
        for depth in range(len(path)):
            found[path[:depth]][path[: depth + 1]].append(row)
    for row, path in enumerate(paths):
        if path in found:  # others go deeper from where this one ends
            found[path][path].append(row)
    return {path: dict(steps) for path, steps in found.items()}


def learnt(paths: Sequence[Path], features: Any, ground: Ground) -> Tree:
    """
    Train a logistic regression wherever the tree branches.

    Args:
        paths: of each row.
        features: sparse matrix, a row each.
        ground: its seed decides.
    """
    tree = {}
    for path, steps in branchings(paths).items():
        classifier = None
        if len(steps) > 1:
            rows = np.concatenate([np.array(of_step) for of_step in steps.values()])
            labels = np.repeat(np.arange(len(steps)), [len(each) for each in steps.values()])
            order = np.argsort(rows)
            classifier = logistic_regression(ground)
            classifier.fit(features[rows[order]], labels[order])
        tree[path] = Branching(tuple(steps), classifier)
    return tree


def walked(tree: Tree, features: Any) -> list[Path]:
    """Return where each row ends that takes the most probable step at every branching."""
    ends: list[Path] = [ROOT] * features.shape[0]
    waiting: list[tuple[Path, Rows]] = [(ROOT, np.arange(features.shape[0]))]
    while waiting:
        path, rows = waiting.pop()
        steps = tree[path].steps
        best = tree[path].shares(features[rows]).argmax(axis=1)
        for number in np.unique(best):
            step, going = steps[number], rows[best == number]
            if step != path and step in tree:
                waiting.append((step, going))
            else:
                for row in going:
                    ends[row] = step
    return ends


def weighed(tree: Tree, features: Any) -> list[Path]:
    """Return the end of each row whose steps are the most probable ones together."""
    ends, shares = zip(*_ends(tree, ROOT, features, np.ones(features.shape[0])), strict=True)
    return [ends[best] for best in np.stack(shares, axis=1).argmax(axis=1)]


def _ends(tree: Tree, path: Path, features: Any, reached: Shares) -> Iterator[tuple[Path, Shares]]:
    """Yield each path where rows end beyond this one, with its probability, shape (n,)."""
    branching = tree[path]
    shares = branching.shares(features) * reached[:, None]
    for number, step in enumerate(branching.steps):
        if step != path and step in tree:
            yield from _ends(tree, step, features, shares[:, number])
        else:
            yield step, shares[:, number]


@dataclass(frozen=True)
class TopDown:
    """A rung that goes down the tree: by the best step each time, or by all steps together."""

    is_greedy: bool

    def __call__(self, ground: Ground, folder: FilePath, progress: Progress) -> Climbed:
        """Train on the names of the rows and answer the test rows."""
        begin = time.perf_counter()
        given = ground.learnt[columns.NAME].to_pylist()
        names = TextFeatures.of([*given, *ground.unlabelled])
        paths = [split_path(path) for path in ground.learnt[columns.CATEGORY].to_pylist()]
        tree = learnt(paths, names.read(given), ground)
        fitted = time.perf_counter()
        answer = walked if self.is_greedy else weighed
        ends = answer(tree, names.read(ground.test[columns.NAME].to_pylist()))
        seconds = time.perf_counter() - fitted
        chosen = [each.classifier for each in tree.values() if each.classifier is not None]
        size = names.size + sum(each.coef_.nbytes + each.intercept_.nbytes for each in chosen)
        return Climbed(
            predicted=[join_path(end) for end in ends],
            fit_seconds=fitted - begin,
            rows_per_second=len(ends) / seconds,
            size=size,
            notes={"classifiers": len(chosen)},
        )


TOP_DOWN = (
    Rung("walked", "a classifier a branching, the best step each time", TopDown(is_greedy=True)),
    Rung("weighed", "the same, the best product of steps", TopDown(is_greedy=False)),
)
