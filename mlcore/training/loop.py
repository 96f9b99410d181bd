"""The training loop itself: shuffle, step, measure, keep the best epoch."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import keras
import numpy as np
import numpy.typing as npt

from mlcore.artifact.encoder import Inputs
from mlcore.heads import NAME, leading, weight_of
from mlcore.progress import IsCancelled, Progress, stop_if
from mlcore.text.vocabulary import PAD, UNKNOWN
from mlcore.training.checkpoint import Checkpoint, Standing
from mlcore.training.config import TrainingConfig
from mlcore.training.rows import Labels, Rows
from mlcore.training.selection import Estimating, Selector
from mlcore.training.stepping import Batch, Stepper, Weights

STEPS_BETWEEN_REPORTS = 20
"""About one second: how long a cancelled training still runs."""

STEPS_PER_EPOCH = 50
"""Fewest steps of a pass: few rows are taken in smaller batches, else they teach little."""

SMALLEST_BATCH = 8

MEASURED_BATCH = 1024

SAMPLED_ROWS = 20_000
"""Held-out rows of which every probability is kept: more would only take memory."""


@dataclass(frozen=True)
class EpochFigures:
    """
    Mean loss (nats) and accuracy of one pass, on training and on held-out rows.

    All are the leading head's. The training figures are taken under dropout and label
    smoothing, the held-out ones without, so they are not to be compared with each other,
    only along the epochs.
    """

    epoch: int
    loss: float
    accuracy: float
    held_out_loss: float
    held_out_accuracy: float


def train(
    model: keras.Model,
    rows: Rows,
    held_out: Rows,
    config: TrainingConfig,
    *,
    selector: Selector | None = None,
    checkpoint: Checkpoint | None = None,
    on_epoch: Callable[[EpochFigures], None] | None = None,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> tuple[EpochFigures, ...]:
    """
    Train the network in place, and leave it with the weights of its best epoch.

    The best epoch has the highest held-out accuracy, the earliest of equal ones.

    Args:
        model: from inputs to each head's logits.
        rows, held_out: what it learns from, and what tells the best epoch.
        config: the training settings.
        selector: says which rows of a batch are learnt from, and as what; without one
            all are, as given.
        checkpoint: keeps every finished epoch; a training that was stopped goes on there.
        on_epoch: is shown each epoch's figures; what it raises ends the training.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    dice = np.random.default_rng(config.seed)
    counts = _class_weights(rows.labels, config)
    steps = -(-len(rows) // _batch_size(rows, config))
    total = config.epochs * steps
    stepper = Stepper(model, config, steps=total)
    standing = Standing(model, stepper.optimizer, dice, selector, best=model.get_weights())
    if checkpoint is not None:
        checkpoint.restore(standing)
    while not _is_over(standing, config):
        epoch = len(standing.history) + 1
        for number, chosen in enumerate(_shuffled(rows, config, dice), (epoch - 1) * steps):
            if number % STEPS_BETWEEN_REPORTS == 0:
                stop_if(is_cancelled)
                progress("train", number, total)
            stepper.step(_batch(rows, chosen, counts, config, dice), epoch=epoch, selector=selector)
        is_estimating = isinstance(selector, Estimating)
        heard = sample_of(len(held_out)) if is_estimating else np.empty(0, np.int64)
        measured = _measure(model, held_out, heard)
        figures = EpochFigures(epoch, *stepper.mean(), measured.loss, measured.accuracy)
        _note(standing, figures, config)
        if on_epoch is not None:
            on_epoch(figures)
        if isinstance(selector, Estimating):
            selector.end_epoch(
                epoch=epoch, given=held_out.labels[heard], probabilities=measured.probabilities
            )
        if checkpoint is not None:
            checkpoint.save(standing)
    model.set_weights(standing.best)
    progress("train", total, total)
    return tuple(EpochFigures(**figures) for figures in standing.history)  # type: ignore[arg-type]


def _note(standing: Standing, figures: EpochFigures, config: TrainingConfig) -> None:
    """Add an epoch, and keep its weights when it is the best of those that count."""
    past = [each["held_out_accuracy"] for each in standing.history[config.skipped :]]
    counts = figures.epoch > config.skipped
    if counts and all(figures.held_out_accuracy > accuracy for accuracy in past):
        standing.best = standing.model.get_weights()
    standing.history.append(asdict(figures))


def _is_over(standing: Standing, config: TrainingConfig) -> bool:
    """Tell whether all epochs are done, or the last ones brought no better accuracy."""
    counting = standing.history[config.skipped :]
    accuracies = [figures["held_out_accuracy"] for figures in counting]
    if not accuracies:
        return False
    since_best = len(accuracies) - 1 - accuracies.index(max(accuracies))
    return len(standing.history) == config.epochs or since_best >= config.patience


def _batch_size(rows: Rows, config: TrainingConfig) -> int:
    enough = max(len(rows) // STEPS_PER_EPOCH, SMALLEST_BATCH)
    return min(config.batch_size, enough)


def _class_weights(labels: Labels, config: TrainingConfig) -> Weights:
    """Return how much a row of each category counts, 1 on average over the rows."""
    counts = np.bincount(labels).astype(np.float64)
    weights = np.maximum(counts, 1) ** -config.class_weight
    weights *= len(labels) / float(weights @ counts)
    return weights.astype(np.float32)


def _shuffled(
    rows: Rows, config: TrainingConfig, dice: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the numbers of the rows of each batch, in a new order."""
    order = dice.permutation(len(rows))
    size = _batch_size(rows, config)
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]


def _batch(
    rows: Rows,
    chosen: npt.NDArray[np.int64],
    class_weights: Weights,
    config: TrainingConfig,
    dice: np.random.Generator,
) -> Batch:
    """Return these rows, some of their words hidden and some branches left out."""
    inputs = rows.at(chosen)
    if NAME in inputs and not config.reads_grams:
        inputs[NAME] = _hide_words(inputs[NAME], config, dice)
    for branch in config.branches:
        if (weight := weight_of(branch)) in inputs:
            is_kept = dice.random(inputs[weight].shape) >= config.branch_dropout
            inputs[weight] = inputs[weight] * is_kept.astype(np.float32)
    labels = rows.labels[chosen]
    return Batch(chosen, inputs, labels, class_weights[labels])


def _hide_words(
    ids: npt.NDArray[np.int32], config: TrainingConfig, dice: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Return the names with some words unknown, as words of new products will be."""
    hidden = (dice.random(ids.shape) < config.word_dropout) & (ids != PAD)
    return np.where(hidden, np.int32(UNKNOWN), ids)


def answers(
    model: keras.Model, inputs: Inputs
) -> Iterator[tuple[int, dict[str, npt.NDArray[np.float32]]]]:
    """Yield the number of each batch's first row, and the logits of every head for the batch."""
    for begin in range(0, len(next(iter(inputs.values()))), MEASURED_BATCH):
        batch = {name: values[begin : begin + MEASURED_BATCH] for name, values in inputs.items()}
        yield begin, dict(model.predict_on_batch(batch))


def predicted(model: keras.Model, inputs: Inputs) -> dict[str, npt.NDArray[np.float32]]:
    """Return the logits of every head for rows that fit into memory, (n, n_categories) each."""
    found = [logits for _, logits in answers(model, inputs)]
    return {head: np.concatenate([logits[head] for logits in found]) for head in found[0]}


def sample_of(rows: int) -> npt.NDArray[np.int64]:
    """
    Return which of so many rows are looked at with all of their probabilities, evenly spread.

    >>> sample_of(3).tolist(), len(sample_of(1_000_000))
    ([0, 1, 2], 20000)
    """
    return np.arange(0, rows, -(-rows // SAMPLED_ROWS), dtype=np.int64)


@dataclass(frozen=True)
class _Measured:
    """Mean loss and accuracy of the leading head, and its probabilities of some of the rows."""

    loss: float
    accuracy: float
    probabilities: npt.NDArray[np.float64]


def _measure(model: keras.Model, rows: Rows, kept: npt.NDArray[np.int64]) -> _Measured:
    """Measure the leading head on rows, whose logits are never in memory all at once."""
    loss, right, probabilities = 0.0, 0, []
    for begin, heads in answers(model, rows.inputs):
        logits = heads[leading(tuple(heads))].astype(np.float64)
        labels = rows.labels[begin : begin + len(logits)]
        shares = _probabilities(logits)
        given = shares[np.arange(len(labels)), labels]
        loss -= float(np.log(np.maximum(given, np.finfo(np.float64).tiny)).sum())
        right += int(np.sum(logits.argmax(axis=1) == labels))
        probabilities.append(shares[kept[(kept >= begin) & (kept < begin + len(logits))] - begin])
    return _Measured(loss / len(rows), right / len(rows), np.concatenate(probabilities))


def _probabilities(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares
