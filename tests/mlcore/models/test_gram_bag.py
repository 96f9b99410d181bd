import math

import numpy as np
import pytest

from mlcore.models.gram_bag import VECTORS, WEIGHTS, set_weights_of
from mlcore.models.network import Architecture, Grams, network

SIZES = {"embedding_size": 4, "filters": 2, "hidden_size": 3, "dropout": 0.5}


@pytest.fixture(scope="module")
def linear():
    """Two categories and three n-grams; the first speaks for one category, the second against."""
    model = network(Architecture(n_categories=2, name=Grams(buckets=3, length=4), **SIZES))
    vectors = np.array([[9, 9], [1, 0], [0, -1], [0, 0]], dtype=np.float32)
    model.get_layer(VECTORS).set_weights([vectors])
    # Of 7 names all hold the first n-gram, one the second and none the third.
    set_weights_of(model, np.array([0, 7, 1, 0]), n_names=7)
    return model


def logits(model, *ids):
    return np.asarray(model({"name": np.array([ids], dtype=np.int32)}, training=False)["name"])[0]


def test_rare_n_grams_weigh_more(linear):
    [weights] = linear.get_layer(WEIGHTS).get_weights()

    assert weights[:, 0] == pytest.approx([0, 1, 1 + math.log(4), 1 + math.log(8)])


def test_the_weights_of_a_name_have_length_one(linear):
    first, second = 1, 1 + math.log(4)
    length = math.hypot(first, second)

    found = logits(linear, 1, 2, 0, 0)

    # Every name begins at the log odds of one category among two, about -log 2.
    expected = np.array([first, -second]) / length - math.log(2)
    assert found == pytest.approx(expected, rel=1e-5)


def test_padding_says_nothing(linear):
    assert logits(linear, 1, 0, 0, 0) == pytest.approx([1 - math.log(2), -math.log(2)], rel=1e-5)


def test_a_name_without_n_grams_gets_what_is_known_of_all_names(linear):
    assert logits(linear, 0, 0, 0, 0) == pytest.approx([-math.log(2)] * 2)


def test_many_categories_share_the_numbers_of_a_vector():
    model = network(Architecture(n_categories=300, name=Grams(buckets=3, length=4), **SIZES))

    assert model.get_layer(VECTORS).get_weights()[0].shape == (4, 256)
    assert logits(model, 1, 2, 0, 0).shape == (300,)
