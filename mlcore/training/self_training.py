"""
What names without a category teach: the network's own answers, surer ones more.

Source:
    Scudder (1965), "Probability of error of some adaptive pattern-recognition machines",
    IEEE Transactions on Information Theory 11(3), 363-371; Lee (2013), "Pseudo-label: the
    simple and efficient semi-supervised learning method", ICML workshop.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import keras
import numpy as np

from mlcore.artifact.encoder import Inputs, Products
from mlcore.heads import GRAMS, NAME
from mlcore.progress import stop_if
from mlcore.training.class_weights import class_weights
from mlcore.training.config import TrainingConfig
from mlcore.training.name_grams import NameGrams, Names, learnt_from
from mlcore.training.resuming import Course
from mlcore.training.rows import Prepared

CHUNK = 1_024
"""Names answered at a time."""


def taught_by_itself(
    teacher: keras.Model,
    rows: Prepared,
    unlabelled: Iterable[Sequence[str]],
    course: Course,
) -> NameGrams | None:
    """
    Return n-grams learnt anew, from the training rows and from what the teacher answers.

    Only the n-grams: each of them is a weight of its own, so those that the training rows
    lack can still be learnt. The teacher answers by the name alone.

    Args:
        teacher: from inputs to each head's probabilities.
        unlabelled: tokens of names; gone through twice, never held.

    Returns:
        None where there are no such names, or nothing that they would teach.

    Raises:
        Cancelled: the course was cancelled.
    """
    power = course.config.self_training
    more = sum(1 for _ in unlabelled) if rows.encoder.grams and power else 0
    if not more:
        return None
    work = course.work / "self"
    names = _room(rows, course.config, more, work)
    place = len(rows.training)
    for inputs in _read(rows, unlabelled):
        stop_if(course.is_cancelled)
        course.progress("self", place - len(rows.training), more)
        answers = np.asarray(teacher.predict_on_batch(inputs)[NAME])
        some = slice(place, place + len(answers))
        names.ids[some] = inputs[GRAMS]
        names.labels[some] = answers.argmax(axis=1)
        names.weights[some] = answers.max(axis=1) ** power
        place = some.stop
    return learnt_from(names, rows, course, work / "epoch")


def _room(rows: Prepared, config: TrainingConfig, more: int, work: Path) -> Names:
    """Return the training names, on disk, with room for so many more."""
    work.mkdir(parents=True, exist_ok=True)
    known = rows.training.inputs[GRAMS]
    n = len(known)
    ids = np.lib.format.open_memmap(work / "ids.npy", "w+", known.dtype, (n + more, known.shape[1]))
    ids[:n] = known
    labels, weights = np.empty(n + more, np.int64), np.empty(n + more, np.float32)
    labels[:n] = rows.training.labels
    weights[:n] = class_weights(rows.training.labels, config)[rows.training.labels]
    return Names(ids, labels, weights)


def _read(rows: Prepared, unlabelled: Iterable[Sequence[str]]) -> Iterator[Inputs]:
    """Yield what the network reads of names of which nothing else is known."""
    left = iter(unlabelled)
    while chunk := list(islice(left, CHUNK)):
        yield rows.encoder.encode(Products(names=chunk))
