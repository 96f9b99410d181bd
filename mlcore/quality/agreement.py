"""How far people agree: raw, Cohen, Fleiss, Krippendorff, and over the tree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.taxonomy import Path

Codes = npt.NDArray[np.int64]


class Undefined(ValueError):
    """The coefficient has no value for these answers; the message says why."""


@dataclass(frozen=True)
class HierarchicalAlpha:
    """Krippendorff's alpha over the tree and, per level, what it is made of."""

    alpha: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    weights: tuple[float, ...]


def raw_agreement(samples: Codes, categories: Codes) -> float:
    """
    Return the share of agreeing pairs of answers, each sample weighing the same.

    Args:
        samples, categories: one row an answer, shape (n_answers,).

    Raises:
        Undefined: no sample has two answers.

    >>> raw_agreement(np.array([0, 0, 1, 1]), np.array([3, 3, 3, 4]))
    0.5
    """
    agreeing, answers = _agreeing_pairs(*_pairable(samples, categories))
    return float(np.mean(agreeing / (answers * (answers - 1))))


def cohen_kappa(first: Codes, second: Codes) -> float:
    """
    Return Cohen's kappa between two annotators of the same samples.

    Kappa is (p_o - p_e) / (1 - p_e): p_o is the share of samples on which they agree,
    p_e the share expected if each drew labels at random from their own frequencies.

    Args:
        first, second: category ids, shape (n_samples,); row i of both is sample i.

    Returns:
        A unitless value of at most 1: 1 is full agreement, 0 is chance level, and a
        negative value is worse than chance.

    Raises:
        ValueError: the arrays differ in shape, are empty or not one-dimensional.
        Undefined: both gave one and the same category throughout (p_e = 1).

    Source:
        Cohen (1960), "A coefficient of agreement for nominal scales", Educational and
        Psychological Measurement 20(1), 37-46.

    >>> cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]))
    0.5
    """
    if first.ndim != 1 or first.shape != second.shape or first.size == 0:
        raise ValueError(
            "Expected two equally long, one-dimensional, non-empty arrays, "
            f"not shapes {first.shape} and {second.shape}."
        )
    _, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    a, b = codes[: first.size], codes[first.size :]
    size = int(codes.max()) + 1
    frequencies = np.bincount(a, minlength=size) * np.bincount(b, minlength=size)
    expected = float(frequencies.sum()) / first.size**2
    if expected == 1:
        raise Undefined("Both annotators gave one and the same category throughout.")
    return (float(np.mean(a == b)) - expected) / (1 - expected)


def fleiss_kappa(samples: Codes, categories: Codes) -> float:
    """
    Return Fleiss' kappa among equally many answers to every sample.

    Args:
        samples, categories: one row an answer, shape (n_answers,); every sample has the
            same number of answers, at least 2.

    Raises:
        ValueError: the arrays differ in shape or are not one-dimensional.
        Undefined: samples have unequally many answers, or one only, or all answers name
            one category.

    Source:
        Fleiss (1971), "Measuring nominal scale agreement among many raters",
        Psychological Bulletin 76(5), 378-382.

    >>> fleiss_kappa(np.array([0, 0, 1, 1]), np.array([7, 7, 8, 8]))
    1.0
    """
    agreeing, answers = _agreeing_pairs(*_pairable(samples, categories))
    if np.ptp(answers) or answers.size != np.unique(samples).size:
        raise Undefined("Every sample needs the same number of answers, at least two.")
    n = int(answers[0])
    observed = float(np.mean(agreeing / (n * (n - 1))))
    shares = np.unique(categories, return_counts=True)[1] / categories.size
    expected = float(np.sum(shares**2))
    if shares.size == 1:
        raise Undefined("All answers name one category.")
    return (observed - expected) / (1 - expected)


def krippendorff_alpha(samples: Codes, categories: Codes) -> float:
    """
    Return Krippendorff's nominal alpha for any number of answers, gaps allowed.

    Samples with a single answer do not count. O(n_answers log n_answers).

    Args:
        samples, categories: one row an answer, shape (n_answers,).

    Raises:
        ValueError: the arrays differ in shape or are not one-dimensional.
        Undefined: no sample has two answers, or all answers name one category.

    Source:
        Krippendorff (2004), Content Analysis, 2nd edition, chapter 11.

    >>> krippendorff_alpha(np.array([0, 0, 1, 1]), np.array([5, 5, 6, 6]))
    1.0
    """
    observed, expected = _disagreements(*_pairable(samples, categories))
    if expected == 0:
        raise Undefined("All answers name one category.")
    return 1 - observed / expected


