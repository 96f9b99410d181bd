"""
Backbones: networks from pixels to a map of features, each with its own preprocessing.

Pretrained ones come from Keras Applications with weights from a file or from the network;
`small` is our own, which is trained from scratch together with the rest.
"""

import hashlib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from mlcore.progress import BadInput

SMALL: Final = "small"

IMAGENET: Final = "imagenet"
"""Instead of a path: download the weights that were learnt on ImageNet."""

LEAST_SIDE = 32
"""Pixels; of anything smaller the backbones' last map would be empty."""

FILTERS = (32, 64, 128, 256)
"""Of the small network; each convolution halves the side."""

# Layers of one block share the beginning of their names.
_BLOCK = re.compile(r"(block_\d+|conv\d+_block\d+|expanded_conv_\d+|block\d+[a-z])(?=_)")

# Mean of ImageNet's blue, green and red, from which the first ResNets saw differences.
_MEANS_BGR = (103.939, 116.779, 123.68)


def _signed(pixels: Any) -> Any:
    return keras.layers.Rescaling(1 / 127.5, offset=-1.0)(pixels)


def _unscaled(pixels: Any) -> Any:
    """The network scales for itself; pixels only become numbers of its kind."""
    return keras.layers.Rescaling(1.0)(pixels)


def _centred_bgr(pixels: Any) -> Any:
    reversed_pixels = keras.ops.flip(pixels, axis=-1)
    return keras.layers.Rescaling(1.0, offset=[-mean for mean in _MEANS_BGR])(reversed_pixels)


@dataclass(frozen=True)
class Application:
    """A network of Keras Applications, how its pixels are scaled, and its own settings."""

    constructor: Callable[..., keras.Model]
    preprocess: Callable[[Any], Any]
    settings: dict[str, float] = field(default_factory=dict)


_SHELF = keras.applications

APPLICATIONS = {
    "mobilenet_v2_1.0": Application(_SHELF.MobileNetV2, _signed, {"alpha": 1.0}),
    "mobilenet_v2_1.4": Application(_SHELF.MobileNetV2, _signed, {"alpha": 1.4}),
    "mobilenet_v2_0.35": Application(_SHELF.MobileNetV2, _signed, {"alpha": 0.35}),
    "mobilenet_v3_large": Application(_SHELF.MobileNetV3Large, _unscaled),
    "resnet50": Application(_SHELF.ResNet50, _centred_bgr),
    "resnet50_v2": Application(_SHELF.ResNet50V2, _signed),
    "efficientnet_b0": Application(_SHELF.EfficientNetB0, _unscaled),
    "efficientnet_v2_b0": Application(_SHELF.EfficientNetV2B0, _unscaled),
}

NAMES = (SMALL, *APPLICATIONS)


@dataclass(frozen=True)
class Backbone:
    """
    A network from pixels to features.

    Attributes:
        model: from uint8 RGB pixels, shape (n, side, side, 3), to the last map of features,
            shape (n, height, width, channels); preprocessing is inside.
        name: one of `NAMES`.
        origin: where its weights come from, in words for a person.
        is_pretrained: whether it has learnt something already. If not, it must be trained.
    """

    model: keras.Model
    name: str
    origin: str
    is_pretrained: bool

    @property
    def side(self) -> int:
        """Return the side of the squares that it sees, in pixels."""
        return int(self.model.input_shape[1])

    @property
    def width(self) -> int:
        """Return how many features a picture has after pooling."""
        return int(self.model.output_shape[-1])

    @property
    def weights(self) -> str:
        """Return the SHA-256 of all weights as they are now."""
        digest = hashlib.sha256()
        for variable in self.model.weights:
            values = keras.ops.convert_to_numpy(variable)
            digest.update(f"{values.dtype} {values.shape}\n".encode())
            digest.update(values.tobytes())
        return digest.hexdigest()


def build(name: str, *, side: int, weights: Path | str | None = None) -> Backbone:
    """
    Return a backbone, frozen if it is pretrained.

    Args:
        name: one of `NAMES`.
        side: of the pictures, in pixels.
        weights: path of a Keras weights file without the classifier on top, or `imagenet` to
            download them. None is for `small`, which then learns from scratch.

    Raises:
        BadInput: the name is unknown, the side too small, or the weights are missing, of another
            network, or cannot be downloaded.
    """
    if name not in NAMES:
        raise BadInput(f"There is no backbone {name}; there are {', '.join(NAMES)}.")
    if side < LEAST_SIDE:
        raise BadInput(f"A backbone needs pictures of at least {LEAST_SIDE} pixels, not {side}.")
    if name == SMALL:
        return _small(side, weights)
    if weights is None:
        raise BadInput(
            f"The backbone {name} needs weights: give their file, or {IMAGENET} to download "
            f"them, or take the backbone {SMALL}, which is trained from scratch."
        )
    application = APPLICATIONS[name]
    if weights == IMAGENET:
        body = _downloaded(name, application, side)
    else:
        file = _existing(weights)
        body = _constructed(application, side, None)
        _load(body, name, file)
    pixels = keras.Input((side, side, 3), dtype="uint8", name="pixels")
    model = keras.Model(pixels, body(application.preprocess(pixels)), name="backbone")
    backbone = Backbone(model, name, _origin(weights), is_pretrained=True)
    thaw(backbone, blocks=0)
    return backbone


