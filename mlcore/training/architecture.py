"""The untrained network of some rows and settings. Loads TensorFlow."""

import keras
import numpy as np
import numpy.typing as npt

from mlcore.artifact.encoder import Encoder, TextReader
from mlcore.heads import IMAGE, NAME, weight_of
from mlcore.models.gram_bag import set_linear
from mlcore.models.network import Architecture, Grams, Text, network, set_scale_of
from mlcore.models.text_cnn import set_words
from mlcore.text.grams import GramReader
from mlcore.training.config import TrainingConfig
from mlcore.training.name_grams import NameGrams
from mlcore.training.rows import Prepared, Rows

Floats = npt.NDArray[np.float32]

SEEN_PICTURES = 10_000
"""Pictures whose features tell mean and variance of all."""


def untrained(config: TrainingConfig, rows: Prepared) -> keras.Model:
    """Return a new network that fits the rows; its words begin where these say."""
    model = network(_architecture(config, rows.encoder, len(rows.categories)))
    if rows.word_vectors is not None:
        set_words(model, NAME, rows.word_vectors)
    if rows.encoder.image is not None:
        set_scale_of(model, *_spread(rows.training))
    return model


def put_grams(model: keras.Model, grams: NameGrams) -> None:
    """Let the network know what was learnt of n-grams."""
    linear = grams.model
    set_linear(model, weights=grams.weights, vectors=linear.vectors, prior=linear.prior)


def _architecture(config: TrainingConfig, encoder: Encoder, n_categories: int) -> Architecture:
    return Architecture(
        n_categories=n_categories,
        name=_text(encoder.name),
        grams=_grams(encoder.grams),
        mall=_text(encoder.mall),
        image=encoder.image,
        embedding_size=config.embedding_size,
        filters=config.filters,
        hidden_size=config.hidden_size,
        dropout=config.dropout,
        activation=config.activation,
        convolution_activation=config.convolution_activation,
        is_normalised=config.normalises,
    )


def _grams(reader: GramReader | None) -> Grams | None:
    if reader is None:
        return None
    return Grams(buckets=reader.buckets, length=reader.length)


def _spread(rows: Rows) -> tuple[Floats, Floats]:
    """Return mean and variance of each feature over the rows that have a picture."""
    there = np.flatnonzero(rows.inputs[weight_of(IMAGE)][:, 0])
    some = rows.inputs[IMAGE][there[:: len(there) // SEEN_PICTURES + 1]]
    if not len(some):
        width = rows.inputs[IMAGE].shape[1]
        return np.zeros(width, np.float32), np.ones(width, np.float32)
    return some.mean(axis=0), some.var(axis=0)


def _text(reader: TextReader | None) -> Text | None:
    if reader is None:
        return None
    return Text(vocabulary_size=len(reader.vocabulary), length=reader.length)
