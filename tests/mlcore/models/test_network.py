import numpy as np
import pytest

from mlcore.models.network import Architecture, Text, answering, network, set_scale_of

SIZES = {"n_categories": 5, "embedding_size": 4, "filters": 2, "hidden_size": 3, "dropout": 0.5}
WIDE = {**SIZES, "hidden_size": 16}
NAME = Text(vocabulary_size=10, length=6)


@pytest.fixture(scope="module")
def whole():
    """The probabilities of a network with every branch, whose weights are not all zero."""
    sizes = Architecture(name=NAME, mall=Text(vocabulary_size=7, length=4), image=8, **WIDE)
    model = network(sizes)
    dice = np.random.default_rng(1)
    model.set_weights([dice.normal(scale=0.4, size=weight.shape) for weight in model.get_weights()])
    set_scale_of(model, np.zeros(8), np.ones(8))
    return answering(model)


def products(**changes):
    """Two products that are alike but for what is changed of the second."""
    inputs = {
        "name": np.array([[2, 3, 0, 0, 0, 0]] * 2, dtype=np.int32),
        "mall": np.array([[2, 3, 0, 0]] * 2, dtype=np.int32),
        "mall_weight": np.ones((2, 1), dtype=np.float32),
        "image": np.ones((2, 8), dtype=np.float32),
        "image_weight": np.ones((2, 1), dtype=np.float32),
    }
    for name, value in changes.items():
        inputs[name][1] = value
    return inputs


def answers(model, inputs):
    return {head: np.asarray(found) for head, found in model(inputs, training=False).items()}


def test_a_network_of_names_has_the_weights_of_the_talks_layers():
    words = 10 * 4
    convolutions = sum(width * 4 * 2 + 2 for width in (1, 2, 3, 4))
    hidden = 4 * 2 * 3 + 3
    category = 3 * 5 + 5

    model = network(Architecture(name=NAME, is_normalised=False, **SIZES))

    assert model.count_params() == words + convolutions + hidden + category
    assert list(model.output) == ["name"]


def test_branches_are_normalised_where_they_are_joined_and_hidden_layers_if_asked_for():
    plain = Architecture(name=NAME, image=8, is_normalised=False, **SIZES)
    normalised = Architecture(name=NAME, image=8, **SIZES)

    norms = [
        sorted(layer.name for layer in network(each).layers if "Norm" in type(layer).__name__)
        for each in (plain, normalised)
    ]

    joined = ["image_joined", "image_scale", "name_joined"]
    assert norms == [joined, sorted([*joined, "joint_hidden_norm", "name_hidden_norm"])]


def test_no_layer_is_one_that_deepexplainer_cannot_walk_through(whole):
    assert not [layer for layer in whole.layers if "GlobalMaxPooling" in type(layer).__name__]


def test_every_branch_has_a_head_and_all_have_one_together(whole):
    found = answers(whole, products())

    assert list(found) == ["name", "mall", "image", "combined"]
    for probabilities in found.values():
        assert probabilities.shape == (2, 5)
        assert probabilities.sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize(("branch", "other"), [("mall", [4, 4, 4, 4]), ("image", 7.0)])
def test_what_a_missing_branch_holds_does_not_matter_to_the_whole(whole, branch, other):
    without = products(**{f"{branch}_weight": 0})
    without[f"{branch}_weight"][0] = 0
    without[branch][1] = other

    found = answers(whole, without)["combined"]

    assert found[1] == pytest.approx(found[0], abs=1e-6)


@pytest.mark.parametrize("branch", ["mall", "image"])
def test_a_missing_branch_is_not_one_that_is_full_of_zeros(whole, branch):
    missing = products(**{branch: 0, f"{branch}_weight": 0})
    zeros = products(**{branch: 0})

    found, other = answers(whole, missing), answers(whole, zeros)

    assert not np.allclose(found["combined"][1], other["combined"][1], atol=1e-3)


def test_a_mall_that_is_half_believed_counts_less(whole):
    halved = answers(whole, products(mall_weight=0.5))["combined"]

    assert not np.allclose(halved[0], halved[1], atol=1e-3)


def test_a_network_needs_a_branch():
    with pytest.raises(ValueError, match="at least one branch"):
        network(Architecture(name=None, **SIZES))
