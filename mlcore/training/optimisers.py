"""What moves the weights: Adam or another the layers, Adagrad the vectors of n-grams."""

from functools import partial

import keras
import tensorflow as tf

from mlcore.models.gram_bag import VECTORS
from mlcore.training.config import TrainingConfig

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": partial(keras.optimizers.SGD, momentum=0.9),
}
"""What can move the layers; n-grams have their own."""

FIRST_SUM = 1e-14
"""Adagrad's sums begin next to nothing, so that an n-gram's first step is a whole one."""


class Optimiser:
    """
    Two optimisers as one.

    A batch holds some thousands of a quarter of a million n-grams. Adam would move and
    remember every one of them at every step; Adagrad touches those that occur, and lets a
    rare one take longer steps than a frequent one. One sum of squares per n-gram, not per
    number: categories that an n-gram never meets move at the pace of those that it meets.
    """

    def __init__(self, model: keras.Model, config: TrainingConfig, *, steps: int) -> None:
        """
        Args:
            model: its layers exist; a gram branch is found by its name.
            config: the learning rates.
            steps: of the whole training; both rates have fallen to 0 by then.
        """
        rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
        self._layers = OPTIMIZERS[config.optimizer](rate)
        self._rows = [weight for weight in model.trainable_weights if VECTORS in weight.path]
        self._dense = [weight for weight in model.trainable_weights if VECTORS not in weight.path]
        self._layers.build(self._dense)
        self._rate, self._steps = config.gram_rate, steps
        self._sums = [
            keras.Variable(tf.fill(weight.shape[:1], FIRST_SUM), trainable=False, name="sums")
            for weight in self._rows
        ]
        self._step = keras.Variable(0, trainable=False, dtype="int64", name="step")

    @property
    def variables(self) -> list[keras.Variable]:
        """All that the next step depends on beside the weights."""
        return [*self._layers.variables, *self._sums, self._step]

    def apply(self, loss: tf.Tensor, tape: tf.GradientTape) -> None:
        """Move all weights once against the gradient of a loss on that tape."""
        gradients = tape.gradient(loss, [w.value for w in (*self._dense, *self._rows)])
        self._layers.apply(gradients[: len(self._dense)], self._dense)
        left = 1.0 - tf.cast(self._step.value, tf.float32) / self._steps
        for weight, sums, gradient in zip(
            self._rows, self._sums, gradients[len(self._dense) :], strict=True
        ):
            if gradient is not None:
                self._move(weight.value, sums.value, gradient, left)
        self._step.value.assign_add(1)

    def _move(
        self, weight: tf.Variable, sums: tf.Variable, gradient: tf.IndexedSlices, left: tf.Tensor
    ) -> None:
        """Move the rows that occur in the batch."""
        ids, place = tf.unique(tf.reshape(gradient.indices, [-1]))
        values = tf.reshape(gradient.values, [-1, weight.shape[1]])
        moves = tf.math.unsorted_segment_sum(values, place, tf.size(ids))  # (n_ids, width)
        squares = tf.reduce_mean(tf.square(moves), axis=1)
        sums.scatter_add(tf.IndexedSlices(squares, ids))
        pace = self._rate * left / tf.sqrt(tf.gather(sums, ids))
        # The padding has no vector: its weight in a name is 0, and it stays where it is.
        weight.scatter_sub(tf.IndexedSlices(moves * pace[:, None], ids))
