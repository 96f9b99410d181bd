"""Which rows of a mini-batch a training learns from, and under which labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from mlcore.quality import label_noise

IntArray = npt.NDArray[np.integer]
FloatArray = npt.NDArray[np.floating]
BoolArray = npt.NDArray[np.bool_]

MOST_NOISE = 0.6
"""Largest share of wrong labels that an estimate may claim: a network that contradicts more of
the rows it is surest of has learnt too little to judge them. Where 40 % of the Naver names were
misfiled on purpose, beside what is misfiled there anyway, estimates were about .5."""

ROUNDING = 1e-9
"""What a product of two fractions may lie above a whole number without being more."""


@dataclass(frozen=True)
class Chosen:
    """
    What a training does with the rows of one mini-batch.

    Attributes:
        labels: category index to learn for each row, shape (b,).
        is_used: whether the row takes part in the update, shape (b,).
    """

    labels: IntArray
    is_used: BoolArray


class Selector(Protocol):
    """Asked for every mini-batch, between the forward pass and the update."""

    def choose(
        self,
        *,
        epoch: int,
        rows: IntArray,
        given: IntArray,
        losses: FloatArray,
        predicted: IntArray,
        sureness: FloatArray | None = None,
    ) -> Chosen:
        """
        Choose the rows of one mini-batch.

        Args:
            epoch: pass over the rows, from 1.
            rows: which rows of the training part these are, shape (b,); none twice.
            given: their given category indices, shape (b,).
            losses: cross-entropy of each against its given category under the current
                weights, shape (b,).
            predicted: most probable category of each under the current weights, shape (b,).
            sureness: its probability, shape (b,), for those who ask for it.
        """


@runtime_checkable
class Estimating(Protocol):
    """A selector that learns from held-out rows how many labels are wrong."""

    def end_epoch(self, *, epoch: int, given: IntArray, probabilities: FloatArray) -> None:
        """
        Hear what the network says of held-out rows after an epoch.

        Args:
            epoch: the pass that ended, from 1.
            given: category indices of the held-out rows, shape (n,).
            probabilities: of the leading head, shape (n, n_categories).
        """


class SmallLoss:
    """
    Leaves out the rows whose given label surprises the network most.

    A network learns what most rows agree on before it learns the exceptions by heart, so
    the largest losses gather wrong labels.

    Source:
        Jiang et al. (2018), "MentorNet", ICML; Han et al. (2018), "Co-teaching", NeurIPS.
    """

    def __init__(self, *, noise_rate: float | None, warm_up: int) -> None:
        """
        Args:
            noise_rate: share of wrong labels, in [0, 1); so much of a batch is left out.
                None: estimated on held-out rows at the end of the warm-up.
            warm_up: first epochs, in which every row is used.

        Raises:
            ValueError: a value is out of its range.
        """
        check_noise_rate(noise_rate)
        if warm_up < 0:
            raise ValueError(f"A warm-up takes 0 or more epochs, not {warm_up}.")
        self.noise_rate = noise_rate
        self.warm_up = warm_up

    def choose(
        self,
        *,
        epoch: int,
        rows: IntArray,
        given: IntArray,
        losses: FloatArray,
        predicted: IntArray,
        sureness: FloatArray | None = None,
    ) -> Chosen:
        """Use the ⌈(1 − noise rate) b⌉ smallest losses; every row during the warm-up."""
        if epoch <= self.warm_up or self.noise_rate is None:
            return Chosen(given, np.ones(len(rows), dtype=np.bool_))
        return Chosen(given, is_small(losses, noise_rate=self.noise_rate))

    def end_epoch(self, *, epoch: int, given: IntArray, probabilities: FloatArray) -> None:
        """Estimate the noise rate at the end of the warm-up, unless it is given."""
        if epoch == self.warm_up and self.noise_rate is None:
            self.noise_rate = estimated(given, probabilities)

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what a later `restore` needs."""
        return {"noise_rate": as_array(self.noise_rate)}

    def restore(self, state: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Go on where `state` was taken."""
        self.noise_rate = from_array(state["noise_rate"])


def is_small(losses: FloatArray, *, noise_rate: float) -> BoolArray:
    """
    Return which losses are among the ⌈(1 − noise_rate) b⌉ smallest; of equal ones the first.

    >>> is_small(np.array([0.1, 9.0, 0.2, 0.3, 5.0]), noise_rate=0.4).tolist()
    [True, False, True, True, False]
    """
    kept = ceil((1 - noise_rate) * len(losses) - ROUNDING)
    is_kept = np.zeros(len(losses), dtype=np.bool_)
    is_kept[np.argsort(losses, kind="stable")[:kept]] = True
    return is_kept


def estimated(given: IntArray, probabilities: FloatArray) -> float:
    """Return the noise rate that held-out rows tell; 0, so that nothing is cleaned, if absurd."""
    rate = label_noise.noise_rate(given, probabilities)
    return rate if rate <= MOST_NOISE else 0.0


def as_array(noise_rate: float | None) -> npt.NDArray[np.generic]:
    """Return a noise rate as a checkpoint keeps it: NaN while it is not known."""
    return np.array(np.nan if noise_rate is None else noise_rate)


def from_array(kept: npt.NDArray[np.generic]) -> float | None:
    """Return the noise rate that `as_array` kept."""
    value = float(kept)
    return None if np.isnan(value) else value


def check_noise_rate(noise_rate: float | None) -> None:
    """
    Refuse a share of wrong labels that leaves nothing to learn.

    Raises:
        ValueError: it is given and does not lie in [0, 1).
    """
    if noise_rate is not None and not 0 <= noise_rate < 1:
        raise ValueError(f"The share of wrong labels must lie in [0, 1), not {noise_rate}.")
