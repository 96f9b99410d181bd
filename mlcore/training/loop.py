"""The training loop itself: shuffle, step, measure, keep the best epoch."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from mlcore.progress import IsCancelled, Progress, stop_if
from mlcore.text.vocabulary import PAD, UNKNOWN
from mlcore.training.config import TrainingConfig

Ids = npt.NDArray[np.int32]
Labels = npt.NDArray[np.int64]

STEPS_BETWEEN_REPORTS = 20
"""About one second: how long a cancelled training still runs."""

STEPS_PER_EPOCH = 50
"""Fewest steps of a pass: few rows are taken in smaller batches, else they teach little."""

SMALLEST_BATCH = 8

MEASURED_BATCH = 1024


@dataclass(frozen=True)
class Rows:
    """Names as token ids, shape (n, length), and their category indices, shape (n,)."""

    ids: Ids
    labels: Labels


@dataclass(frozen=True)
class EpochFigures:
    """
    Mean loss (nats) and accuracy of one pass, on training and on held-out rows.

    The training figures are taken under dropout and label smoothing, the held-out ones
    without, so they are not to be compared with each other, only along the epochs.
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
    progress: Progress,
    is_cancelled: IsCancelled,
) -> tuple[EpochFigures, ...]:
    """
    Train the network in place, and leave it with the weights of its best epoch.

    The best epoch has the highest held-out accuracy, the earliest of equal ones.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    dice = np.random.default_rng(config.seed)
    trainer = _Trainer(model, config, steps=config.epochs * _steps(rows, config))
    history: list[EpochFigures] = []
    best_weights = model.get_weights()
    for epoch in range(1, config.epochs + 1):
        done = (epoch - 1) * _steps(rows, config)
        for number, batch in enumerate(_shuffled(rows, config, dice), start=done):
            if number % STEPS_BETWEEN_REPORTS == 0:
                stop_if(is_cancelled)
                progress("train", number, trainer.steps)
            trainer.step(batch)
        figures = EpochFigures(epoch, *trainer.mean(), *_measure(model, held_out))
        if all(figures.held_out_accuracy > past.held_out_accuracy for past in history):
            best_weights = model.get_weights()
        history.append(figures)
        if _has_stalled(history, config.patience):
            break
    model.set_weights(best_weights)
    progress("train", trainer.steps, trainer.steps)
    return tuple(history)


class _Trainer:
    """One optimiser step at a time, and the running mean of their figures."""

    def __init__(self, model: keras.Model, config: TrainingConfig, *, steps: int) -> None:
        self.steps = steps
        self._model = model
        rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
        self._optimizer = keras.optimizers.Adam(rate)
        self._optimizer.build(model.trainable_variables)
        self._loss = keras.losses.CategoricalCrossentropy(
            label_smoothing=config.label_smoothing, reduction=None
        )
        self._sums = np.zeros(3)
        length = model.input_shape[1]
        # Compiled once for any number of rows, so that the last batch costs no trace.
        self._compiled = tf.function(
            self._learn,
            input_signature=[
                tf.TensorSpec((None, length), tf.int32),
                tf.TensorSpec((None,), tf.int64),
            ],
        )

    def step(self, batch: Rows) -> None:
        """Move the weights once against the gradient of the batch's mean loss."""
        loss, right = self._compiled(batch.ids, batch.labels)
        self._sums += (float(loss), float(right), len(batch.labels))

    def mean(self) -> tuple[float, float]:
        """Return mean loss and accuracy since the last call."""
        loss, right, rows = self._sums
        self._sums = np.zeros(3)
        return loss / rows, right / rows

    def _learn(self, ids: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            probabilities = self._model(ids, training=True)
            given = tf.one_hot(labels, probabilities.shape[1])
            losses = self._loss(given, probabilities)  # (n,)
            loss = tf.reduce_mean(losses)
        weights = self._model.trainable_weights
        self._optimizer.apply(tape.gradient(loss, weights), weights)
        right = tf.argmax(probabilities, axis=1) == labels
        return tf.reduce_sum(losses), tf.reduce_sum(tf.cast(right, tf.float32))


def _batch_size(rows: Rows, config: TrainingConfig) -> int:
    enough = max(len(rows.labels) // STEPS_PER_EPOCH, SMALLEST_BATCH)
    return min(config.batch_size, enough)


def _steps(rows: Rows, config: TrainingConfig) -> int:
    return -(-len(rows.labels) // _batch_size(rows, config))


def _shuffled(rows: Rows, config: TrainingConfig, dice: np.random.Generator) -> Iterator[Rows]:
    """Yield the rows in a new order, some of their words hidden."""
    order = dice.permutation(len(rows.labels))
    size = _batch_size(rows, config)
    for begin in range(0, len(order), size):
        chosen = order[begin : begin + size]
        yield Rows(_hide_words(rows.ids[chosen], config, dice), rows.labels[chosen])


def _hide_words(ids: Ids, config: TrainingConfig, dice: np.random.Generator) -> Ids:
    """Return the names with some words unknown, as words of new products will be."""
    hidden = (dice.random(ids.shape) < config.word_dropout) & (ids != PAD)
    return np.where(hidden, np.int32(UNKNOWN), ids)


def _measure(model: keras.Model, rows: Rows) -> tuple[float, float]:
    """Return mean loss and accuracy of the network as it stands."""
    probabilities = model.predict(rows.ids, batch_size=MEASURED_BATCH, verbose=0)
    given = probabilities[np.arange(len(rows.labels)), rows.labels]
    loss = float(-np.log(np.maximum(given, keras.config.epsilon())).mean())
    return loss, float(np.mean(probabilities.argmax(axis=1) == rows.labels))


def _has_stalled(history: list[EpochFigures], patience: int) -> bool:
    """Tell whether the last `patience` epochs brought no better held-out accuracy."""
    accuracies = [figures.held_out_accuracy for figures in history]
    return len(accuracies) - 1 - accuracies.index(max(accuracies)) >= patience
