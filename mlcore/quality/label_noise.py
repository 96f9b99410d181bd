"""How many given labels are wrong, judged by what a model says that never saw them."""

from math import ceil

import numpy as np
import numpy.typing as npt

SUREST = 0.2
"""Share of the rows that is asked: those on which the model itself is hardly ever wrong."""

OWN = 10
"""Rows said to be of a category from which on its own surest ones are asked."""


def noise_rate(
    given: npt.NDArray[np.integer],
    probabilities: npt.NDArray[np.floating],
    *,
    surest: float = SUREST,
) -> float:
    """
    Return the estimated share of wrong given labels.

    That is the share of the surest rows whose given label the model contradicts. Over all
    rows it would count the model's own mistakes; counting confident contradictions over
    all rows (Northcutt et al. 2021) also did: where 20 % of Korean and 16 % of English names
    were misfiled on purpose it said 41 and 40 %, this says 28 and 20 %.

    The surest are taken from each category that is said of enough rows, and from the others
    together. The surest of all rows lie where hardly anything is misfiled: where a third of
    the English names were, in the categories that have a neighbour, they told of 17 %, those
    of each category of 40 %. What stays unseen is a category that is misfiled as a whole.

    Args:
        given: category index of each row, shape (n,), n >= 1.
        probabilities: of a model that was not trained on these rows, (n, n_categories).
        surest: share of the rows that is asked, in (0, 1]; at least one is.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: there are no rows, the shapes do not fit or `surest` is no share.

    >>> said = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.55, 0.45]])
    >>> noise_rate(np.array([0, 1, 0, 1]), said, surest=0.5)
    0.5
    """
    _check(given, probabilities)
    if not 0 < surest <= 1:
        raise ValueError(f"The share of rows to ask must lie in (0, 1], not {surest}.")
    said = probabilities.argmax(axis=1)
    _, places, sizes = np.unique(said, return_inverse=True, return_counts=True)
    group = np.where(sizes[places] >= OWN, places, len(sizes))
    order = np.lexsort((-probabilities.max(axis=1), group))
    _, begins, sizes = np.unique(group[order], return_index=True, return_counts=True)
    asked = [order[a : a + ceil(surest * n)] for a, n in zip(begins, sizes, strict=True)]
    rows = np.concatenate(asked)
    return float(np.mean(said[rows] != given[rows]))


def sure_from(
    given: npt.NDArray[np.integer],
    probabilities: npt.NDArray[np.floating],
    *,
    noise_rate: float,
    precision: float,
) -> float | None:
    """
    Return from which probability on a model's contradictions of given labels can be believed.

    Whatever the model says, a right opinion meets a right label in 1 − r of the cases, where r
    is the noise rate, and a wrong label by chance alone. So of opinions of which `a` meet
    their given label, a / (1 − r) are right, and a r / (1 − r) of them are contradicted: that
    over all contradictions is the share of contradictions that are right.

    Args:
        given: category index of each row, shape (n,), n >= 1.
        probabilities: of a model that was not trained on these rows, (n, n_categories).
        noise_rate: share of wrong given labels, in [0, 1).
        precision: share of contradictions wanted right, in (0, 1).

    Returns:
        The smallest probability of the most probable category such that the contradictions at
        or over it are right as often as wanted; None where no probability is enough.

    Raises:
        ValueError: the shapes do not fit or a share is out of its range.

    >>> said = np.array([[0.9, 0.1], [0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])
    >>> sure_from(np.array([0, 0, 1, 1]), said, noise_rate=0.3, precision=0.8)
    0.8
    """
    _check(given, probabilities)
    if not 0 <= noise_rate < 1 or not 0 < precision < 1:
        raise ValueError(
            "The noise rate must lie in [0, 1), the precision in (0, 1), "
            f"not {noise_rate} and {precision}."
        )
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    sureness = probabilities[order].max(axis=1)
    meets = probabilities[order].argmax(axis=1) == given[order]
    right = np.cumsum(meets) * noise_rate / (1 - noise_rate)
    believed = (right > 0) & (right >= precision * np.cumsum(~meets))
    # Rows of one probability stand or fall together.
    believed &= np.append(sureness[1:] != sureness[:-1], True)
    return float(sureness[np.flatnonzero(believed)[-1]]) if believed.any() else None


def _check(given: npt.NDArray[np.integer], probabilities: npt.NDArray[np.floating]) -> None:
    if probabilities.ndim != 2 or given.shape != probabilities.shape[:1] or not given.size:
        raise ValueError(
            "Expected one given label for each row of probabilities, at least one, "
            f"not {given.shape} for {probabilities.shape}."
        )
