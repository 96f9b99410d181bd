import numpy as np
import pytest

from mlcore.models.text_cnn import text_cnn


@pytest.fixture(scope="module")
def network():
    return text_cnn(
        vocabulary_size=10,
        n_categories=5,
        length=6,
        embedding_size=4,
        filters=2,
        hidden_size=3,
        dropout=0.5,
    )


def test_weights_are_as_many_as_the_talks_layers_need(network):
    words = 10 * 4
    convolutions = sum(width * 4 * 2 + 2 for width in (1, 2, 3, 4))
    hidden = 4 * 2 * 3 + 3
    category = 3 * 5 + 5

    assert network.count_params() == words + convolutions + hidden + category


def test_every_name_gets_probabilities_that_sum_to_one(network):
    ids = np.array([[2, 3, 0, 0, 0, 0], [1] * 6, [0] * 6], dtype=np.int32)

    probabilities = np.asarray(network(ids))

    assert probabilities.shape == (3, 5)
    assert probabilities.sum(axis=1) == pytest.approx([1, 1, 1])


def test_no_layer_is_one_that_deepexplainer_cannot_walk_through(network):
    assert not [layer for layer in network.layers if "GlobalMaxPooling" in type(layer).__name__]
