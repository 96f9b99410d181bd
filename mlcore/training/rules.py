"""What numbers of a training config must keep to."""

from collections.abc import Mapping
from typing import Any

from mlcore.progress import BadInput

SHARES = (
    "dropout",
    "word_dropout",
    "branch_dropout",
    "label_smoothing",
    "noise_rate",
    "uncertainty",
    "precision",
)
"""Settings in [0, 1)."""

OPTIONAL = ("side_weight", "self_training", "class_weight", "mall_prior", "restarts", "warm_up")
"""Settings that may be 0: they turn something off, or are decided."""

NOT_NUMBERS = (
    "branches",
    "cleaning",
    "optimizer",
    "activation",
    "convolution_activation",
    "name_reads",
    "normalisation",
    "word_vectors",
)
"""Settings that are no numbers."""

OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "sgd")

ACTIVATIONS = ("relu", "gelu", "elu", "tanh")

WIDEST_CONVOLUTION = 4


def as_kind(kind: type, value: Any) -> Any:
    """
    Return a typed value as a setting of this kind.

    Raises:
        TypeError, ValueError: it is none; a whole number is not cut out of a broken one.

    >>> as_kind(int, "3"), as_kind(float, 1), as_kind(tuple, ["name"])
    (3, 1.0, ('name',))
    """
    if isinstance(value, bool) or (kind is int and isinstance(value, float) and value % 1):
        raise TypeError(f"{value} is no {kind.__name__}")
    return kind(value)


def check_numbers(record: Mapping[str, Any]) -> None:
    """
    Check the numbers of a config.

    Raises:
        BadInput: one is out of its range.
    """
    for name, value in record.items():
        if name in SHARES:
            if not 0 <= value < 1:
                raise BadInput(f"{name} must lie in [0, 1), not {value}.")
        elif name in OPTIONAL:
            if not value >= 0:
                raise BadInput(f"{name} must be 0 or more, not {value}.")
        elif name not in (*NOT_NUMBERS, "seed") and not value > 0:
            raise BadInput(f"{name} must be more than 0, not {value}.")
    if not 0 <= record["seed"] < 2**32:
        raise BadInput(f"seed must lie in [0, 2^32), not {record['seed']}.")
    if not record["target_accuracy"] < 1:
        raise BadInput(f"target_accuracy must stay under 1, not {record['target_accuracy']}.")
    if not record["validation_share"] < 0.5:
        raise BadInput("validation_share must stay under one half.")
    if min(record["name_length"], record["mall_length"]) < WIDEST_CONVOLUTION:
        raise BadInput(f"Texts must be read to at least {WIDEST_CONVOLUTION} tokens.")
    if record["vocabulary_size"] < 3:
        raise BadInput("vocabulary_size must leave room for a word: at least 3.")
