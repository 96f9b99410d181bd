import math

import keras
import numpy as np
import pyarrow as pa
import pytest
from keras import layers

from mlcore.training.config import TrainingConfig
from mlcore.training.held_out import measured_on
from mlcore.training.rows import Rows

LABELS = np.array([0, 1, 1, 1])


@pytest.fixture(scope="module")
def model():
    """Its picture head says what the picture is; the combined one never knows."""
    image = keras.Input((2,), name="image")
    weight = keras.Input((1,), name="image_weight")
    unsure = layers.Dense(2, kernel_initializer="zeros")(image)
    experts = {"image": layers.Rescaling(1.0)(image), "combined": unsure}
    return keras.Model({"image": image, "image_weight": weight}, experts)


def pictures(*, are_there):
    """Return four rows whose pictures are right on the first two."""
    first = np.array([[1, 0], [0, 1], [1, 0], [1, 0]], dtype=np.float32)
    weights = np.array(are_there, dtype=np.float32)[:, None]
    products = pa.chunked_array([["a", "b", "c", "d"]])
    return Rows({"image": first, "image_weight": weights}, LABELS, products)


def test_the_loss_is_that_of_the_leading_head(model):
    found = measured_on(model, pictures(are_there=[1, 1, 1, 1]), TrainingConfig())

    assert found.loss == pytest.approx(math.log(2))
    assert found.accuracy == 0.25  # the first category of equal ones


def test_the_objective_minds_other_heads_by_the_side_weight(model):
    config = TrainingConfig(side_weight=0.5)

    found = measured_on(model, pictures(are_there=[1, 1, 1, 1]), config)

    # Right on half of the rows and as sure of all: at its best temperature it knows nothing.
    assert found.objective == pytest.approx(1.5 * math.log(2), abs=1e-3)


def test_a_head_is_not_blamed_for_rows_without_what_it_reads(model):
    found = measured_on(model, pictures(are_there=[1, 1, 0, 0]), TrainingConfig())

    assert found.objective == pytest.approx(math.log(2), abs=1e-3)
