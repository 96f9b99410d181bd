"""
The linear model over a name's n-grams: a support vector machine, one name a step.

Not by the network's loop: it has an optimum, which steps that go along the dual reach in a few
passes, without a rate to choose, and which few rows need most (decision 0018). One name touches
some hundred of half a million n-grams, so numpy takes such a step in a tenth of a millisecond.
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

NEGLIGIBLE = 1e-12
"""Cost under which a name is passed over: its inverse would leave the range of a float."""

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
    One category against the rest, for each: a squared hinge under an L2 penalty.

    Attributes:
        vectors: a number per n-gram and category, shape (buckets + 1, n_categories).
        prior: a number per category, shape (n_categories,); penalised as well.

    Source:
        Hsieh, Chang, Lin, Keerthi & Sundararajan (2008), "A dual coordinate descent method
        for large-scale linear SVM", ICML, 408-415; algorithm 1 with the L2 loss.
    """

    def __init__(self, buckets: int, n_categories: int) -> None:
        self.vectors = np.zeros((buckets + 1, n_categories), dtype=np.float32)
        self.prior = np.zeros(n_categories, dtype=np.float32)

    def step(self, ids: Ids, values: Floats, label: int, dual: Floats, cost: float) -> None:
        """
        Bring a name's dual numbers to the best they can be beside all others.

        Args:
            ids: its n-grams, each once.
            values: their weights in this name.
            label: its category's index.
            dual: how much it holds each category's vector, shape (n_categories,), 0 at first;
                changed in place.
            cost: what a violated margin costs, C in the paper; 0 or more.
        """
        if cost < NEGLIGIBLE:
            return
        rows = self.vectors[ids]  # (n_ids, n_categories)
        signs = np.full(len(dual), -1, dtype=np.float32)
        signs[label] = 1
        slack = np.float32(0.5 / cost)
        slope = signs * (values @ rows + self.prior) - 1 + slack * dual
        best = np.maximum(dual - slope / (values @ values + 1 + slack), 0)
        moved = signs * (best - dual)
        dual[:] = best
        self.vectors[ids] = rows + values[:, None] * moved
        self.prior += moved


def learn(
    lesson: Lesson,
    *,
    epochs: int,
    cost: float,
    seed: int,
    work: Path,
    identity: str,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Linear:
    """
    Return a linear model that went over all names so many times, in ever new orders.

    Args:
        cost: of a violated margin, for a name of weight 1.
        work: keeps the last finished epoch, where a killed call goes on, and beside it the
            dual numbers, 4 bytes for each name and category.
        identity: of rows and settings; what another training left is not taken up.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    model = Linear(len(lesson.gram_weights) - 1, lesson.n_categories)
    dual = _on_disk(work, (len(lesson.labels), lesson.n_categories))
    total = epochs * len(lesson.labels)
    done = _restored(model, dual, work, identity)
    while done < epochs:
        dice = np.random.default_rng([seed, done])
        for begin, rows in _chunks(dice.permutation(len(lesson.labels))):
            stop_if(is_cancelled)
            progress("grams", done * len(lesson.labels) + begin, total)
            _learn_chunk(model, dual, lesson, rows, cost)
        done += 1
        _keep(model, dual, work, identity, done)
    progress("grams", total, total)
    return model


def _on_disk(work: Path, shape: tuple[int, int]) -> Floats:
    """Return zeros that need no room in memory."""
    work.parent.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(work.with_name(f"{work.name}-dual.npy"), "w+", "f4", shape)


def _chunks(order: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    for begin in range(0, len(order), CHUNK):
        yield begin, order[begin : begin + CHUNK]


def _learn_chunk(
    model: Linear, dual: Floats, lesson: Lesson, rows: npt.NDArray[np.int64], cost: float
) -> None:
    counted = weighed(lesson.ids[rows], lesson.gram_weights)
    ends = counted.indptr.tolist()
    for place, row in enumerate(rows.tolist()):
        some = slice(ends[place], ends[place + 1])
        ids, values = counted.indices[some], counted.data[some]
        weight = float(lesson.weights[row])
        model.step(ids, values, int(lesson.labels[row]), dual[row], cost * weight)


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


ARRAYS, DUAL, RECORD = "arrays.npz", "dual.npy", "record.json"


def _keep(model: Linear, dual: Floats, work: Path, identity: str, done: int) -> None:
    """Write what the next epoch needs; a kill meanwhile leaves what was written before."""
    with replacing(work) as draft:
        np.savez(draft / ARRAYS, **vars(model))
        np.save(draft / DUAL, dual)
        write_json(draft / RECORD, {"identity": identity, "epochs": done})


def _restored(model: Linear, dual: Floats, work: Path, identity: str) -> int:
    """Fill the model with what is kept of this training, and return the epochs done."""
    try:
        record = read_json(work / RECORD)
        if record["identity"] != identity:
            return 0
        with np.load(work / ARRAYS) as arrays:
            kept = {name: arrays[name] for name in vars(model)}
        dual[:] = np.load(work / DUAL, mmap_mode="r")
    except (BadInput, OSError, KeyError, ValueError):
        dual[:] = 0
        return 0
    vars(model).update(kept)
    return int(record["epochs"])