def level_codes(paths: Sequence[Path]) -> Codes:
    """
    Return for each path the id of its ancestor at every level.

    Below its own depth a path stands for itself, so a short path differs there from
    every longer one.

    Returns:
        Ids of nodes, shape (n_paths, depth of the deepest path).

    >>> level_codes([("A", "a"), ("A", "b"), ("B",)]).tolist()
    [[0, 1], [0, 2], [3, 3]]
    """
    depth = max((len(path) for path in paths), default=0)
    ids: dict[Path, int] = {}
    rows = [
        [ids.setdefault(path[: level + 1], len(ids)) for level in range(depth)] for path in paths
    ]
    return np.array(rows, dtype=np.int64).reshape(len(paths), depth)


def hierarchical_alpha(
    samples: Codes, codes: Codes, weights: Sequence[float] | None = None
) -> HierarchicalAlpha:
    """
    Return alpha where two answers differ more the higher in the tree they part.

    The distance of two answers is the weight of all levels at which their ancestors
    differ, so the disagreements add up level by level and no matrix of category
    pairs is ever built: O(n_answers x depth).

    Args:
        samples: one row an answer, shape (n_answers,).
        codes: ancestors of each answer, shape (n_answers, depth); see `level_codes`.
        weights: weight of each level, root level first; equal by default.

    Raises:
        ValueError: shapes do not fit or a weight is negative.
        Undefined: no sample has two answers, or all answers name one category.

    Source:
        Krippendorff (2004), chapter 11, with a metric that is a sum over levels.
    """
    depth = codes.shape[1]
    shares = np.full(depth, 1 / depth) if weights is None else np.asarray(weights)
    if shares.shape != (depth,) or np.any(shares < 0):
        raise ValueError(f"Expected {depth} weights that are not negative.")
    levels = [_disagreements(*_pairable(samples, codes[:, level])) for level in range(depth)]
    observed, expected = np.array(levels).T
    if shares @ expected == 0:
        raise Undefined("All answers name one category.")
    return HierarchicalAlpha(
        alpha=float(1 - (shares @ observed) / (shares @ expected)),
        observed=tuple(observed.tolist()),
        expected=tuple(expected.tolist()),
        weights=tuple(shares.tolist()),
    )


def _pairable(samples: Codes, categories: Codes) -> tuple[Codes, Codes]:
    """Return dense codes of the answers to samples that have at least two."""
    if samples.ndim != 1 or samples.shape != categories.shape:
        raise ValueError(
            "Expected two equally long, one-dimensional arrays, "
            f"not shapes {samples.shape} and {categories.shape}."
        )
    _, sample_codes, answers = np.unique(samples, return_inverse=True, return_counts=True)
    kept = answers[sample_codes] >= 2
    if not kept.any():
        raise Undefined("No sample has two answers.")
    _, sample_codes = np.unique(samples[kept], return_inverse=True)
    _, category_codes = np.unique(categories[kept], return_inverse=True)
    return sample_codes, category_codes


def _agreeing_pairs(samples: Codes, categories: Codes) -> tuple[Codes, Codes]:
    """Return per sample its ordered pairs of equal answers and its answers."""
    width = int(categories.max()) + 1
    cells, counts = np.unique(samples * width + categories, return_counts=True)
    agreeing = np.bincount(cells // width, weights=counts * (counts - 1))
    return agreeing.astype(np.int64), np.bincount(samples)


def _disagreements(samples: Codes, categories: Codes) -> tuple[float, float]:
    """Return the observed and the expected disagreement of pairable answers."""
    agreeing, answers = _agreeing_pairs(samples, categories)
    total = samples.size
    frequencies = np.bincount(categories)
    observed = 1 - float(np.sum(agreeing / (answers - 1))) / total
    chance = float(np.sum(frequencies * (frequencies - 1))) / (total * (total - 1))
    # One category only: exact zero, which rounding could miss.
    return observed, 0.0 if frequencies.size == 1 else 1 - chance
