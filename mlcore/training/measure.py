"""How right a network is on held-out rows, before it is exported. Loads TensorFlow."""

from collections.abc import Sequence

import keras
import numpy as np

from mlcore.heads import leading, weight_of
from mlcore.quality.calibration import Calibration, calibrate
from mlcore.taxonomy import Path, split_path
from mlcore.training.config import TrainingConfig
from mlcore.training.evaluate import Heads, compare
from mlcore.training.held_out import answers, predicted, sample_of
from mlcore.training.rows import Rows

FEWEST_TO_CALIBRATE = 2
"""Held-out rows: one half chooses, the other measures."""


def measure(model: keras.Model, rows: Rows, categories: Sequence[str]) -> Heads:
    """Measure a network from inputs to probabilities on rows that it was not trained on."""
    paths = [split_path(path) for path in categories]
    found: dict[str, list[Path]] = {}
    for _, heads in answers(model, rows.inputs):
        for head, logits in heads.items():
            found.setdefault(head, []).extend(paths[best] for best in logits.argmax(axis=1))
    return compare(
        truth=[paths[label] for label in rows.labels],
        answers=found,
        is_there={
            head: rows.inputs[weight][:, 0] > 0
            for head in found
            if (weight := weight_of(head)) in rows.inputs
        },
    )


def calibrated(model: keras.Model, rows: Rows, config: TrainingConfig) -> Calibration | None:
    """Return how far the leading head can be believed; None where there are too few rows."""
    if len(rows) < FEWEST_TO_CALIBRATE:
        return None
    sample = sample_of(len(rows))
    heads = predicted(model, rows.at(sample))
    return calibrate(
        heads[leading(tuple(heads))],
        rows.labels[sample],
        target=config.target_accuracy,
        dice=np.random.default_rng(config.seed),
    )
