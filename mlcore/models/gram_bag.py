"""A linear model over character n-grams, as a part of the network that is trained apart."""

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

VECTORS, WEIGHTS, PRIOR = "gram_vectors", "gram_weights", "gram_prior"

NOTHING = 1e-6
"""Keeps names without an n-gram from dividing by 0; real squares are 1 and more."""

Floats = npt.NDArray[np.float32]


def gram_bag(ids: keras.KerasTensor, *, buckets: int, n_categories: int) -> keras.KerasTensor:
    """
    Return the log-probability of each category against all others, by the n-grams of a name.

    Each n-gram has a weight, the weights of a name have length 1, and an n-gram's vector
    holds a number for every category: how far their sum lies beyond the border to the others.
    Nothing of it is trained with the network: `mlcore.training.linear` finds the numbers and
    `set_linear` puts them here.

    As distances they could not be added to the logits of other layers: far beyond a border
    is not much surer than just beyond it.

    Args:
        ids: int32 (n, length), 0 pads.
        buckets: ids that occur, the padding not counted.
        n_categories: width of the logits.

    Returns:
        float32 (n, n_categories), each 0 or less.

    Source:
        Platt (1999), "Probabilistic outputs for support vector machines", Advances in Large
        Margin Classifiers, 61-74; Zadrozny & Elkan (2002), "Transforming classifier scores
        into accurate multiclass probability estimates", KDD, 694-699.
    """
    vectors = _fixed_rows(buckets, n_categories, VECTORS)(ids)
    weights = _fixed_rows(buckets, 1, WEIGHTS)(ids)
    squares = keras.ops.sum(weights * weights, axis=1, keepdims=True)
    weights = weights * keras.ops.rsqrt(squares + NOTHING)
    summed = layers.Flatten()(layers.Dot(axes=1, dtype="float32")([weights, vectors]))
    # Keras has no layer that adds a constant; this one multiplies by zeros and adds its bias.
    prior = layers.Dense(
        n_categories, kernel_initializer="zeros", trainable=False, dtype="float32", name=PRIOR
    )(layers.Flatten()(squares))
    beyond = layers.Add(dtype="float32", name="gram_margins")([summed, prior])
    return layers.Activation("log_sigmoid", dtype="float32", name="gram_logits")(beyond)


def set_linear(model: keras.Model, *, weights: Floats, vectors: Floats, prior: Floats) -> None:
    """
    Put a trained linear model into a network.

    Args:
        model: a network with this part.
        weights: of each n-gram, shape (buckets + 1,), 0 for the padding.
        vectors: shape (buckets + 1, n_categories).
        prior: of each category, shape (n_categories,).
    """
    model.get_layer(WEIGHTS).set_weights([weights[:, None]])
    model.get_layer(VECTORS).set_weights([vectors])
    model.get_layer(PRIOR).set_weights([np.zeros((1, len(prior)), np.float32), prior])


def _fixed_rows(buckets: int, width: int, name: str) -> layers.Layer:
    return layers.Embedding(
        buckets + 1,
        width,
        embeddings_initializer="zeros",
        trainable=False,
        dtype="float32",
        name=name,
    )
