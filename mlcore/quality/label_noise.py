"""How many given labels are wrong, judged by what a model says that never saw them."""

import numpy as np
import numpy.typing as npt


def noise_rate(given: npt.NDArray[np.integer], probabilities: npt.NDArray[np.floating]) -> float:
    """
    Return the estimated share of wrong given labels.

    A model says with confidence that a row belongs to a category when it gives that
    category at least the probability that it gives on average to rows filed there. Rows
    that so belong somewhere else than where they are filed count as wrong, in each given
    category as a share of the rows that belong anywhere.

    Categories that nobody confuses are estimated well, and such that the model itself
    cannot tell apart are taken for noise: the estimate is a starting point.

    Args:
        given: category index of each row, shape (n,), n >= 1.
        probabilities: of a model that was not trained on these rows, (n, n_categories).

    Returns:
        A share in [0, 1).

    Raises:
        ValueError: there are no rows or the shapes do not fit.

    Source:
        Northcutt, Jiang & Chuang (2021), "Confident learning: estimating uncertainty in
        dataset labels", Journal of Artificial Intelligence Research 70, 1373-1411.

    >>> sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8]])
    >>> noise_rate(np.array([0, 0, 0, 1]), sure)
    0.25
    """
    if probabilities.ndim != 2 or given.shape != probabilities.shape[:1] or not given.size:
        raise ValueError(
            "Expected one given label for each row of probabilities, at least one, "
            f"not {given.shape} for {probabilities.shape}."
        )
    n, n_categories = probabilities.shape
    rows = np.bincount(given, minlength=n_categories)
    own = np.bincount(given, weights=probabilities[np.arange(n), given], minlength=n_categories)
    # A category that no row was filed under has no usual probability to compare with.
    usual = np.divide(own, rows, out=np.full(n_categories, np.inf), where=rows > 0)
    belongs = np.where(probabilities >= usual, probabilities, -1.0)
    best, is_counted = belongs.argmax(axis=1), belongs.max(axis=1) >= 0
    counted = np.bincount(given[is_counted], minlength=n_categories)
    elsewhere = np.bincount(given[is_counted & (best != given)], minlength=n_categories)
    share = np.divide(elsewhere, counted, out=np.zeros(n_categories), where=counted > 0)
    return float((share * rows).sum() / n)
