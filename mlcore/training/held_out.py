"""What a network says to rows that it is not trained on. Loads TensorFlow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mlcore.artifact.encoder import Inputs
from mlcore.heads import leading, weight_of
from mlcore.quality.calibration import negative_log_likelihood, temperature
from mlcore.quality.temperature import scaled
from mlcore.training.config import TrainingConfig
from mlcore.training.pooling import Logits, Shares, fitted_shares
from mlcore.training.rows import Labels, Rows

BATCH = 1024

SAMPLED_ROWS = 20_000
"""Rows of which every probability is kept: more would only take memory."""

DIGITS = 6
"""Of the objective: what differs by less is equal."""

SIDE_ROWS = 2_000
"""Rows of which the other heads' probabilities are looked at, after every epoch."""


def answers(
    model: keras.Model, inputs: Inputs
) -> Iterator[tuple[int, dict[str, npt.NDArray[np.float32]]]]:
    """Yield the number of each batch's first row, and the logits of every head for the batch."""
    for begin in range(0, len(next(iter(inputs.values()))), BATCH):
        batch = {name: values[begin : begin + BATCH] for name, values in inputs.items()}
        yield begin, dict(model.predict_on_batch(batch))


def predicted(model: keras.Model, inputs: Inputs) -> dict[str, npt.NDArray[np.float32]]:
    """Return the logits of every head for rows that fit into memory, (n, n_categories) each."""
    found = [logits for _, logits in answers(model, inputs)]
    return {head: np.concatenate([logits[head] for logits in found]) for head in found[0]}


def sample_of(rows: int, most: int = SAMPLED_ROWS) -> npt.NDArray[np.int64]:
    """
    Return which of so many rows are looked at with all of their probabilities, evenly spread.

    >>> sample_of(3).tolist(), len(sample_of(1_000_000)), sample_of(5, most=3).tolist()
    ([0, 1, 2], 20000, [0, 2, 4])
    """
    return np.arange(0, rows, max(-(-rows // most), 1), dtype=np.int64)


@dataclass(frozen=True)
class Measured:
    """
    How a network does on held-out rows.

    Attributes:
        loss: the leading head's mean, in nats, at the temperature that suits the rows best.
        accuracy: the leading head's, over all rows.
        objective: the loss, and the other heads' as far as training minds them.
        probabilities: the leading head's, of the rows that are kept.
    """

    loss: float
    accuracy: float
    objective: float
    probabilities: npt.NDArray[np.float64]

    @property
    def figures(self) -> tuple[float, float, float]:
        """Return loss, accuracy and objective."""
        return self.loss, self.accuracy, self.objective


def measured_on(model: keras.Model, rows: Rows, config: TrainingConfig) -> Measured:
    """Measure a network on rows, whose logits are never in memory all at once."""
    kept = sample_of(len(rows))
    labels, inputs = rows.labels[kept], rows.at(kept)
    experts = _experts(model, inputs)
    probabilities = _probabilities(_leading(experts))
    right = 0
    for begin, found in answers(model, rows.inputs):
        best = _leading(found).argmax(axis=1)
        right += int(np.sum(best == rows.labels[begin : begin + len(best)]))
    loss = _calm_loss(probabilities, labels)
    return Measured(
        loss=loss,
        accuracy=right / len(rows),
        objective=round(loss + config.side_weight * _side_losses(experts, labels, inputs), DIGITS),
        probabilities=probabilities,
    )


def shares_on(model: keras.Model, rows: Rows) -> Shares:
    """Return how the experts are best pooled on rows that none of them was trained on."""
    kept = sample_of(len(rows))
    return fitted_shares(_experts(model, rows.at(kept)), rows.labels[kept])


def _experts(model: keras.Model, inputs: Inputs) -> dict[str, Logits]:
    """Return every expert's logits, in double precision since many are summed."""
    return {expert: logits.astype(float) for expert, logits in predicted(model, inputs).items()}


def _side_losses(heads: Mapping[str, Logits], labels: Labels, inputs: Inputs) -> float:
    """Return the sum of all heads' losses but the leading one's, on some rows that have them."""
    total = 0.0
    for head in heads.keys() - {leading(tuple(heads))}:
        weight = inputs.get(weight_of(head))
        has = np.arange(len(labels)) if weight is None else np.flatnonzero(weight[:, 0])
        some = has[sample_of(len(has), SIDE_ROWS)]
        if len(some):
            total += _calm_loss(_probabilities(heads[head][some]), labels[some])
    return total


def _calm_loss(probabilities: npt.NDArray[np.float64], labels: Labels) -> float:
    """Return the mean loss at the temperature that makes it least."""
    calm = scaled(probabilities, temperature(probabilities, labels))
    return negative_log_likelihood(calm, labels)


def _leading(heads: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return heads[leading(tuple(heads))]


def _probabilities(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares
