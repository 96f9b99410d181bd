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
from mlcore.training.rows import Prepared, Rows

SHARPNESS = 3.0
"""What margins, which lie around 1, are multiplied by to be logits of one category against the
others. On 2,480 held-out Naver names 2 to 5 made the pooled answers about as likely."""


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


@dataclass(frozen=True)
class NameGrams:
    """
    A trained linear model and what it weighs the n-grams of a name with.

    Attributes:
        weights: of each n-gram, shape (buckets + 1,).
        model: its vectors and prior, multiplied to be logits.
        names: what it learnt from.
    """

    weights: npt.NDArray[np.float32]
    model: linear.Linear
    names: Names


def learnt_grams(rows: Prepared, labels: npt.NDArray[np.int64], course: Course) -> NameGrams | None:
    """
    Return what the n-grams of the training rows' names say, or None where they are not read.

    Args:
        labels: category index that each training row is learnt under, shape (n,).

    Raises:
        Cancelled: the course was cancelled.
    """
    if rows.encoder.grams is None:
        return None
    names = _names(rows.training, labels, class_weights(labels, course.config))
    return learnt_from(names, rows, course, course.work / "grams")


def relearnt(grams: NameGrams, rows: Prepared, course: Course) -> NameGrams:
    """
    Return the n-grams learnt anew from the same names and from those held out.

    Their figures are taken before: nothing is left to measure on afterwards.

    Raises:
        Cancelled: the course was cancelled.
    """
    labels = np.concatenate([rows.training.labels, rows.held_out.labels])
    counts = class_weights(labels, course.config)
    held_out = _names(rows.held_out, rows.held_out.labels, counts)
    work = course.work / "all"
    whole = with_room(grams.names, len(held_out.labels), work)
    last = slice(len(grams.names.labels), None)
    whole.ids[last] = held_out.ids
    whole.labels[last] = held_out.labels
    whole.weights[last] = held_out.weights
    return learnt_from(whole, rows, course, work / "epoch")


def with_room(names: Names, more: int, work: Path) -> Names:
    """Return a copy of the names, on disk, with room for so many more behind them."""
    work.mkdir(parents=True, exist_ok=True)
    n, length = names.ids.shape
    ids = np.lib.format.open_memmap(work / "ids.npy", "w+", names.ids.dtype, (n + more, length))
    ids[:n] = names.ids
    labels, weights = np.empty(n + more, np.int64), np.empty(n + more, np.float32)
    labels[:n] = names.labels
    weights[:n] = names.weights
    return Names(ids, labels, weights)


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
    model.vectors *= SHARPNESS
    model.prior *= SHARPNESS
    return NameGrams(lesson.gram_weights, model, names)


def _names(rows: Rows, labels: npt.NDArray[np.int64], counts: npt.NDArray[np.float32]) -> Names:
    return Names(rows.inputs[GRAMS], labels, counts[labels])
