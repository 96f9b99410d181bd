"""The training loop itself: shuffle, step, measure, keep the best epoch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mlcore.artifact.encoder import Inputs
from mlcore.heads import NAME, leading, weight_of
from mlcore.models.network import without_grams
from mlcore.progress import IsCancelled, Progress, stop_if
from mlcore.quality.calibration import negative_log_likelihood, temperature
from mlcore.quality.temperature import scaled
from mlcore.text.vocabulary import PAD, UNKNOWN
from mlcore.training.checkpoint import Checkpoint, Standing
from mlcore.training.class_weights import class_weights
from mlcore.training.config import TrainingConfig
from mlcore.training.pooling import Shares, fitted_shares, pooled
from mlcore.training.rows import Rows
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

    All are the leading head's, in training without the n-grams beside it. The training
    figures are taken under dropout and label smoothing, the held-out loss at the temperature
    that suits it best, so they are not to be compared with each other, only along the epochs.
    """

    epoch: int
    loss: float
    accuracy: float
    held_out_loss: float
    held_out_accuracy: float


@dataclass(frozen=True)
class Learnt:
    """
    How a training went.

    Attributes:
        history: figures of every epoch.
        shares: how the trained network's experts are pooled, see `pooling.fitted_shares`.
    """

    history: tuple[EpochFigures, ...]
    shares: Shares


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
) -> Learnt:
    """
    Train the network in place, and leave it with the weights of its best epoch.

    The best epoch has the lowest held-out loss, the earliest of equal ones.

    Args:
        model: from inputs to each expert's logits.
        rows, held_out: what it learns from, and what tells the best epoch.
        config: the training settings.
        selector: says which rows of a batch are learnt from, and as what; without one
            all are, as given.
        checkpoint: keeps every finished epoch; a training that was stopped goes on there.
        on_epoch: is shown each epoch's figures; what it raises ends the training.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    learning = without_grams(model)
    if learning is None:
        return _as_it_is(model, rows, held_out)
    rows = rows.only(learning.input)
    dice = np.random.default_rng(config.seed)
    counts = class_weights(rows.labels, config)
    steps = -(-len(rows) // _batch_size(rows, config))
    total = config.epochs * steps
    stepper = Stepper(learning, config, steps=total)
    standing = Standing(learning, stepper.optimizer, dice, selector, best=learning.get_weights())
    if checkpoint is not None:
        checkpoint.restore(standing)
    while not _is_over(standing, config):
        epoch = len(standing.history) + 1
        for number, chosen in enumerate(_shuffled(rows, config, dice), (epoch - 1) * steps):
            if number % STEPS_BETWEEN_REPORTS == 0:
                stop_if(is_cancelled)
                progress("train", number, total)
            stepper.step(_batch(rows, chosen, counts, config, dice), epoch=epoch, selector=selector)
        measured = _measure(model, held_out)
        figures = EpochFigures(epoch, *stepper.mean(), measured.loss, measured.accuracy)
        _note(standing, figures, config)
        if on_epoch is not None:
            on_epoch(figures)
        if isinstance(selector, Estimating):
            given = held_out.labels[sample_of(len(held_out))]
            selector.end_epoch(epoch=epoch, given=given, probabilities=measured.probabilities)
        if checkpoint is not None:
            checkpoint.save(standing)
    learning.set_weights(standing.best)
    progress("train", total, total)
    history = tuple(EpochFigures(**figures) for figures in standing.history)  # type: ignore[arg-type]
    return Learnt(history, shares_on(model, held_out))


def _as_it_is(model: keras.Model, rows: Rows, held_out: Rows) -> Learnt:
    """Return the figures of a network of n-grams alone, which are learnt before."""
    seen, unseen = _measure(model, rows), _measure(model, held_out)
    figures = EpochFigures(1, seen.loss, seen.accuracy, unseen.loss, unseen.accuracy)
    return Learnt((figures,), unseen.shares)


def _note(standing: Standing, figures: EpochFigures, config: TrainingConfig) -> None:
    """Add an epoch, and keep its weights when it is the best of those that count."""
    past = [each["held_out_loss"] for each in standing.history[config.skipped :]]
    counts = figures.epoch > config.skipped
    if counts and all(figures.held_out_loss < loss for loss in past):
        standing.best = standing.model.get_weights()
    standing.history.append(asdict(figures))


def _is_over(standing: Standing, config: TrainingConfig) -> bool:
    """Tell whether all epochs are done, or the last ones brought no lower loss."""
    losses = [figures["held_out_loss"] for figures in standing.history[config.skipped :]]
    if not losses:
        return False
    since_best = len(losses) - 1 - losses.index(min(losses))
    return len(standing.history) == config.epochs or since_best >= config.patience


def _batch_size(rows: Rows, config: TrainingConfig) -> int:
    enough = max(len(rows) // STEPS_PER_EPOCH, SMALLEST_BATCH)
    return min(config.batch_size, enough)


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
    counts: Weights,
    config: TrainingConfig,
    dice: np.random.Generator,
) -> Batch:
    """Return these rows, some of their words hidden and some branches left out."""
    inputs = rows.at(chosen)
    if NAME in inputs:
        inputs[NAME] = _hide_words(inputs[NAME], config, dice)
    for branch in config.branches:
        if (weight := weight_of(branch)) in inputs:
            is_kept = dice.random(inputs[weight].shape) >= config.branch_dropout
            inputs[weight] = inputs[weight] * is_kept.astype(np.float32)
    labels = rows.labels[chosen]
    return Batch(chosen, inputs, labels, counts[labels])


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
    """
    How the leading head does on held-out rows.

    Attributes:
        loss: mean, in nats, at the temperature that suits the rows best.
        accuracy: over all of them.
        probabilities: of the rows that are kept.
        shares: of the n-grams and the layers beside them, as the kept rows have it.
    """

    loss: float
    accuracy: float
    probabilities: npt.NDArray[np.float64]
    shares: Shares


def _measure(model: keras.Model, rows: Rows) -> _Measured:
    """Measure the leading head on rows, whose logits are never in memory all at once."""
    kept = sample_of(len(rows))
    experts = {
        expert: logits.astype(np.float64)
        for expert, logits in predicted(model, rows.at(kept)).items()
    }
    shares = fitted_shares(experts, rows.labels[kept])
    probabilities = _probabilities(_leading(pooled(experts, shares)))
    calm = scaled(probabilities, temperature(probabilities, rows.labels[kept]))
    right = 0
    for begin, found in answers(model, rows.inputs):
        best = _leading(pooled(found, shares)).argmax(axis=1)
        right += int(np.sum(best == rows.labels[begin : begin + len(best)]))
    loss = negative_log_likelihood(calm, rows.labels[kept])
    return _Measured(loss, right / len(rows), probabilities, shares)


def shares_on(model: keras.Model, rows: Rows) -> Shares:
    """Return how the experts are best pooled on rows that none of them was trained on."""
    return _measure(model, rows).shares


def _leading(heads: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return heads[leading(tuple(heads))]


def _probabilities(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares
