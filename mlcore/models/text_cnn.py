"""The talk's text network: convolutions over word embeddings, their maxima, softmax."""

from collections.abc import Sequence

import keras
from keras import layers

WIDTHS = (1, 2, 3, 4)
"""Words that one convolution sees side by side."""

FIRST_WORDS = 0.001
"""Spread of untrained word vectors: next to nothing, so that words which were rarely
trained stay silent instead of adding noise."""

INPUT = "name"
OUTPUT = "category"


def text_cnn(
    *,
    vocabulary_size: int,
    n_categories: int,
    length: int,
    embedding_size: int,
    filters: int,
    hidden_size: int,
    dropout: float,
    widths: Sequence[int] = WIDTHS,
) -> keras.Model:
    """
    Return the untrained network from token ids to category probabilities.

    The maximum over time is a MaxPooling1D as wide as the sequence and a Flatten:
    what GlobalMaxPooling1D does, in layers that DeepExplainer can walk back through.

    Args:
        vocabulary_size: ids that the embedding knows, padding and unknown included.
        n_categories: width of the softmax.
        length: token ids per name, at least the widest convolution.
        embedding_size, filters, hidden_size: units of the embedding, of each
            convolution and of the dense layer before the softmax.
        dropout: share of units left out around the dense layer while training.
        widths: words that each convolution sees.

    Returns:
        A model from int32 (n, length) to float32 (n, n_categories), rows summing to 1.
    """
    name = keras.Input((length,), dtype="int32", name=INPUT)
    words = layers.Embedding(
        vocabulary_size,
        embedding_size,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=FIRST_WORDS),
        name="words",
    )(name)
    maxima = [_strongest(words, width, filters, length) for width in widths]
    hidden = layers.Concatenate()(maxima)  # (n, filters * len(widths))
    hidden = layers.Dropout(dropout)(hidden)
    hidden = layers.Dense(hidden_size, activation="relu", name="hidden")(hidden)
    hidden = layers.Dropout(dropout)(hidden)
    category = layers.Dense(n_categories, activation="softmax", name=OUTPUT)(hidden)
    return keras.Model(name, category, name="text_cnn")


def _strongest(
    words: keras.KerasTensor, width: int, filters: int, length: int
) -> keras.KerasTensor:
    """Return each filter's strongest response anywhere in the name."""
    convolution = layers.Conv1D(filters, width, activation="relu", name=f"words_{width}")
    responses = convolution(words)  # (n, length - width + 1, filters)
    return layers.Flatten()(layers.MaxPooling1D(length - width + 1)(responses))
