"""How right predicted categories are: by level, by category, over the tree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlcore.taxonomy import Path, ancestors, cut


@dataclass(frozen=True)
class HierarchicalScores:
    """Precision, recall and F1 over sets of ancestors, root excluded."""

    precision: float
    recall: float
    f1: float


def accuracy(truth: Sequence[Path], predicted: Sequence[Path]) -> float:
    """
    Return the share of samples whose predicted path is the true one.

    Raises:
        ValueError: there are no samples or the sequences differ in length.

    >>> accuracy([("a", "b"), ("c",)], [("a", "b"), ("a",)])
    0.5
    """
    _check(truth, predicted)
    right = sum(t == p for t, p in zip(truth, predicted, strict=True))
    return right / len(truth)


def level_accuracies(truth: Sequence[Path], predicted: Sequence[Path]) -> dict[int, float]:
    """
    Return per level the accuracy of the paths cut to it, over samples that deep.

    >>> level_accuracies([("a", "b"), ("c",)], [("a", "x"), ("c",)])
    {1: 1.0, 2: 0.0}
    """
    _check(truth, predicted)
    accuracies = {}
    for level in range(1, max(len(path) for path in truth) + 1):
        right = [
            cut(t, level) == cut(p, level)
            for t, p in zip(truth, predicted, strict=True)
            if len(t) >= level
        ]
        accuracies[level] = sum(right) / len(right)
    return accuracies


def macro_f1(truth: Sequence[Path], predicted: Sequence[Path]) -> float:
    """
    Return the mean F1 over the categories that are true or predicted somewhere.

    >>> round(macro_f1([("a",), ("a",), ("b",)], [("a",), ("b",), ("b",)]), 4)
    0.6667
    """
    _check(truth, predicted)
    ids: dict[Path, int] = {}
    true = np.array([ids.setdefault(path, len(ids)) for path in truth])
    guessed = np.array([ids.setdefault(path, len(ids)) for path in predicted])
    hits = np.bincount(true[true == guessed], minlength=len(ids))
    # F1 = 2 hits / (true + predicted); no category here has both counts at 0.
    counted = np.bincount(true, minlength=len(ids)) + np.bincount(guessed, minlength=len(ids))
    return float(np.mean(2 * hits / counted))


def hierarchical_scores(truth: Sequence[Path], predicted: Sequence[Path]) -> HierarchicalScores:
    """
    Return precision, recall and F1 of the predicted ancestors, pooled over samples.

    Source:
        Kiritchenko et al. (2005), "Functional annotation of genes using hierarchical
        text categorization", BioLINK SIG.
    """
    _check(truth, predicted)
    shared = sum(
        len(set(ancestors(t)) & set(ancestors(p))) for t, p in zip(truth, predicted, strict=True)
    )
    precision = shared / sum(len(path) for path in predicted)
    recall = shared / sum(len(path) for path in truth)
    f1 = 2 * precision * recall / (precision + recall) if shared else 0.0
    return HierarchicalScores(precision, recall, f1)


def _check(truth: Sequence[Path], predicted: Sequence[Path]) -> None:
    if not truth or len(truth) != len(predicted):
        raise ValueError(
            "Expected equally many true and predicted paths, at least one, "
            f"not {len(truth)} and {len(predicted)}."
        )
