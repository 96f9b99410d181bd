"""Probabilities made less or more sure of themselves; apart, because serving needs no more."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

SMALLEST = 1e-12
"""Stands in for a probability that was rounded to 0, whose logarithm has no value."""


def scaled(probabilities: Floats, temperature: float) -> Floats:
    """
    Return the probabilities of logits divided by a temperature.

    The order of the categories stays. Over 1, probabilities come closer to each other.

    Args:
        probabilities: shape (n, n_categories), rows sum to 1.
        temperature: more than 0.

    Returns:
        The same shape and width; rows sum to 1.

    >>> scaled(np.array([[0.8, 0.2]]), 2.0).round(4).tolist()
    [[0.6667, 0.3333]]
    """
    logits = np.log(np.maximum(probabilities, probabilities.dtype.type(SMALLEST)))
    logits /= probabilities.dtype.type(temperature)
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits, out=logits)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers
