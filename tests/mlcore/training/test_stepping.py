"""Single steps of an optimiser."""

import keras
import numpy as np
import pytest

from mlcore.training.config import TrainingConfig
from mlcore.training.selection import Chosen
from mlcore.training.stepping import Batch, Stepper


class Choosing:
    """Learns from the rows that it is told, as given."""

    def __init__(self, *is_used: bool) -> None:
        self._is_used = np.array(is_used)

    def choose(self, *, given, **_) -> Chosen:
        return Chosen(given, self._is_used)


@pytest.fixture
def model():
    image = keras.Input((3,), name="image")
    return keras.Model({"image": image}, {"image": keras.layers.Dense(2)(image)})


@pytest.fixture
def batch():
    inputs = {"image": np.eye(3, dtype=np.float32)[:2]}
    return Batch(np.array([0, 1]), inputs, np.array([0, 1]), np.ones(2, dtype=np.float32))


def moved(model, batch, selector) -> tuple[bool, tuple[float, float]]:
    """Return whether a step moved the weights, and the figures of it."""
    stepper = Stepper(model, TrainingConfig(branches=("image",)), steps=10)
    before = model.get_weights()[0]
    stepper.step(batch, epoch=2, selector=selector)
    return not np.array_equal(before, model.get_weights()[0]), stepper.mean()


def test_a_step_moves_the_weights(model, batch):
    has_moved, (loss, _) = moved(model, batch, Choosing(True, False))

    assert has_moved
    assert loss > 0


def test_a_batch_without_a_row_to_learn_from_leaves_the_weights(model, batch):
    has_moved, figures = moved(model, batch, Choosing(False, False))

    assert not has_moved
    assert figures == (0, 0)
