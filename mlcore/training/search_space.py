"""Which settings a search tries, and between what ends."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlcore.training.rules import ACTIVATIONS, OPTIMIZERS

if TYPE_CHECKING:  # pages draw the space without loading what searches it
    import optuna

Value = float | int | str


@dataclass(frozen=True)
class Range:
    """A setting between two numbers, the ends included."""

    name: str
    low: float
    high: float
    is_log: bool = False

    def suggest(self, trial: "optuna.Trial") -> Value:
        """Return a value for a trial."""
        return trial.suggest_float(self.name, self.low, self.high, log=self.is_log)

    def holds(self, value: Value) -> bool:
        """Tell whether a value lies between the ends."""
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choice:
    """A setting that is one of some values."""

    name: str
    values: tuple[Value, ...]

    def suggest(self, trial: "optuna.Trial") -> Value:
        """Return a value for a trial."""
        value = trial.suggest_categorical(self.name, self.values)
        assert value is not None
        return value

    def holds(self, value: Value) -> bool:
        """Tell whether a value is one of them."""
        return value in self.values


Space = tuple[Range | Choice, ...]

SPACE: Space = (
    Choice("hidden_size", (32, 64, 128, 256, 512, 1024)),
    Choice("filters", (32, 64, 128, 256)),
    Range("dropout", 0.0, 0.7),
    Range("word_dropout", 0.0, 0.5),
    Choice("activation", ACTIVATIONS),
    Choice("convolution_activation", ACTIVATIONS),
    Choice("optimizer", OPTIMIZERS),
    Choice("batch_size", (64, 128, 256, 512, 1024)),
    Range("learning_rate", 1e-4, 1e-2, is_log=True),
)
"""The talk's: fcl_dim is `hidden_size`, hidden_dim is `filters`."""
