"""What SELFIE's network said of every row, and on what its votes agree."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.training.selection import FloatArray, IntArray

NONE = -1
"""Stands where a row has no prediction or no refurbished label yet."""


@dataclass(frozen=True)
class Votes:
    """What is remembered of every row, as arrays of one length that are written in place."""

    history: npt.NDArray[np.signedinteger]  # (n, q), a ring of predictions
    seen: npt.NDArray[np.int32]  # predictions in this training
    now: npt.NDArray[np.signedinteger]  # label that the votes agreed on when last asked
    kept: npt.NDArray[np.signedinteger]  # that label at the end of an earlier training
    new: npt.NDArray[np.signedinteger]  # label last learnt that is not the given one
    certainty: npt.NDArray[np.float32]
    training: npt.NDArray[np.int16]
    epoch: npt.NDArray[np.int16]

    @classmethod
    def empty(cls, n: int, length: int, width: type[np.signedinteger]) -> "Votes":
        return cls(
            history=np.full((n, length), NONE, dtype=width),
            seen=np.zeros(n, dtype=np.int32),
            now=np.full(n, NONE, dtype=width),
            kept=np.full(n, NONE, dtype=width),
            new=np.full(n, NONE, dtype=width),
            certainty=np.zeros(n, dtype=np.float32),
            training=np.zeros(n, dtype=np.int16),
            epoch=np.zeros(n, dtype=np.int16),
        )


def vote(history: IntArray) -> tuple[IntArray, FloatArray]:
    """
    Return the most frequent category of each row of votes and their entropy in nats.

    Of equally frequent ones the lowest.
    """
    # The vote of each place is met as often as its category: (b, q, q) -> (b, q).
    counts = (history[:, :, None] == history[:, None, :]).sum(axis=2)
    most = counts == counts.max(axis=1, keepdims=True)
    majority = np.where(most, history, np.iinfo(history.dtype).max).min(axis=1)
    # A category with c of q votes stands in c places, so the mean of log(c/q) over the
    # places is the sum of P log P over the categories.
    entropy = -np.log(counts / history.shape[1]).mean(axis=1)
    return majority, np.abs(entropy)
