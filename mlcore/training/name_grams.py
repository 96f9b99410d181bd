"""The linear model over the n-grams of the training's names."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mlcore.heads import GRAMS
from mlcore.text.grams import document_frequencies, rarity
from mlcore.training import linear
from mlcore.training.class_weights import class_weights
from mlcore.training.resuming import Course
from mlcore.training.rows import Prepared


@dataclass(frozen=True)
class NameGrams:
    """
    A trained linear model and what it weighs the n-grams of a name with.

    Attributes:
        weights: of each n-gram, shape (buckets + 1,).
        model: its vectors and prior.
    """

    weights: npt.NDArray[np.float32]
    model: linear.Linear


@dataclass(frozen=True)
class Names:
    """
    Names to learn from, each with one category.

    Attributes:
        ids: n-grams of each, shape (n, length).
        labels: category index of each, shape (n,).
        weights: how much each counts, shape (n,).
    """

    ids: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]


def learnt_grams(rows: Prepared, course: Course) -> NameGrams | None:
    """
    Return what the n-grams of the training rows' names say, or None where they are not read.

    Raises:
        Cancelled: the course was cancelled.
    """
    if rows.encoder.grams is None:
        return None
    labels = rows.training.labels
    weights = class_weights(labels, course.config)[labels]
    names = Names(rows.training.inputs[GRAMS], labels, weights)
    return learnt_from(names, rows, course, course.work / "grams")


def learnt_from(names: Names, rows: Prepared, course: Course, work: Path) -> NameGrams:
    """
    Return what the n-grams of these names say, rare ones weighing more.

    Args:
        rows: say how many n-grams and categories there are.
        work: keeps the last finished epoch.

    Raises:
        Cancelled: the course was cancelled.
    """
    assert rows.encoder.grams is not None
    frequencies = document_frequencies(names.ids, rows.encoder.grams.buckets)
    lesson = linear.Lesson(
        ids=names.ids,
        labels=names.labels,
        weights=names.weights,
        n_categories=len(rows.categories),
        gram_weights=rarity(frequencies, n_names=len(names.labels)),
    )
    model = linear.learn(
        lesson,
        epochs=course.config.gram_epochs,
        cost=course.config.gram_cost,
        seed=course.config.seed,
        work=work,
        identity=course.identity,
        progress=course.progress,
        is_cancelled=course.is_cancelled,
    )
    return NameGrams(lesson.gram_weights, model)
