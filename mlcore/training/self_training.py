"""
What names without a category teach: the network's own answers, surer ones more.

Source:
    Scudder (1965), "Probability of error of some adaptive pattern-recognition machines",
    IEEE Transactions on Information Theory 11(3), 363-371; Lee (2013), "Pseudo-label: the
    simple and efficient semi-supervised learning method", ICML workshop.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import keras
import numpy as np

from mlcore.artifact.encoder import Inputs, Products
from mlcore.heads import GRAMS, NAME
from mlcore.progress import stop_if
from mlcore.training.name_grams import NameGrams, learnt_from, with_room
from mlcore.training.resuming import Course
from mlcore.training.rows import Prepared

CHUNK = 1_024
"""Names answered at a time."""


def taught_by_itself(
    teacher: keras.Model,
    grams: NameGrams,
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
        grams: the teacher's.
        unlabelled: tokens of names; gone through twice, never held.

    Returns:
        None where there are no such names, or nothing that they would teach.

    Raises:
        Cancelled: the course was cancelled.
    """
    power = course.config.self_training
    more = sum(1 for _ in unlabelled) if power else 0
    if not more:
        return None
    work = course.work / "self"
    names = with_room(grams.names, more, work)
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


def _read(rows: Prepared, unlabelled: Iterable[Sequence[str]]) -> Iterator[Inputs]:
    """Yield what the network reads of names of which nothing else is known."""
    left = iter(unlabelled)
    while chunk := list(islice(left, CHUNK)):
        yield rows.encoder.encode(Products(names=chunk))
