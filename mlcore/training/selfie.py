"""
SELFIE: learn from small losses, and correct labels that the network keeps contradicting.

Source:
    Song, Kim & Lee (2019), "SELFIE: Refurbishing unclean samples for robust deep learning",
    ICML, PMLR 97, 5907-5915.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from mlcore.training.guard import Shares, Sureness
from mlcore.training.selection import (
    BoolArray,
    Chosen,
    FloatArray,
    IntArray,
    as_array,
    check_noise_rate,
    estimated,
    from_array,
    is_small,
)
from mlcore.training.votes import NONE, Votes, vote


@dataclass(frozen=True, kw_only=True)
class SelfieSettings:
    """
    What SELFIE depends on; the defaults are the paper's.

    Raises:
        ValueError: a value is out of its range.
    """

    noise_rate: float | None
    """Share of wrong labels: so much of a batch is not trusted as given. None: estimated."""

    warm_up: int = 15
    """First epochs of each training, which learn every row; no fewer than `history`."""

    history: int = 15
    """Last predictions of a row that vote on its label."""

    uncertainty: float = 0.05
    """Largest normalised entropy of the votes under which a label is corrected."""

    precision: float = 0.0
    """Share of corrections that held-out rows must tell to be right; 0, the paper's, does
    not ask. See `mlcore.training.guard.Sureness`."""

    is_by_category: bool = False
    """Whether small losses are those of their category; in the paper, of their batch."""

    def __post_init__(self) -> None:
        check_noise_rate(self.noise_rate)
        if not self.history >= 1:
            raise ValueError(f"A history holds 1 prediction or more, not {self.history}.")
        if self.warm_up < self.history:
            raise ValueError(
                f"The warm-up must fill the history of {self.history} predictions; "
                f"{self.warm_up} epochs do not."
            )
        if not 0 <= self.uncertainty <= 1:
            raise ValueError(f"The uncertainty must lie in [0, 1], not {self.uncertainty}.")
        if not 0 <= self.precision < 1:
            raise ValueError(f"The precision must lie in [0, 1), not {self.precision}.")


@dataclass(frozen=True)
class Refurbished:
    """
    The rows that were learnt under another label than the given one.

    Attributes:
        rows: which rows of the training part, ascending, shape (m,).
        new: the category that each was last learnt under, shape (m,).
        certainty: 1 − normalised entropy of its votes then, in [0, 1], shape (m,).
        training: the training in which that was, from 1, shape (m,).
        epoch: its epoch, shape (m,).
        history: predictions of the last training, oldest first, shape (m, q); -1 where
            there were fewer.
    """

    rows: IntArray
    new: IntArray
    certainty: FloatArray
    training: IntArray
    epoch: IntArray
    history: IntArray


class Selfie:
    """
    Remembers what the network said of every row, and decides by it.

    After the warm-up, a row is used when its loss is among the smallest of its batch
    (under its given label), or when the last predictions of it agree (under the label that
    they agree on, which wins). Rows that are neither are left out. A prediction made in a
    batch counts in that batch already.

    `restart` begins another training with new weights; the corrected labels stay.
    Memory is n × (history + 4) integers of the smallest width that holds the categories.
    """

    def __init__(
        self,
        settings: SelfieSettings,
        *,
        n_rows: int,
        n_categories: int,
        is_confirmed: BoolArray | None = None,
    ) -> None:
        """
        Args:
            n_rows: rows of the training part.
            n_categories: categories that a label is one of; at least two.
            is_confirmed: rows whose given label a person has decided, shape (n_rows,): they
                are always learnt as given.

        Raises:
            ValueError: there are fewer than two categories or the shape is another.
        """
        if n_categories < 2:
            raise ValueError(f"Expected at least two categories, not {n_categories}.")
        confirmed = np.zeros(n_rows, np.bool_) if is_confirmed is None else is_confirmed
        if confirmed.shape != (n_rows,):
            raise ValueError(f"Expected one mark for each of {n_rows} rows.")
        self.settings = settings
        self.noise_rate = settings.noise_rate
        self.training = 1
        self._scale = np.log(n_categories)
        self._confirmed = confirmed
        width = np.int16 if n_categories <= np.iinfo(np.int16).max else np.int32
        self._rows = Votes.empty(n_rows, settings.history, width)
        self._sureness = Sureness(settings.precision)
        self._shares = Shares(n_rows) if settings.is_by_category else None

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
        """Use rows of small loss and rows whose predictions agree; all during the warm-up."""
        self._remember(rows, predicted)
        is_clean = self._is_clean(epoch, rows, given, losses)
        kept = self._rows.kept[rows].astype(given.dtype)
        is_kept = (kept != NONE) & ~self._confirmed[rows]
        labels = np.where(is_kept, kept, given)
        if epoch <= self.settings.warm_up or self.noise_rate is None:
            return Chosen(labels, np.ones(len(rows), dtype=np.bool_))
        majority, uncertainty = vote(self._rows.history[rows])
        uncertainty = uncertainty / self._scale
        is_certain = uncertainty <= self.settings.uncertainty
        is_certain &= self._is_full(rows) & ~self._confirmed[rows]
        is_certain &= self._sureness.is_enough(sureness, len(rows))
        labels = np.where(is_certain, majority, labels).astype(given.dtype)
        self._note(epoch, rows, given, labels, is_certain, 1 - uncertainty)
        return Chosen(labels, is_clean | is_certain | is_kept | self._confirmed[rows])

    def end_epoch(self, *, epoch: int, given: IntArray, probabilities: FloatArray) -> None:
        """
        Learn from held-out rows what a correction takes, from the end of each warm-up on.

        At the end of the first the noise rate is estimated, unless it is given.
        """
        if epoch == self.settings.warm_up and self.noise_rate is None:
            self.noise_rate = estimated(given, probabilities)
        if epoch >= self.settings.warm_up and self.noise_rate is not None:
            self._sureness.learn(given, probabilities, noise_rate=self.noise_rate)

    def restart(self) -> None:
        """Begin another training: no predictions yet, the corrected labels stay."""
        self.training += 1
        self._rows.kept[:] = np.where(self._rows.now != NONE, self._rows.now, self._rows.kept)
        self._rows.now[:] = NONE
        self._rows.history[:] = NONE
        self._rows.seen[:] = 0

    def refurbished(self) -> Refurbished:
        """Return every row that was learnt under another label than the given one."""
        kept = self._rows
        rows = np.flatnonzero(kept.new != NONE)
        # The ring begins where the next prediction would be written.
        order = (kept.seen[rows, None] + np.arange(self.settings.history)) % self.settings.history
        return Refurbished(
            rows=rows,
            new=kept.new[rows].astype(np.int64),
            certainty=kept.certainty[rows].astype(np.float64),
            training=kept.training[rows].astype(np.int64),
            epoch=kept.epoch[rows].astype(np.int64),
            history=np.take_along_axis(kept.history[rows], order, axis=1).astype(np.int64),
        )

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return everything that a later `restore` needs, by name, as `np.savez` takes it."""
        arrays = {field.name: getattr(self._rows, field.name) for field in fields(Votes)}
        noise_rate = as_array(self.noise_rate)
        shares = self._shares.state() if self._shares else {}
        known = {"noise_rate": noise_rate, "least_sureness": np.array(self._sureness.least)}
        return {**arrays, **shares, **known, "run": np.array(self.training)}

    def restore(self, state: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """
        Go on where `state` was taken.

        Raises:
            ValueError: it was taken of other rows or another length of history.
        """
        for field in fields(Votes):
            mine, saved = getattr(self._rows, field.name), state[field.name]
            if mine.shape != saved.shape:
                raise ValueError(
                    f"The saved {field.name} has the shape {saved.shape}, not {mine.shape}."
                )
            mine[:] = saved
        self.training = int(state["run"])
        self.noise_rate = from_array(state["noise_rate"])
        self._sureness.least = float(state["least_sureness"])
        if self._shares:
            self._shares.restore(state)

    def _is_clean(
        self, epoch: int, rows: IntArray, given: IntArray, losses: FloatArray
    ) -> BoolArray:
        if self._shares:
            return self._shares.is_small(
                epoch=epoch, rows=rows, given=given, losses=losses, noise_rate=self.noise_rate
            )
        return is_small(losses, noise_rate=self.noise_rate or 0.0)

    def _remember(self, rows: IntArray, predicted: IntArray) -> None:
        place = self._rows.seen[rows] % self.settings.history
        self._rows.history[rows, place] = predicted
        self._rows.seen[rows] += 1

    def _is_full(self, rows: IntArray) -> BoolArray:
        is_full: BoolArray = self._rows.seen[rows] >= self.settings.history
        return is_full

    def _note(
        self,
        epoch: int,
        rows: IntArray,
        given: IntArray,
        labels: IntArray,
        is_certain: BoolArray,
        certainty: FloatArray,
    ) -> None:
        """Keep which rows are certain now, and what became of their labels."""
        self._rows.now[rows] = np.where(is_certain, labels, NONE)
        # A row that the votes give its own label back was not misfiled after all.
        self._rows.new[rows[is_certain]] = NONE
        changed = is_certain & (labels != given)
        at = rows[changed]
        self._rows.new[at] = labels[changed]
        self._rows.certainty[at] = certainty[changed]
        self._rows.training[at] = self.training
        self._rows.epoch[at] = epoch
