"""The default text branch: a linear model over character n-grams, inside the network."""

import math

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

VECTORS = "name_grams"
"""The layer whose rows are trained by their own optimiser, as each batch has few of them."""

WEIGHTS = "name_gram_weights"

WIDEST = 256
"""Numbers of an n-gram's vector at most; 4,215 categories share so many."""

NOTHING = 1e-6
"""Keeps names without an n-gram from dividing by 0; real squares are 1 and more."""

FIRST_VECTORS = 0.05
"""Spread of untrained vectors where they are not the categories' logits themselves."""


def gram_bag(
    ids: keras.KerasTensor, *, buckets: int, n_categories: int
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """
    Return what the branch makes of the n-grams of a name: their sum, and its logits.

    Each n-gram has a weight, rare ones more (`set_weights_of`), and the weights of a name
    have length 1. With few categories an n-gram's vector holds their logits; with many, a
    dense layer stands between.

    Args:
        ids: int32 (n, length), 0 pads.
        buckets: ids that occur, the padding not counted.
        n_categories: width of the logits.

    Returns:
        float32 (n, width) and float32 (n, n_categories).
    """
    is_direct = n_categories <= WIDEST
    spread = keras.initializers.RandomNormal(stddev=FIRST_VECTORS)
    vectors = layers.Embedding(
        buckets + 1,
        n_categories if is_direct else WIDEST,
        embeddings_initializer="zeros" if is_direct else spread,
        dtype="float32",
        name=VECTORS,
    )(ids)
    weights = layers.Embedding(
        buckets + 1,
        1,
        embeddings_initializer="ones",
        trainable=False,
        dtype="float32",
        name=WEIGHTS,
    )(ids)
    squares = keras.ops.sum(weights * weights, axis=1, keepdims=True)
    weights = weights * keras.ops.rsqrt(squares + NOTHING)
    summed = layers.Flatten()(layers.Dot(axes=1, dtype="float32")([weights, vectors]))
    if not is_direct:
        return summed, layers.Dense(n_categories, dtype="float32", name="name_logits")(summed)
    # Without it the n-grams' first lesson would be that most answers are wrong.
    rare = -math.log(n_categories)
    # 1 for every name with a letter: what a category has without regard to the letters.
    any_letter = layers.Flatten()(layers.Dot(axes=1, dtype="float32")([weights, weights]))
    prior = layers.Dense(
        n_categories,
        kernel_initializer="zeros",
        bias_initializer=keras.initializers.Constant(rare),
        dtype="float32",
        name="name_prior",
    )(any_letter)
    return summed, layers.Add(dtype="float32", name="name_logits")([summed, prior])


def set_weights_of(
    model: keras.Model, document_frequencies: npt.NDArray[np.int64], *, n_names: int
) -> None:
    """
    Weigh the network's n-grams by their inverse document frequency, smoothed as usual.

    Args:
        model: a network with this branch.
        document_frequencies: names that hold each id, shape (buckets + 1,).
        n_names: names that were counted.
    """
    weights = np.log((1 + n_names) / (1 + document_frequencies)) + 1
    weights[0] = 0.0  # the padding
    model.get_layer(WEIGHTS).set_weights([weights.astype(np.float32)[:, None]])
