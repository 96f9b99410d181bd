"""The talk's text branch: convolutions over word embeddings, and their maxima."""

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from mlcore.models.hidden import hidden_layer

WIDTHS = (1, 2, 3, 4)
"""Words that one convolution sees side by side."""

FIRST_WORDS = 0.001
"""Spread of untrained word vectors: next to nothing, so that words which were rarely
trained stay silent instead of adding noise."""


def text_cnn(
    ids: keras.KerasTensor,
    *,
    branch: str,
    vocabulary_size: int,
    embedding_size: int,
    filters: int,
    hidden_size: int,
    dropout: float,
    activation: str = "relu",
    convolution_activation: str = "relu",
    is_normalised: bool = True,
    widths: Sequence[int] = WIDTHS,
) -> keras.KerasTensor:
    """
    Return what the branch makes of token ids: a hidden layer.

    The maximum over time is a MaxPooling1D as wide as the sequence and a Flatten:
    what GlobalMaxPooling1D does, in layers that DeepExplainer can walk back through.

    Args:
        ids: int32 (n, length), the length at least the widest convolution.
        branch: begins the names of the layers.
        vocabulary_size: ids that the embedding knows, padding and unknown included.
        embedding_size, filters, hidden_size: units of the embedding, of each
            convolution and of the hidden layer.
        dropout: share of units left out before the hidden layer while training.
        activation, convolution_activation: of the hidden layer and of the convolutions.
        is_normalised: as in `hidden_layer`.
        widths: words that each convolution sees.

    Returns:
        float32 (n, hidden_size).
    """
    words = layers.Embedding(
        vocabulary_size,
        embedding_size,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=FIRST_WORDS),
        name=f"{branch}_words",
    )(ids)
    convolutions = [
        layers.Conv1D(
            filters, width, activation=convolution_activation, name=f"{branch}_words_{width}"
        )
        for width in widths
    ]
    maxima = [_strongest(convolution(words)) for convolution in convolutions]
    found = layers.Concatenate()(maxima)  # (n, filters * len(widths))
    found = layers.Dropout(dropout)(found)
    return hidden_layer(
        found,
        hidden_size,
        activation=activation,
        is_normalised=is_normalised,
        name=f"{branch}_hidden",
    )


def set_words(model: keras.Model, branch: str, vectors: npt.NDArray[np.float32]) -> None:
    """
    Let the words of a branch begin at these vectors.

    Args:
        model: a network with this branch.
        vectors: shape (vocabulary_size, embedding_size); words whose numbers are all 0
            stay where they are.
    """
    layer = model.get_layer(f"{branch}_words")
    (first,) = layer.get_weights()
    is_known = vectors.any(axis=1, keepdims=True)
    layer.set_weights([np.where(is_known, vectors, first)])


def _strongest(responses: keras.KerasTensor) -> keras.KerasTensor:
    """Return each filter's strongest response anywhere in the text."""
    return layers.Flatten()(layers.MaxPooling1D(responses.shape[1])(responses))
