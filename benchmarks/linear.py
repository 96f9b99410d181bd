"""A softmax over hashed words that trains in seconds, for questions that take many trainings."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from mlcore.corpus import columns
from mlcore.training.selection import Estimating, Selector

FEATURES, BATCH, RATE, LAST_RATE = 2**14, 128, 3.0, 0.05
"""Adagrad's step falls from RATE to a twentieth of it; larger and smaller ones knew less."""

HASHING = HashingVectorizer(
    analyzer=list, n_features=FEATURES, alternate_sign=False, dtype=np.float32
)


def features(rows: pa.Table) -> sparse.csr_matrix:
    """Return the words of the names beside those of the shops' categories, hashed."""
    names = rows[columns.NAME_TOKENS].to_pylist()
    has_malls = columns.MALL_TOKENS in rows.column_names
    malls = rows[columns.MALL_TOKENS].to_pylist() if has_malls else [[]] * len(names)
    pairs = zip(names, malls, strict=True)
    return HASHING.transform([*name, *(f"/{word}" for word in mall)] for name, mall in pairs)


class Learner:
    """The softmax; `train` begins anew each time."""

    def __init__(
        self, rows: sparse.csr_matrix, labels: npt.NDArray[np.int64], n_categories: int
    ) -> None:
        self.rows, self.labels, self.n_categories = rows, labels, n_categories

    def train(
        self,
        *,
        seed: int,
        epochs: int,
        selector: Selector | None = None,
        held_out: tuple[sparse.csr_matrix, npt.NDArray[np.int64]] | None = None,
    ) -> None:
        """Train from zero; a selector chooses rows and labels of each batch."""
        dice = np.random.default_rng(seed)
        self.weights = np.zeros((FEATURES, self.n_categories), dtype=np.float32)
        self._squares = np.full_like(self.weights, 1e-3)
        for epoch in range(1, epochs + 1):
            order = dice.permutation(len(self.labels))
            for begin in range(0, len(order), BATCH):
                done = (epoch - 1 + begin / len(order)) / epochs
                rate = RATE * (1 - (1 - LAST_RATE) * done)
                self._step(order[begin : begin + BATCH], epoch, rate, selector)
            if isinstance(selector, Estimating) and held_out is not None:
                seen, given = held_out
                said = _softmax(seen @ self.weights)
                selector.end_epoch(epoch=epoch, given=given, probabilities=said)

    def predict(self, rows: sparse.csr_matrix) -> npt.NDArray[np.int64]:
        """Return the category of each row."""
        return (rows @ self.weights).argmax(axis=1)

    def _step(
        self, chosen: npt.NDArray[np.int64], epoch: int, rate: float, selector: Selector | None
    ) -> None:
        rows, labels = self.rows[chosen], self.labels[chosen]
        touched, places = np.unique(rows.indices, return_inverse=True)
        rows = sparse.csr_matrix(
            (rows.data, places, rows.indptr), shape=(len(chosen), len(touched))
        )
        said = _softmax(rows @ self.weights[touched])
        each, used = np.arange(len(chosen)), np.ones(len(chosen), dtype=np.bool_)
        if selector is not None:
            choice = selector.choose(
                epoch=epoch,
                rows=chosen,
                given=labels,
                losses=-np.log(np.maximum(said[each, labels], 1e-9)),
                predicted=said.argmax(axis=1),
                sureness=said.max(axis=1),
            )
            labels, used = choice.labels, choice.is_used
        said[each, labels] -= 1
        said[~used] = 0
        slope = (rows.T @ said) / used.sum()
        self._squares[touched] += slope**2
        self.weights[touched] -= rate * slope / np.sqrt(self._squares[touched])


def _softmax(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
