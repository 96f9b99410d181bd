"""The untrained network of some rows and settings. Loads TensorFlow."""

import keras

from mlcore.artifact.encoder import Encoder, NameReader, TextReader
from mlcore.heads import NAME
from mlcore.models.gram_bag import set_weights_of
from mlcore.models.network import Architecture, Grams, Text, network
from mlcore.models.text_cnn import set_words
from mlcore.text.grams import GramReader, document_frequencies
from mlcore.training.config import TrainingConfig
from mlcore.training.rows import Prepared, Rows


def untrained(config: TrainingConfig, rows: Prepared) -> keras.Model:
    """
    Return a new network that fits the rows.

    Its n-grams are weighed by how rare they are, or its words begin where the rows say.
    """
    model = network(_architecture(config, rows.encoder, len(rows.categories)))
    if isinstance(rows.encoder.name, GramReader):
        _weigh(model, rows.training, rows.encoder.name)
    if rows.word_vectors is not None:
        set_words(model, NAME, rows.word_vectors)
    return model


def _architecture(config: TrainingConfig, encoder: Encoder, n_categories: int) -> Architecture:
    return Architecture(
        n_categories=n_categories,
        name=_grams(encoder.name) or _text(encoder.name),
        mall=_text(encoder.mall),
        image=encoder.image,
        embedding_size=config.embedding_size,
        filters=config.filters,
        hidden_size=config.hidden_size,
        dropout=config.dropout,
        activation=config.activation,
        convolution_activation=config.convolution_activation,
    )


def _grams(reader: NameReader | None) -> Grams | None:
    if not isinstance(reader, GramReader):
        return None
    return Grams(buckets=reader.buckets, length=reader.length)


def _weigh(model: keras.Model, rows: Rows, reader: GramReader) -> None:
    """Weigh the n-grams by how few of the names hold them."""
    frequencies = document_frequencies(rows.inputs[NAME], reader.buckets)
    set_weights_of(model, frequencies, n_names=len(rows))


def _text(reader: NameReader | None) -> Text | None:
    if not isinstance(reader, TextReader):
        return None
    return Text(vocabulary_size=len(reader.vocabulary), length=reader.length)
