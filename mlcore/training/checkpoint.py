"""Where a training that is killed goes on: after its last finished epoch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np
import numpy.typing as npt

from mlcore.corpus.folder import read_json, replacing, write_json
from mlcore.progress import BadInput

ARRAYS = "arrays.npz"
RECORD = "record.json"


@runtime_checkable
class Remembering(Protocol):
    """A selector whose later choices depend on earlier ones."""

    def state(self) -> dict[str, npt.NDArray[np.generic]]: ...
    def restore(self, state: dict[str, npt.NDArray[np.generic]]) -> None: ...


@dataclass
class Standing:
    """
    All that the next epoch depends on, in the objects that hold it.

    Attributes:
        model, optimizer, dice, selector: of the training.
        best: weights of the best epoch so far.
        history: figures of the finished epochs, as records.
    """

    model: keras.Model
    optimizer: keras.optimizers.Optimizer
    dice: np.random.Generator
    selector: object | None
    best: list[npt.NDArray[Any]]
    history: list[dict[str, float]] = field(default_factory=list)


class Checkpoint:
    """A folder with the standing of one training."""

    def __init__(self, folder: Path, *, identity: str) -> None:
        """
        Args:
            folder: need not exist.
            identity: of settings and rows; what another training left is not taken up.
        """
        self._folder = folder
        self._identity = identity

    def save(self, standing: Standing) -> None:
        """Keep the standing; a kill meanwhile leaves the one before."""
        arrays = {
            **_numbered("model", [variable.numpy() for variable in standing.model.variables]),
            **_numbered("optimizer", [each.numpy() for each in standing.optimizer.variables]),
            **_numbered("best", standing.best),
        }
        if isinstance(standing.selector, Remembering):
            arrays |= {f"selector.{k}": v for k, v in standing.selector.state().items()}
        record = {
            "identity": self._identity,
            "history": standing.history,
            "dice": standing.dice.bit_generator.state,
        }
        with replacing(self._folder) as draft:
            np.savez(draft / ARRAYS, **arrays)  # type: ignore[arg-type]
            write_json(draft / RECORD, record)

    def restore(self, standing: Standing) -> bool:
        """Bring the objects where the training stopped; False when nothing of it is kept."""
        try:
            record = read_json(self._folder / RECORD)
            if record["identity"] != self._identity:
                return False
            with np.load(self._folder / ARRAYS) as file:
                arrays = dict(file)
        except (BadInput, OSError, KeyError, ValueError):
            return False
        _assign(standing.model.variables, _of("model", arrays))
        _assign(standing.optimizer.variables, _of("optimizer", arrays))
        standing.best = _of("best", arrays)
        if isinstance(standing.selector, Remembering):
            prefix = "selector."
            kept = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
            standing.selector.restore(kept)
        standing.history = record["history"]
        standing.dice.bit_generator.state = record["dice"]
        return True


def _numbered(kind: str, values: Sequence[npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {f"{kind}.{number}": value for number, value in enumerate(values)}


def _of(kind: str, arrays: dict[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """Return what `_numbered` numbered."""
    number = sum(name.startswith(f"{kind}.") for name in arrays)
    return [arrays[f"{kind}.{place}"] for place in range(number)]


def _assign(variables: Sequence[keras.Variable], values: Sequence[npt.NDArray[Any]]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
