"""
The linear model over a name's n-grams: one name a step, with Adagrad.

Not by the network's loop: in batches, n-grams that many names share take a few long steps in
place of many short ones, and on the 120,000 Naver names .4 points fewer are right. One name
touches some hundred of half a million rows, so numpy takes such a step in a tenth of a
millisecond.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mlcore.corpus.folder import read_json, replacing, write_json
from mlcore.progress import BadInput, IsCancelled, Progress, stop_if
from mlcore.text.grams import PAD, Ids

CHUNK = 2_048
"""Names whose n-grams are counted at a time; shuffling goes over all of them."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Lesson:
    """
    What a linear model learns from.

    Attributes:
        ids: n-grams of each name, 0 pads, shape (n, length).
        labels: category index of each name, shape (n,).
        weights: how much each name counts, shape (n,).
        n_categories: of the labels.
        gram_weights: of each id, shape (buckets + 1,), 0 for the padding.
    """

    ids: Ids
    labels: npt.NDArray[np.int64]
    weights: Floats
    n_categories: int
    gram_weights: Floats


class Linear:
    """
    One logistic regression a category against the rest, over n-grams weighed by TF-IDF.

    Adagrad keeps one sum of squares per n-gram, not per number: categories that an n-gram
    never meets move at the pace of those that it meets.

    Attributes:
        vectors: a number per n-gram and category, shape (buckets + 1, n_categories).
        prior: a number per category, shape (n_categories,).

    Source:
        Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and
        stochastic optimization", JMLR 12, 2121-2159.
    """

    def __init__(self, buckets: int, n_categories: int) -> None:
        self.vectors = np.zeros((buckets + 1, n_categories), dtype=np.float32)
        # Else the first lesson would be that most answers are wrong.
        self.prior = np.full(n_categories, -np.log(n_categories), dtype=np.float32)
        self.sums = np.zeros(buckets + 1, dtype=np.float32)
        self.prior_sum = np.zeros(1, dtype=np.float32)

    def step(self, ids: Ids, values: Floats, label: int, weight: float, rate: float) -> None:
        """
        Learn from one name.

        Args:
            ids: its n-grams, each once.
            values: their weights in this name.
            label: its category's index.
            weight: how much it counts.
            rate: length of a first step.
        """
        rows = self.vectors[ids]  # (n_ids, n_categories)
        slope = 1 / (1 + np.exp(-(values @ rows + self.prior)))
        slope[label] -= 1
        slope *= weight
        square = slope @ slope / len(slope)
        if not square:
            return
        self.sums[ids] += values * values * square
        pace = rate * values / np.sqrt(self.sums[ids])
        self.vectors[ids] = rows - pace[:, None] * slope
        self.prior_sum += square
        self.prior -= rate / np.sqrt(self.prior_sum) * slope


def learn(
    lesson: Lesson,
    *,
    epochs: int,
    rate: float,
    seed: int,
    work: Path,
    identity: str,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Linear:
    """
    Return a linear model that went over all names so many times, in ever new orders.

    The rate falls to 0 by the last name. There is nothing to stop early for: after two passes
    nearly every name of the lesson is right, and held-out ones still gain.

    Args:
        work: keeps the last finished epoch, where a killed call goes on.
        identity: of rows and settings; what another training left is not taken up.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    model = Linear(len(lesson.gram_weights) - 1, lesson.n_categories)
    total = epochs * len(lesson.labels)
    done = _restored(model, work, identity)
    while done < epochs:
        dice = np.random.default_rng([seed, done])
        for begin, rows in _chunks(dice.permutation(len(lesson.labels))):
            stop_if(is_cancelled)
            passed = done * len(lesson.labels) + begin
            progress("grams", passed, total)
            _learn_chunk(model, lesson, rows, rate=rate, passed=passed, total=total)
        done += 1
        _keep(model, work, identity, done)
    progress("grams", total, total)
    return model


def _chunks(order: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    for begin in range(0, len(order), CHUNK):
        yield begin, order[begin : begin + CHUNK]


def _learn_chunk(
    model: Linear,
    lesson: Lesson,
    rows: npt.NDArray[np.int64],
    *,
    rate: float,
    passed: int,
    total: int,
) -> None:
    counted = weighed(lesson.ids[rows], lesson.gram_weights)
    ends = counted.indptr.tolist()
    for place, row in enumerate(rows.tolist()):
        some = slice(ends[place], ends[place + 1])
        model.step(
            counted.indices[some],
            counted.data[some],
            int(lesson.labels[row]),
            float(lesson.weights[row]),
            rate * (1 - (passed + place) / total),
        )


def weighed(ids: Ids, gram_weights: Floats) -> sparse.csr_matrix:
    """
    Return the weight of each n-gram in each name, the weights of a name of length 1.

    An n-gram that a name repeats counts as often as it is there, as it does in
    `mlcore.models.gram_bag`.

    Args:
        ids: 0 pads, shape (n, length).
        gram_weights: shape (buckets + 1,).

    Returns:
        Shape (n, buckets + 1), float32.
    """
    row, place = np.nonzero(ids != PAD)
    values = gram_weights[ids[row, place]]
    lengths = np.sqrt(np.bincount(row, values**2, minlength=len(ids)))
    values = (values / lengths[row]).astype(np.float32)
    found = sparse.csr_matrix((values, (row, ids[row, place])), (len(ids), len(gram_weights)))
    found.sum_duplicates()
    return found


ARRAYS, RECORD = "arrays.npz", "record.json"


def _keep(model: Linear, work: Path, identity: str, done: int) -> None:
    """Write what the next epoch needs; a kill meanwhile leaves what was written before."""
    with replacing(work) as draft:
        np.savez(draft / ARRAYS, **vars(model))
        write_json(draft / RECORD, {"identity": identity, "epochs": done})


def _restored(model: Linear, work: Path, identity: str) -> int:
    """Fill the model with what is kept of this training, and return the epochs done."""
    try:
        record = read_json(work / RECORD)
        if record["identity"] != identity:
            return 0
        with np.load(work / ARRAYS) as arrays:
            kept = {name: arrays[name] for name in vars(model)}
    except (BadInput, OSError, KeyError, ValueError):
        return 0
    vars(model).update(kept)
    return int(record["epochs"])
