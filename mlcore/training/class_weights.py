"""How much rows of large and of small categories count."""

import numpy as np
import numpy.typing as npt

from mlcore.training.config import TrainingConfig


def class_weights(labels: npt.NDArray[np.int64], config: TrainingConfig) -> npt.NDArray[np.float32]:
    """Return how much a row of each category counts, 1 on average over the rows."""
    counts = np.bincount(labels).astype(np.float64)
    weights = np.maximum(counts, 1) ** -config.class_weight
    weights *= len(labels) / float(weights @ counts)
    return weights.astype(np.float32)
