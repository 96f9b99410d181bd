"""The linear model over the n-grams of the training's names."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mlcore.heads import GRAMS
from mlcore.progress import IsCancelled, Progress
from mlcore.text.grams import document_frequencies, rarity
from mlcore.training import linear
from mlcore.training.class_weights import class_weights
from mlcore.training.config import TrainingConfig
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


def learnt_grams(
    rows: Prepared,
    config: TrainingConfig,
    work: Path,
    *,
    identity: str,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> NameGrams | None:
    """
    Return what the n-grams of the training rows' names say, or None where they are not read.

    Args:
        work: keeps the last finished epoch.
        identity: of rows and settings.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    if rows.encoder.grams is None:
        return None
    labels = rows.training.labels
    names = Names(rows.training.inputs[GRAMS], labels, class_weights(labels, config)[labels])
    return learnt_from(
        names,
        config,
        work,
        buckets=rows.encoder.grams.buckets,
        n_categories=len(rows.categories),
        identity=identity,
        progress=progress,
        is_cancelled=is_cancelled,
    )


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


def learnt_from(
    names: Names,
    config: TrainingConfig,
    work: Path,
    *,
    buckets: int,
    n_categories: int,
    identity: str,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> NameGrams:
    """
    Return what the n-grams of these names say, rare ones weighing more.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    frequencies = document_frequencies(names.ids, buckets)
    lesson = linear.Lesson(
        ids=names.ids,
        labels=names.labels,
        weights=names.weights,
        n_categories=n_categories,
        gram_weights=rarity(frequencies, n_names=len(names.labels)),
    )
    model = linear.learn(
        lesson,
        epochs=config.gram_epochs,
        rate=config.gram_rate,
        seed=config.seed,
        work=work,
        identity=identity,
        progress=progress,
        is_cancelled=is_cancelled,
    )
    return NameGrams(lesson.gram_weights, model)
