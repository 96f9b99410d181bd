"""The training loop itself: shuffle, step, measure, keep the best epoch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import keras
import numpy as np
import numpy.typing as npt

from mlcore.heads import NAME, weight_of
from mlcore.models.network import without_grams
from mlcore.progress import IsCancelled, Progress, stop_if
from mlcore.text.vocabulary import PAD, UNKNOWN
from mlcore.training.checkpoint import Checkpoint, Standing
from mlcore.training.class_weights import class_weights
from mlcore.training.config import TrainingConfig
from mlcore.training.held_out import measured_on, sample_of
from mlcore.training.rows import Rows
from mlcore.training.selection import Estimating, Selector
from mlcore.training.stepping import Batch, Stepper, Weights

STEPS_BETWEEN_REPORTS = 20
"""About one second: how long a cancelled training still runs."""

STEPS_PER_EPOCH = 50
"""Fewest steps of a pass: few rows are taken in smaller batches, else they teach little."""

SMALLEST_BATCH = 8


@dataclass(frozen=True)
class EpochFigures:
    """
    Mean loss (nats) and accuracy of one pass, on training and on held-out rows.

    All are the leading head's, without the n-grams that are put beside it afterwards. The
    training figures are taken under dropout and label smoothing, the held-out loss at the
    temperature that suits it best, so they are not to be compared with each other, only along
    the epochs.

    Attributes:
        held_out_objective: the held-out loss, and the other heads' as far as training minds
            them: what the best epoch has least of.
    """

    epoch: int
    loss: float
    accuracy: float
    held_out_loss: float
    held_out_accuracy: float
    held_out_objective: float


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
    Train the network's layers in place, and leave them with the weights of their best epoch.

    The best epoch has the lowest held-out objective, the last of equal ones, as few rows may
    all be right from the first one on. By the leading head alone, training would end before
    slower heads know their categories.

    Args:
        model: from inputs to each expert's logits.
        rows, held_out: what it learns from, and what tells the best epoch.
        config: the training settings.
        selector: says which rows of a batch are learnt from, and as what; without one
            all are, as given.
        checkpoint: keeps every finished epoch; a training that was stopped goes on there.
        on_epoch: is shown each epoch's figures; what it raises ends the training.

    Returns:
        Figures of every epoch; none where there are n-grams alone, which are learnt elsewhere.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    learning = without_grams(model)
    if learning is None:
        return ()
    rows, held_out = rows.only(learning.input), held_out.only(learning.input)
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
        measured = measured_on(learning, held_out, config)
        figures = EpochFigures(epoch, *stepper.mean(), *measured.figures)
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
    return tuple(EpochFigures(**figures) for figures in standing.history)  # type: ignore[arg-type]


def best_of(history: Sequence[EpochFigures], config: TrainingConfig) -> EpochFigures:
    """Return the epoch whose weights are kept."""
    counting = history[config.skipped :]
    return min(reversed(counting), key=lambda figures: figures.held_out_objective)


def figures_of(
    model: keras.Model, rows: Rows, held_out: Rows, config: TrainingConfig
) -> EpochFigures:
    """Return the figures of a network of n-grams alone, as if learnt in one pass."""
    seen, unseen = (measured_on(model, each, config) for each in (rows, held_out))
    return EpochFigures(1, seen.loss, seen.accuracy, *unseen.figures)


def _note(standing: Standing, figures: EpochFigures, config: TrainingConfig) -> None:
    """Add an epoch, and keep its weights when it is the best of those that count."""
    past = _objectives(standing, config)
    counts = figures.epoch > config.skipped
    if counts and all(figures.held_out_objective <= each for each in past):
        standing.best = standing.model.get_weights()
    standing.history.append(asdict(figures))


def _is_over(standing: Standing, config: TrainingConfig) -> bool:
    """Tell whether all epochs are done, or the last ones brought nothing lower."""
    past = _objectives(standing, config)
    if not past:
        return False
    since_best = len(past) - 1 - past.index(min(past))
    return len(standing.history) == config.epochs or since_best >= config.patience


def _objectives(standing: Standing, config: TrainingConfig) -> list[float]:
    return [each["held_out_objective"] for each in standing.history[config.skipped :]]


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
