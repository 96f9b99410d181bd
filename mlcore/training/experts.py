"""The experts of a network, trained one after the other: its layers, then n-grams of names."""

from collections.abc import Iterable, Sequence

import keras

from mlcore.models.network import answering
from mlcore.progress import Progress
from mlcore.training.architecture import put_grams, untrained
from mlcore.training.checkpoint import Checkpoint
from mlcore.training.cleaning import believed
from mlcore.training.held_out import shares_on
from mlcore.training.loop import EpochFigures, train
from mlcore.training.name_grams import NameGrams, learnt_grams
from mlcore.training.pooling import Shares
from mlcore.training.resuming import Course
from mlcore.training.rows import Prepared
from mlcore.training.selection import Selector
from mlcore.training.self_training import taught_by_itself
from mlcore.training.selfie import Selfie


def trained_layers(
    rows: Prepared, selector: Selector | None, course: Course
) -> tuple[keras.Model, tuple[EpochFigures, ...]]:
    """
    Return the network after all trainings of its layers, and how the last one went.

    Args:
        rows: what it learns from, and what tells the best epoch.
        selector: what chooses the rows of each batch; with SELFIE it is trained several times.

    Raises:
        Cancelled: the course was cancelled.
    """
    config = course.config
    # Keras numbers layers on and on in a process; a version's do not tell what came before it.
    keras.backend.clear_session()
    for number in range(config.trainings):
        if number and isinstance(selector, Selfie):
            selector.restart()
        keras.utils.set_random_seed(config.seed + number)
        model = untrained(config, rows)
        history = train(
            model,
            rows.training,
            rows.held_out,
            config,
            selector=selector,
            # What an earlier training left is needed again when a later one is killed.
            checkpoint=Checkpoint(course.work / f"epoch{number or ''}", identity=course.identity),
            progress=_one_of(number, config.trainings, course.progress),
            is_cancelled=course.is_cancelled,
        )
    return model, history


def _one_of(number: int, trainings: int, progress: Progress) -> Progress:
    """Return a progress that counts the steps of all trainings as one."""

    def shown(stage: str, done: int, total: int) -> None:
        progress(stage, number * total + done, trainings * total)

    return shown


def with_grams(
    model: keras.Model,
    rows: Prepared,
    selector: Selector | None,
    unlabelled: Iterable[Sequence[str]],
    course: Course,
) -> tuple[keras.Model, NameGrams | None, Shares]:
    """
    Return the network with n-grams beside its layers, these, and how far both are believed.

    The n-grams learn the labels that the layers left behind, and then, from the answers of
    both, names without a category.

    Args:
        model: from inputs to the experts' logits, its layers trained; it is given n-grams.
        unlabelled: tokens of names; gone through twice, never held.

    Returns:
        From inputs to each head's probabilities; the n-grams, None where none are read.

    Raises:
        Cancelled: the course was cancelled.
    """
    grams = learnt_grams(rows, believed(rows, selector), course)
    if grams is None:
        return answering(model), None, {}
    put_grams(model, grams)
    shares = shares_on(model, rows.held_out)
    taught = taught_by_itself(answering(model, shares), grams, rows, unlabelled, course)
    if taught is not None:
        grams = taught
        put_grams(model, grams)
        shares = shares_on(model, rows.held_out)
    return answering(model, shares), grams, shares