def thaw(backbone: Backbone, *, blocks: int) -> tuple[str, ...]:
    """
    Let the last blocks learn, freeze the rest, and return the names of all blocks.

    Batch normalisation of a pretrained network always stays frozen: its statistics come from
    far more pictures than a shop has. A network trained from scratch learns as a whole.

    Args:
        blocks: how many of the last ones learn; 0 freezes everything.

    Raises:
        BadInput: there are not as many.
    """
    if not backbone.is_pretrained:
        return ()
    nested = [layer for layer in backbone.model.layers if isinstance(layer, keras.Model)]
    body = nested[0] if nested else backbone.model
    grouped = _blocks(body)
    if not 0 <= blocks <= len(grouped):
        raise BadInput(f"{backbone.name} has {len(grouped)} blocks, {blocks} cannot be tuned.")
    learning = {id(layer) for _, layers in grouped[len(grouped) - blocks :] for layer in layers}
    body.trainable = True
    for layer in body.layers:
        is_normalising = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = id(layer) in learning and not is_normalising
    return tuple(name for name, _ in grouped)


def pooled(backbone: Backbone) -> keras.Model:
    """Return the network from pixels to features: the mean over the last map, (n, width)."""
    features = keras.layers.GlobalAveragePooling2D(name="pooled")(backbone.model.output)
    return keras.Model(backbone.model.input, features, name="features")


def _blocks(body: keras.Model) -> list[tuple[str, list[keras.Layer]]]:
    """Return the blocks with weights in their order; what follows the last is `top`."""
    blocks: list[tuple[str, list[keras.Layer]]] = []
    for name, layers in groupby(body.layers, _block_name):
        found = list(layers)
        if not any(layer.weights for layer in found):
            continue
        if not name:
            name = "top" if blocks else "stem"
        if blocks and blocks[-1][0] == name:
            blocks[-1][1].extend(found)
        else:
            blocks.append((name, found))
    return blocks


def _block_name(layer: keras.Layer) -> str:
    found = _BLOCK.match(layer.name)
    return found[1] if found else ""


def _constructed(application: Application, side: int, weights: str | None) -> keras.Model:
    return application.constructor(
        input_shape=(side, side, 3), include_top=False, weights=weights, **application.settings
    )


def _downloaded(name: str, application: Application, side: int) -> keras.Model:
    try:
        return _constructed(application, side, IMAGENET)
    except Exception as problem:  # Keras raises a bare Exception for what the network does
        raise BadInput(
            f"The weights of {name} cannot be downloaded ({problem}); give their file, or take "
            f"the backbone {SMALL}, which is trained from scratch."
        ) from problem


def _existing(weights: Path | str) -> Path:
    path = Path(weights)
    if not path.is_file():
        raise BadInput(f"There is no file of weights {path}.")
    return path


def _load(model: keras.Model, name: str, path: Path) -> None:
    # Keras only warns where a file lacks some of the weights; NaN shows which were not read.
    model.set_weights([np.full(value.shape, np.nan, value.dtype) for value in model.get_weights()])
    problem: Exception | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.load_weights(path)
        except Exception as failure:  # HDF5, Keras and zip files each have errors of their own
            problem = failure
    if problem or any(np.isnan(value).any() for value in model.get_weights()):
        raise BadInput(f"{path.name} does not hold the weights of {name}.") from problem


def _small(side: int, weights: Path | str | None) -> Backbone:
    if weights == IMAGENET:
        raise BadInput(f"There are no downloadable weights of {SMALL}; it learns from scratch.")
    pixels = keras.Input((side, side, 3), dtype="uint8", name="pixels")
    features = _signed(pixels)
    for filters in FILTERS:
        convolved = keras.layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)
        features = convolved(features)
        features = keras.layers.BatchNormalization(momentum=0.9)(features)
        features = keras.layers.ReLU()(features)
    model = keras.Model(pixels, features, name="backbone")
    if weights is None:
        return Backbone(model, SMALL, "own small network, trained from scratch", False)
    _load(model, SMALL, _existing(weights))
    model.trainable = False
    return Backbone(model, SMALL, _origin(weights), is_pretrained=True)


def _origin(weights: Path | str) -> str:
    return "downloaded, ImageNet" if weights == IMAGENET else f"file {Path(weights).name}"
