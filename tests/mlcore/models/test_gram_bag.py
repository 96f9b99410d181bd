import math

import numpy as np
import pytest

from mlcore.models.gram_bag import set_linear
from mlcore.models.network import Architecture, Grams, Text, answering, network, without_grams

SIZES = {"embedding_size": 4, "filters": 2, "hidden_size": 3, "dropout": 0.5}
GRAMS = Grams(buckets=3, length=4)
WORDS = Text(vocabulary_size=5, length=4)


def with_numbers(model):
    """Two categories and three n-grams; the first speaks for one category, the second against."""
    vectors = np.array([[9, 9], [1, 0], [0, -1], [0, 0]], dtype=np.float32)
    prior = np.array([-0.5, -0.25], dtype=np.float32)
    weights = np.array([0, 3, 4, 1], dtype=np.float32)
    set_linear(model, weights=weights, vectors=vectors, prior=prior)
    return model


@pytest.fixture(scope="module")
def linear():
    return with_numbers(network(Architecture(n_categories=2, name=None, grams=GRAMS, **SIZES)))


@pytest.fixture(scope="module")
def beside_words():
    return with_numbers(network(Architecture(n_categories=2, name=WORDS, grams=GRAMS, **SIZES)))


def logits(model, *ids):
    inputs = {"grams": np.array([ids], dtype=np.int32)}
    return np.asarray(model(inputs, training=False)["grams"])[0]


def log_sigmoid(*margins):
    return [-math.log1p(math.exp(-margin)) for margin in margins]


def test_the_weights_of_a_name_have_length_one(linear):
    found = logits(linear, 1, 2, 0, 0)

    assert found == pytest.approx(log_sigmoid(3 / 5 - 0.5, -4 / 5 - 0.25), rel=1e-5)


def test_an_n_gram_that_is_there_twice_counts_twice(linear):
    found = logits(linear, 1, 1, 2, 0)

    length = math.sqrt(9 + 9 + 16)
    assert found == pytest.approx(log_sigmoid(6 / length - 0.5, -4 / length - 0.25), rel=1e-5)


def test_padding_says_nothing(linear):
    assert logits(linear, 1, 0, 0, 0) == pytest.approx(log_sigmoid(0.5, -0.25), rel=1e-5)


def test_a_name_without_n_grams_gets_what_is_known_of_all_names(linear):
    assert logits(linear, 0, 0, 0, 0) == pytest.approx(log_sigmoid(-0.5, -0.25))


def test_n_grams_alone_answer_for_the_name(linear):
    found = answering(linear)({"grams": np.array([[1, 2, 0, 0]], dtype=np.int32)})

    one, other = log_sigmoid(3 / 5 - 0.5, -4 / 5 - 0.25)
    first = 1 / (1 + math.exp(other - one))
    assert np.asarray(found["name"])[0] == pytest.approx([first, 1 - first], rel=1e-5)
    assert without_grams(linear) is None


def test_beside_words_both_are_added_as_far_as_each_is_believed(beside_words):
    inputs = {
        "grams": np.array([[1, 2, 0, 0]], dtype=np.int32),
        "name": np.array([[2, 3, 0, 0]], dtype=np.int32),
    }
    experts = {k: np.asarray(v)[0] for k, v in beside_words(inputs, training=False).items()}

    found = np.asarray(answering(beside_words, {"name": (2.0, 0.5)})(inputs)["name"])[0]

    powers = np.exp(2 * experts["grams"] + 0.5 * experts["name"])
    assert list(experts) == ["grams", "name"]
    assert found == pytest.approx(powers / powers.sum(), rel=1e-5)


def test_only_the_other_layers_are_trained_together(beside_words):
    learning = without_grams(beside_words)

    assert (list(learning.input), list(learning.output)) == (["name"], ["name"])
    assert not any("gram" in weight.path for weight in learning.weights)
    assert not any("gram" in weight.path for weight in beside_words.trainable_weights)
