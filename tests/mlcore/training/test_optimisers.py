from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from mlcore.models.network import Architecture, Grams, network
from mlcore.training.config import TrainingConfig
from mlcore.training.optimisers import Optimiser

SIZES = {"embedding_size": 4, "filters": 2, "hidden_size": 3, "dropout": 0.0}


@pytest.fixture
def ground():
    """A network of three n-grams, and a function that steps against the sum of their vectors."""
    model = network(Architecture(n_categories=2, name=Grams(buckets=3, length=2), **SIZES))
    config = TrainingConfig(gram_rate=0.5)
    optimiser = Optimiser(model, config, steps=4)
    vectors = model.get_layer("name_grams").embeddings

    def step(ids, towards):
        with tf.GradientTape() as tape:
            taken = tf.gather(vectors.value, ids)
            prior = tf.reduce_sum(model.get_layer("name_prior").bias.value)
            loss = tf.reduce_sum(taken * tf.constant(towards, tf.float32)) + prior
        optimiser.apply(loss, tape)
        return vectors.numpy()

    return SimpleNamespace(step=step, optimiser=optimiser)


def test_the_first_step_of_a_vector_has_the_length_of_the_rate(ground):
    moved = ground.step([1], [3.0, 4.0])

    # The root of the mean square of (3, 4) is 5 / sqrt(2).
    assert moved[1] == pytest.approx([-0.5 * 3 * 2**0.5 / 5, -0.5 * 4 * 2**0.5 / 5], rel=1e-4)


def test_vectors_that_do_not_occur_stay(ground):
    moved = ground.step([1], [3.0, 4.0])

    assert not moved[[0, 2, 3]].any()


def test_an_n_gram_that_occurs_twice_moves_once_by_the_sum(ground):
    moved = ground.step([2, 2], [1.0, 0.0])

    assert moved[2] == pytest.approx([-0.5 * 2**0.5, 0.0], rel=1e-4)


def test_steps_shrink_with_what_was_seen_and_towards_the_end(ground):
    first = ground.step([1], [1.0, 1.0])[1, 0]

    second = ground.step([1], [1.0, 1.0])[1, 0] - first

    # Two equal gradients make the sum 2; one of four steps is done.
    assert second == pytest.approx(first * 0.75 / 2**0.5, rel=1e-4)


def test_what_the_next_step_depends_on_can_be_kept(ground):
    ground.step([1], [1.0, 1.0])

    kept = [np.asarray(variable) for variable in ground.optimiser.variables]

    sums, step = kept[-2:]
    assert sums == pytest.approx([0, 1, 0, 0])
    assert step == 1
