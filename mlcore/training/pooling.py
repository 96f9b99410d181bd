"""How far the n-grams of a name and the layers beside them are believed in one answer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from mlcore.heads import COMBINED, GRAMS, NAME

Logits = npt.NDArray[Any]

Shares = dict[str, tuple[float, float]]
"""By head, what the n-grams' logits and those of its own layers are multiplied by."""

BELIEVED = 1.0
"""Rows' worth of loss that a share off by one costs: few rows leave both near 1."""

LARGEST = 20.0
"""A network that is never wrong would be believed without end."""


def fitted_shares(experts: Mapping[str, Logits], labels: npt.NDArray[np.int64]) -> Shares:
    """
    Return the shares under which rows that nothing was trained on are most likely.

    Linear n-grams know the training's names by heart, so layers trained on top of them would
    learn nothing else. Both are trained apart, and two numbers a head are found afterwards:
    a logarithmic opinion pool.

    Args:
        experts: logits by expert, shape (n, n_categories) each.
        labels: category index of each row, shape (n,), n >= 1.

    Returns:
        One pair for each head whose layers have n-grams beside them.

    Source:
        Genest & Zidek (1986), "Combining probability distributions", Statistical
        Science 1(1), 114-135; Hinton (2002), "Training products of experts", Neural
        Computation 14(8), 1771-1800.
    """
    if GRAMS not in experts:
        return {}
    heads = [head for head in (NAME, COMBINED) if head in experts]
    return {head: _fitted(experts[GRAMS], experts[head], labels) for head in heads}


def pooled(
    experts: Mapping[str, Logits], shares: Mapping[str, tuple[float, float]]
) -> dict[str, Logits]:
    """
    Return each head's logits out of the experts', shape (n, n_categories) each.

    >>> ten = np.ones((1, 1))
    >>> found = pooled({"grams": ten, "name": 3 * ten}, {"name": (2.0, 1.0)})
    >>> {head: logits.tolist() for head, logits in found.items()}
    {'name': [[5.0]]}
    """
    heads = {head: logits for head, logits in experts.items() if head != GRAMS}
    for head, (of_grams, own) in shares.items():
        heads[head] = of_grams * experts[GRAMS] + own * experts[head]
    if NAME not in heads and GRAMS in experts:
        heads[NAME] = experts[GRAMS]
    return heads


def _fitted(grams: Logits, own: Logits, labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    rows = np.arange(len(labels))
    both = np.stack([grams, own])  # (2, n, n_categories)

    def cost(shares: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        logits = np.tensordot(shares, both, axes=1)
        logits -= logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        sums = powers.sum(axis=1)
        loss = float((np.log(sums) - logits[rows, labels]).sum())
        expected = (both * (powers / sums[:, None])).sum(axis=2)  # (2, n)
        slope = (expected - both[:, rows, labels]).sum(axis=1)
        off = shares - 1
        return loss + BELIEVED * float(off @ off), slope + 2 * BELIEVED * off

    found = optimize.minimize(
        cost, np.ones(2), jac=True, method="L-BFGS-B", bounds=[(0.0, LARGEST)] * 2
    )
    return float(found.x[0]), float(found.x[1])
