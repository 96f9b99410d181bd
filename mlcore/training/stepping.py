"""One optimiser step at a time, and the running mean of their figures."""

from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from mlcore.artifact.encoder import Inputs
from mlcore.heads import leading, weight_of
from mlcore.training.config import TrainingConfig
from mlcore.training.optimisers import optimiser
from mlcore.training.rows import Labels
from mlcore.training.selection import Selector

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """
    Some rows to learn from.

    Attributes:
        rows: which of the training rows they are, shape (b,).
        inputs: by input name.
        labels: given category indices, shape (b,).
        weights: how much each row counts, shape (b,).
    """

    rows: npt.NDArray[np.int64]
    inputs: Inputs
    labels: Labels
    weights: Weights


class Stepper:
    """Moves a network's weights batch by batch."""

    def __init__(self, model: keras.Model, config: TrainingConfig, *, steps: int) -> None:
        """
        Args:
            model: from inputs to each expert's logits.
            config: the training settings.
            steps: of the whole training; the learning rate has fallen to 0 by then.
        """
        self._model = model
        self._config = config
        self._main = leading(tuple(model.output))
        self.optimizer = optimiser(model, config, steps=steps)
        self._sums = np.zeros(3)
        # Compiled once for any number of rows, so that the last batch costs no trace.
        shapes = {
            name: tf.TensorSpec((None, *read.shape[1:]), read.dtype)
            for name, read in model.input.items()
        }
        labels, weights = tf.TensorSpec((None,), tf.int64), tf.TensorSpec((None,), tf.float32)
        self._compiled = tf.function(self._learn, input_signature=[shapes, labels, weights])
        self._looked = tf.function(self._look, input_signature=[shapes, labels])

    def step(self, batch: Batch, *, epoch: int, selector: Selector | None = None) -> None:
        """
        Move the weights once against the gradient of the batch's mean loss.

        They stay where the selector learns from no row: where rows are few and batches small,
        all of a batch may surprise.
        """
        if selector is not None:
            batch = self._chosen(batch, epoch, selector)
        if not len(batch.rows):
            return
        loss, right = self._compiled(batch.inputs, batch.labels, batch.weights)
        self._sums += (float(loss), float(right), len(batch.labels))

    def mean(self) -> tuple[float, float]:
        """Return the main expert's mean loss and accuracy since the last call; 0 of no rows."""
        loss, right, rows = self._sums
        self._sums = np.zeros(3)
        return loss / max(rows, 1), right / max(rows, 1)

    def _chosen(self, batch: Batch, epoch: int, selector: Selector) -> Batch:
        """Return the rows that the selector learns from, under its labels."""
        losses, predicted, sureness = self._looked(batch.inputs, batch.labels)
        choice = selector.choose(
            epoch=epoch,
            rows=batch.rows,
            given=batch.labels,
            losses=losses.numpy(),
            predicted=predicted.numpy(),
            sureness=sureness.numpy(),
        )
        used = choice.is_used
        return Batch(
            rows=batch.rows[used],
            inputs={name: values[used] for name, values in batch.inputs.items()},
            labels=choice.labels[used].astype(np.int64),
            weights=batch.weights[used],
        )

    def _look(
        self, inputs: dict[str, tf.Tensor], labels: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return the main expert's loss of each row, its most probable category and how much."""
        logits = self._model(inputs, training=False)[self._main]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        return losses, tf.argmax(logits, axis=1), tf.reduce_max(tf.nn.softmax(logits), axis=1)

    def _learn(
        self, inputs: dict[str, tf.Tensor], labels: tf.Tensor, weights: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            heads = self._model(inputs, training=True)
            losses = {head: self._losses(logits, labels) for head, logits in heads.items()}
            total = sum(
                self._share(head) * tf.reduce_mean(loss * weights * self._has(head, inputs))
                for head, loss in losses.items()
            )
        variables = self._model.trainable_variables
        self.optimizer.apply(tape.gradient(total, variables), variables)
        right = tf.argmax(heads[self._main], axis=1) == labels
        return tf.reduce_sum(losses[self._main]), tf.reduce_sum(tf.cast(right, tf.float32))

    def _losses(self, logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return each row's cross-entropy against its smoothed label, shape (b,)."""
        logs = tf.nn.log_softmax(logits)  # (b, n_categories)
        given = tf.gather(logs, labels, axis=1, batch_dims=1)
        smoothing = self._config.label_smoothing
        return -(1 - smoothing) * given - smoothing * tf.reduce_mean(logs, axis=1)

    def _share(self, head: str) -> float:
        return 1.0 if head == self._main else self._config.side_weight

    def _has(self, head: str, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """Return how much of what the head reads a row has, shape (b,) or 1 for all."""
        weight = inputs.get(weight_of(head))
        return tf.constant(1.0) if weight is None else tf.squeeze(weight, axis=1)
