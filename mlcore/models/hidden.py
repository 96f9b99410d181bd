"""A branch's last layer before the categories."""

import keras
from keras import layers


def hidden_layer(
    read: keras.KerasTensor, units: int, *, activation: str, is_normalised: bool, name: str
) -> keras.KerasTensor:
    """
    Return a layer of units, each seeing everything that was read.

    Args:
        read: float32 (n, width).
        units: how many.
        activation: what the units make of their sums.
        is_normalised: bring the sums of each product to mean 0 and variance 1 first.
        name: of the layer.

    Returns:
        float32 (n, units).

    Source:
        Ba, Kiros & Hinton (2016), "Layer Normalization", arXiv:1607.06450.
    """
    if not is_normalised:
        return layers.Dense(units, activation=activation, name=name)(read)
    sums = layers.LayerNormalization(name=f"{name}_norm")(layers.Dense(units, name=name)(read))
    return layers.Activation(activation, name=f"{name}_activation")(sums)
