import h5py
import keras
import numpy as np
import pytest

from mlcore.images import backbones
from mlcore.images.backbones import build, pooled, thaw
from mlcore.progress import BadInput

TINY = "mobilenet_v2_0.35"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of weights of the smallest application, as they are before any training."""
    path = tmp_path_factory.mktemp("weights") / "tiny.weights.h5"
    body = backbones._constructed(backbones.APPLICATIONS[TINY], 32, None)
    body.save_weights(path)
    return path


@pytest.fixture(scope="module")
def tiny(weights):
    return build(TINY, side=32, weights=weights)


def test_the_small_network_learns_from_scratch_and_says_so(backbone):
    assert not backbone.is_pretrained
    assert backbone.origin == "own small network, trained from scratch"
    assert len(backbone.model.trainable_weights) == 12  # kernel, gamma, beta of four blocks
    assert thaw(backbone, blocks=0) == ()
    assert len(backbone.model.trainable_weights) == 12


def test_a_backbone_goes_from_bytes_to_one_vector_a_picture(backbone, samples):
    assert (backbone.side, backbone.width) == (32, 256)
    assert backbone.model(samples[:3]).shape == (3, 2, 2, 256)
    assert pooled(backbone)(samples[:3]).shape == (3, 256)


def test_weights_come_from_a_file_and_are_frozen(tiny, weights):
    assert tiny.is_pretrained
    assert tiny.origin == "file tiny.weights.h5"
    assert tiny.model.trainable_weights == []
    assert build(TINY, side=32, weights=weights).weights == tiny.weights


def test_a_changed_weight_changes_the_digest():
    network = build("small", side=32)
    before = network.weights

    network.model.trainable_weights[0].assign_add(
        np.full(network.model.trainable_weights[0].shape, 1e-3, dtype=np.float32)
    )

    assert network.weights != before


def test_a_file_that_lacks_some_of_the_weights_is_refused(tmp_path):
    path = tmp_path / "some.weights.h5"
    build("small", side=32).model.save_weights(path)
    with h5py.File(path, "r+") as file:
        del file["layers/conv2d_2"]

    with pytest.raises(BadInput, match="does not hold the weights of small"):
        build("small", side=32, weights=path)


def test_a_small_network_that_has_learnt_is_taken_as_pretrained(tmp_path):
    learnt = build("small", side=32)
    learnt.model.save_weights(tmp_path / "small.weights.h5")

    network = build("small", side=32, weights=tmp_path / "small.weights.h5")

    assert network.weights == learnt.weights
    assert network.is_pretrained
    assert network.model.trainable_weights == []


def test_the_last_blocks_learn_and_batch_normalisation_never_does(tiny):
    names = thaw(tiny, blocks=2)

    body = next(layer for layer in tiny.model.layers if isinstance(layer, keras.Model))
    learning = {layer.name.split("_")[1] for layer in body.layers if layer.trainable_weights}
    normalising = [x for x in body.layers if isinstance(x, keras.layers.BatchNormalization)]
    assert names[-3:] == ("block_15", "block_16", "top")
    assert learning == {"16", "1"}  # block_16_* and Conv_1
    assert not any(layer.trainable for layer in normalising)
    thaw(tiny, blocks=0)
    assert tiny.model.trainable_weights == []


@pytest.mark.parametrize("blocks", [-1, 19])
def test_no_more_blocks_learn_than_there_are(tiny, blocks):
    with pytest.raises(BadInput, match=f"mobilenet_v2_0.35 has 18 blocks, {blocks} cannot"):
        thaw(tiny, blocks=blocks)


def test_frozen_normalisation_computes_alike_in_training(tiny, samples):
    trained = tiny.model(samples, training=True)

    assert np.array_equal(trained, tiny.model(samples, training=False))


def test_white_becomes_one_and_black_minus_one():
    ends = np.array([[[[255, 0, 255]]]], dtype=np.uint8)

    assert backbones._signed(ends).numpy().ravel().tolist() == pytest.approx([1, -1, 1])


def test_the_first_resnets_see_blue_green_red_around_their_means():
    pixel = np.array([[[[200, 100, 50]]]], dtype=np.uint8)

    seen = backbones._centred_bgr(pixel).numpy().ravel().tolist()

    assert seen == pytest.approx([50 - 103.939, 100 - 116.779, 200 - 123.68], abs=1e-4)


@pytest.mark.parametrize(
    ("name", "side", "given", "message"),
    [
        ("vgg99", 32, None, "There is no backbone vgg99; there are small, mobilenet_v2_1.0"),
        (TINY, 16, None, "at least 32 pixels, not 16"),
        (TINY, 32, None, "needs weights: give their file, or imagenet"),
        (TINY, 32, "/nowhere/a.weights.h5", "There is no file of weights /nowhere"),
        ("small", 32, "imagenet", "no downloadable weights of small"),
    ],
)
def test_what_cannot_be_built_says_what_to_change(name, side, given, message):
    with pytest.raises(BadInput, match=message):
        build(name, side=side, weights=given)


def test_weights_of_another_network_are_refused(weights):
    with pytest.raises(BadInput, match=r"tiny\.weights\.h5 does not hold the weights of small"):
        build("small", side=32, weights=weights)


def test_a_file_that_holds_no_weights_is_refused(tmp_path):
    (tmp_path / "a.weights.h5").write_bytes(b"nothing")

    with pytest.raises(BadInput, match="does not hold the weights of mobilenet"):
        build(TINY, side=32, weights=tmp_path / "a.weights.h5")


def test_without_a_network_a_download_says_what_to_do(monkeypatch):
    def unreachable(*arguments, **settings):
        raise Exception("URL fetch failure")

    monkeypatch.setattr("keras.src.applications.mobilenet_v2.file_utils.get_file", unreachable)

    with pytest.raises(BadInput, match=r"cannot be downloaded \(URL fetch failure\); give their"):
        build(TINY, side=32, weights="imagenet")
