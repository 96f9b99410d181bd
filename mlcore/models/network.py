"""
The network: a branch for each thing known of a product, a head for each, one for all.

After the talk: the branches' hidden layers are joined into a fourth answer, and all answers
are trained together. A branch of which a product has nothing hands on a learnt vector that
says so, in place of zeros, which would look like a text without known words.
"""

from dataclasses import dataclass

import keras
from keras import layers

from mlcore.heads import COMBINED, IMAGE, MALL, NAME, heads_of, weight_of
from mlcore.models.gram_bag import gram_bag
from mlcore.models.text_cnn import text_cnn


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
        name, mall: the texts that it reads, None for a network without that branch.
            Names as n-grams make the linear branch, as words the talk's.
        image: width of the image features that it reads, None without them.
        embedding_size, filters: units of a word's vector and of each convolution.
        hidden_size: units of each branch's last layer, and of the joint one.
        dropout: share of units left out around the hidden layers while training.
        activation, convolution_activation: of the hidden layers and of the convolutions.
    """

    n_categories: int
    name: Text | Grams | None
    mall: Text | None = None
    image: int | None = None
    embedding_size: int
    filters: int
    hidden_size: int
    dropout: float
    activation: str = "relu"
    convolution_activation: str = "relu"

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of the branches that it has, in the order of its heads."""
        parts = {NAME: self.name, MALL: self.mall, IMAGE: self.image}
        return tuple(branch for branch, part in parts.items() if part is not None)


def network(architecture: Architecture) -> keras.Model:
    """
    Return the untrained network from a product's inputs to each head's logits.

    Inputs by name: `name` and `mall` int32 (n, length), `image` float32 (n, width), and
    for all but the name `<branch>_weight` float32 (n, 1): 0 where the product has
    nothing to read there, 1 or less where it has.

    Returns:
        A model from that dict to a dict of float32 (n, n_categories), one per head.

    Raises:
        ValueError: there is no branch.
    """
    if not architecture.branches:
        raise ValueError("A network needs at least one branch.")
    inputs = _inputs(architecture)
    hidden, heads = {}, {}
    for branch in architecture.branches:
        hidden[branch], heads[branch] = _branch(branch, inputs[branch], architecture)
    if COMBINED in heads_of(architecture.branches):
        joined = layers.Concatenate()(
            [_or_missing(branch, part, inputs) for branch, part in hidden.items()]
        )
        joined = layers.Dropout(architecture.dropout)(joined)
        joint = layers.Dense(
            architecture.hidden_size, activation=architecture.activation, name="joint_hidden"
        )
        heads[COMBINED] = _head(COMBINED, joint(joined), architecture)
    return keras.Model(inputs, heads, name="network")


def answering(model: keras.Model) -> keras.Model:
    """Return the same network, sharing its weights, with probabilities in place of logits."""
    softmax = {
        head: layers.Softmax(name=f"{head}_probability", dtype="float32")(logits)
        for head, logits in model.output.items()
    }
    return keras.Model(model.input, softmax, name="answering")


def _inputs(architecture: Architecture) -> dict[str, keras.KerasTensor]:
    inputs = {}
    for branch, text in ((NAME, architecture.name), (MALL, architecture.mall)):
        if text is not None:
            inputs[branch] = keras.Input((text.length,), dtype="int32", name=branch)
    if architecture.image is not None:
        inputs[IMAGE] = keras.Input((architecture.image,), dtype="float32", name=IMAGE)
    for branch in architecture.branches:
        if branch != NAME:
            weight = weight_of(branch)
            inputs[weight] = keras.Input((1,), dtype="float32", name=weight)
    return inputs


def _branch(
    branch: str, read: keras.KerasTensor, sizes: Architecture
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return the branch's hidden layer and its head's logits."""
    if branch == NAME and isinstance(sizes.name, Grams):
        summed, logits = gram_bag(read, buckets=sizes.name.buckets, n_categories=sizes.n_categories)
        return _dense(branch, summed, sizes), logits
    hidden = _dense(branch, read, sizes) if branch == IMAGE else _words(branch, read, sizes)
    return hidden, _head(branch, hidden, sizes)


def _dense(branch: str, read: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    read = layers.Dropout(sizes.dropout)(read)
    units, name = sizes.hidden_size, f"{branch}_hidden"
    return layers.Dense(units, activation=sizes.activation, name=name)(read)


def _words(branch: str, read: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    text = sizes.name if branch == NAME else sizes.mall
    assert isinstance(text, Text)
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
    )


def _head(head: str, hidden: keras.KerasTensor, sizes: Architecture) -> keras.KerasTensor:
    hidden = layers.Dropout(sizes.dropout)(hidden)
    return layers.Dense(sizes.n_categories, name=f"{head}_logits", dtype="float32")(hidden)


def _or_missing(
    branch: str, hidden: keras.KerasTensor, inputs: dict[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """Return the hidden layer as far as there is one, else what stands for nothing."""
    weight = inputs.get(weight_of(branch))
    if weight is None:
        return hidden
    missing = layers.Dense(hidden.shape[1], use_bias=False, name=f"no_{branch}")(1.0 - weight)
    return layers.Add()([layers.Multiply()([hidden, weight]), missing])
