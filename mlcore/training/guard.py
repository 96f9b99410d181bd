"""What keeps SELFIE from harm where its network is no judge: a sure hand, and fair shares."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mlcore.quality import label_noise
from mlcore.training.selection import ROUNDING, BoolArray, FloatArray, IntArray

NEVER = 2.0
"""A probability that no row reaches: nothing is corrected yet."""


class Sureness:
    """
    Says how probable an opinion must be before it corrects a label.

    A network that is right on half of the rows agrees with itself on wrong categories, too.
    Held-out rows tell from which probability on its opinions against given labels are right
    often enough. Where nothing is mislabelled they tell that it is never right to correct.
    """

    def __init__(self, precision: float) -> None:
        """
        Args:
            precision: share of corrected labels wanted right, in [0, 1); 0 asks nothing, as
                the paper does.
        """
        self.precision = precision
        self.least = 0.0 if precision == 0 else NEVER

    def learn(self, given: IntArray, probabilities: FloatArray, *, noise_rate: float) -> None:
        """
        Learn from held-out rows how sure is sure enough.

        Args:
            noise_rate: believed share of wrong labels, unless the rows tell of fewer.
        """
        if self.precision == 0:
            return
        believed = min(noise_rate, label_noise.noise_rate(given, probabilities))
        least = label_noise.sure_from(
            given, probabilities, noise_rate=believed, precision=self.precision
        )
        self.least = NEVER if least is None else least

    def is_enough(self, sureness: FloatArray | None, n_rows: int) -> BoolArray:
        """
        Return which rows the network is sure enough of to correct them, shape (n_rows,).

        Raises:
            ValueError: the network was not asked how sure it is, and it matters.
        """
        if self.precision == 0:
            return np.ones(n_rows, dtype=np.bool_)
        if sureness is None:
            raise ValueError("Corrections wait for the probability of each prediction.")
        enough: BoolArray = sureness >= self.least
        return enough


class Shares:
    """
    Keeps the rows of small loss of every category, not those of the whole batch.

    Rows of rare categories have the largest losses, right or wrong: over the whole batch they
    are left out first, and a category of 1,000:1 is never learnt.
    """

    def __init__(self, n_rows: int) -> None:
        self._losses = np.full(n_rows, -np.inf, dtype=np.float32)
        self._given = np.zeros(n_rows, dtype=np.int32)
        self._limits: FloatArray | None = None
        self._epoch = 0

    def is_small(
        self,
        *,
        epoch: int,
        rows: IntArray,
        given: IntArray,
        losses: FloatArray,
        noise_rate: float | None,
    ) -> BoolArray:
        """
        Return which rows belong to the ⌈(1 − noise rate) N⌉ smallest losses of their category.

        The limit is that of the pass before, when every row was looked at; in the first pass,
        and while the noise rate is not known or 0, every row is small.
        """
        if epoch != self._epoch:
            self._epoch = epoch
            self._limits = self._limit_each(noise_rate)
        self._losses[rows], self._given[rows] = losses, given
        if self._limits is None:
            return np.ones(len(rows), dtype=np.bool_)
        known = given < len(self._limits)
        small: BoolArray = ~known | (losses <= self._limits[np.where(known, given, 0)])
        return small

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what a later `restore` needs."""
        return {"losses": self._losses, "losses_of": self._given}

    def restore(self, state: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Go on where `state` was taken, at the end of an epoch."""
        self._losses[:], self._given[:] = state["losses"], state["losses_of"]

    def _limit_each(self, noise_rate: float | None) -> FloatArray | None:
        """Return the largest small loss of each category; None while nothing is known, or wrong."""
        if not noise_rate or np.isneginf(self._losses).all():
            return None
        order = np.lexsort((self._losses, self._given))
        sizes = np.bincount(self._given)
        kept = np.ceil((1 - noise_rate) * sizes - ROUNDING).astype(np.int64)
        last = np.cumsum(sizes) - sizes + np.maximum(kept, 1) - 1
        limits = np.full(len(sizes), np.inf, dtype=np.float32)
        limits[sizes > 0] = self._losses[order][last[sizes > 0]]
        return limits
