import keras
import numpy as np
import pytest

from mlcore.models.hidden import hidden_layer


def answers(read, **settings):
    """What a hidden layer of four units makes of rows of numbers, with its first weights."""
    keras.utils.set_random_seed(0)
    given = keras.Input((read.shape[1],))
    found = hidden_layer(given, 4, activation="linear", name="some_hidden", **settings)
    return np.asarray(keras.Model(given, found)(read))


READ = np.array([[1, 2, 3], [40, 50, -60]], dtype=np.float32)


def test_the_sums_of_a_product_are_brought_to_mean_0_and_variance_1():
    found = answers(READ, is_normalised=True)

    assert found.mean(axis=1) == pytest.approx(0, abs=1e-6)
    assert found.var(axis=1) == pytest.approx(1, abs=0.02)


def test_sums_keep_their_size_where_nothing_is_to_be_normalised():
    assert answers(10 * READ, is_normalised=False) == pytest.approx(
        10 * answers(READ, is_normalised=False), rel=1e-5
    )
