"""
The network: a branch for each thing known of a product, a head for each, one for all.

After the talk: the branches' hidden layers are joined into a fourth answer, and all answers
are trained together. A branch of which a product has nothing hands on a learnt vector that
says so, in place of zeros, which would look like a text without known words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from mlcore.heads import COMBINED, GRAMS, IMAGE, MALL, NAME, heads_of, weight_of
from mlcore.models.gram_bag import gram_bag
from mlcore.models.hidden import hidden_layer
from mlcore.models.text_cnn import text_cnn

SCALE = "image_scale"
"""The layer that brings features of pictures to mean 0 and variance 1."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """How texts of one kind arrive: ids that occur, and ids per text."""

    vocabulary_size: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Grams:
    """How names arrive as character n-grams: ids that occur beside 0, and ids per name."""

    buckets: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """
    The sizes of a network.

    Attributes:
        n_categories: width of every head.
        name, mall: the texts whose words it reads, None for a network without them.
        grams: the names' n-grams, None for a network without that linear model.
        image: width of the image features that it reads, None without them.
        embedding_size, filters: units of a word's vector and of each convolution.
        hidden_size: units of each branch's last layer, and of the joint one.
        dropout: share of units left out around the hidden layers while training.
        activation, convolution_activation: of the hidden layers and of the convolutions.
        is_normalised: whether the hidden layers of words and the joint one are, as in
            `hidden_layer`.
    """

    n_categories: int
    name: Text | None
    grams: Grams | None = None
    mall: Text | None = None
    image: int | None = None
    embedding_size: int
    filters: int
    hidden_size: int
    dropout: float
    activation: str = "relu"
    convolution_activation: str = "relu"
    is_normalised: bool = True

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of the branches that it has, in the order of its heads."""
        parts = {NAME: self.name or self.grams, MALL: self.mall, IMAGE: self.image}
        return tuple(branch for branch, part in parts.items() if part is not None)


def network(architecture: Architecture) -> keras.Model:
    """
    Return the untrained network from a product's inputs to each expert's logits.

    Inputs by name: `name`, `grams` and `mall` int32 (n, length), `image` float32 (n, width),
    and for all but the name `<branch>_weight` float32 (n, 1): 0 where the product has
    nothing to read there, 1 or less where it has.

    Every head but the name's is one expert. The name has up to two: its words, under the
    head's own name, and its n-grams, which share no weight with the rest of the network.

    Returns:
        A model from that dict to a dict of float32 (n, n_categories), one per expert.

    Raises:
        ValueError: there is no branch.
    """
    if not architecture.branches:
        raise ValueError("A network needs at least one branch.")
    inputs = _inputs(architecture)
    experts, hidden = {}, {}
    if architecture.grams is not None:
        buckets, n_categories = architecture.grams.buckets, architecture.n_categories
        experts[GRAMS] = gram_bag(inputs[GRAMS], buckets=buckets, n_categories=n_categories)
    for branch in architecture.branches:
        if branch in inputs:
            hidden[branch] = _hidden(branch, inputs[branch], architecture)
            experts[branch] = _head(branch, hidden[branch], architecture)
    if COMBINED in heads_of(architecture.branches):
        joined = layers.Concatenate()(
            [_or_missing(branch, part, inputs) for branch, part in hidden.items()]
        )
        joined = layers.Dropout(architecture.dropout)(joined)
        joint = hidden_layer(
            joined,
            architecture.hidden_size,
            activation=architecture.activation,
            is_normalised=architecture.is_normalised,
            name="joint_hidden",
        )
        experts[COMBINED] = _head(COMBINED, joint, architecture)
    return keras.Model(inputs, experts, name="network")


