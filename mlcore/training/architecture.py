"""The sizes of a network, from training settings and what its branches read. Loads TensorFlow."""

from mlcore.artifact.encoder import Encoder, TextReader
from mlcore.models.network import Architecture, Text
from mlcore.training.config import TrainingConfig


def architecture(config: TrainingConfig, encoder: Encoder, n_categories: int) -> Architecture:
    """Return the network that the settings ask for, as wide as the encoder's arrays."""
    return Architecture(
        n_categories=n_categories,
        name=_text(encoder.name),
        mall=_text(encoder.mall),
        image=encoder.image,
        embedding_size=config.embedding_size,
        filters=config.filters,
        hidden_size=config.hidden_size,
        dropout=config.dropout,
        activation=config.activation,
        convolution_activation=config.convolution_activation,
    )


def _text(reader: TextReader | None) -> Text | None:
    if reader is None:
        return None
    return Text(vocabulary_size=len(reader.vocabulary), length=reader.length)