def answering(
    model: keras.Model, shares: Mapping[str, tuple[float, float]] | None = None
) -> keras.Model:
    """
    Return the same network, sharing its weights, with each head's probabilities.

    Args:
        model: from inputs to the experts' logits.
        shares: what a head's n-grams and its own layers are multiplied by before they are
            added; heads that are not named have no n-grams beside them.
    """
    heads = {head: logits for head, logits in model.output.items() if head != GRAMS}
    for head, (of_grams, own) in (shares or {}).items():
        grams = layers.Rescaling(of_grams)(model.output[GRAMS])
        pooled = layers.Add(dtype="float32", name=f"{head}_pooled")
        heads[head] = pooled([grams, layers.Rescaling(own)(heads[head])])
    if GRAMS in model.output and NAME not in heads:
        heads[NAME] = model.output[GRAMS]
    softmax = {
        head: layers.Softmax(name=f"{head}_probability", dtype="float32")(logits)
        for head, logits in heads.items()
    }
    return keras.Model(model.input, softmax, name="answering")


def without_grams(model: keras.Model) -> keras.Model | None:
    """Return the experts that are trained together, sharing their weights; None: there is none."""
    experts = {head: logits for head, logits in model.output.items() if head != GRAMS}
    inputs = {name: read for name, read in model.input.items() if name != GRAMS}
    return keras.Model(inputs, experts, name="layers") if experts else None


def set_scale_of(
    model: keras.Model, mean: npt.NDArray[np.float32], variance: npt.NDArray[np.float32]
) -> None:
    """Bring the features of pictures to mean 0 and variance 1, shape (width,) each."""
    model.get_layer(SCALE).set_weights([mean, variance])


def _inputs(architecture: Architecture) -> dict[str, keras.KerasTensor]:
    inputs = {}
    for branch, text in ((NAME, architecture.name), (MALL, architecture.mall)):
        if text is not None:
            inputs[branch] = keras.Input((text.length,), dtype="int32", name=branch)
    if architecture.grams is not None:
        inputs[GRAMS] = keras.Input((architecture.grams.length,), dtype="int32", name=GRAMS)
    if architecture.image is not None:
        inputs[IMAGE] = keras.Input((architecture.image,), dtype="float32", name=IMAGE)
    for branch in architecture.branches:
        if branch != NAME:
            weight = weight_of(branch)
            inputs[weight] = keras.Input((1,), dtype="float32", name=weight)
    return inputs


def _hidden(branch: str, read: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    return _dense(branch, read, sizes) if branch == IMAGE else _words(branch, read, sizes)


def _dense(branch: str, read: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    # It never trains: what it subtracts and divides by is set before (`set_scale_of`).
    read = layers.BatchNormalization(center=False, scale=False, trainable=False, name=SCALE)(read)
    read = layers.Dropout(sizes.dropout)(read)
    units, name = sizes.hidden_size, f"{branch}_hidden"
    return layers.Dense(units, activation=sizes.activation, name=name)(read)


def _words(branch: str, read: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    text = sizes.name if branch == NAME else sizes.mall
    assert text is not None
    return text_cnn(
        read,
        branch=branch,
        vocabulary_size=text.vocabulary_size,
        embedding_size=sizes.embedding_size,
        filters=sizes.filters,
        hidden_size=sizes.hidden_size,
        dropout=sizes.dropout,
        activation=sizes.activation,
        convolution_activation=sizes.convolution_activation,
        is_normalised=sizes.is_normalised,
    )


def _head(head: str, hidden: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    hidden = layers.Dropout(sizes.dropout)(hidden)
    return layers.Dense(sizes.n_categories, name=f"{head}_logits", dtype="float32")(hidden)


def _or_missing(
    branch: str, hidden: keras.KerasTensor, inputs: dict[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """
    Return the hidden layer as far as there is one, else what stands for nothing.

    It is brought to mean 0 and variance 1 for each product. Adam moves every weight alike, so
    that what is summed over the 1,280 numbers of a picture goes 20 times as far in a step as
    what is summed over a word's 64, and drowns it.
    """
    hidden = layers.LayerNormalization(name=f"{branch}_joined")(hidden)
    weight = inputs.get(weight_of(branch))
    if weight is None:
        return hidden
    missing = layers.Dense(hidden.shape[1], use_bias=False, name=f"no_{branch}")(1.0 - weight)
    return layers.Add()([layers.Multiply()([hidden, weight]), missing])
