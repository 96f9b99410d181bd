"""Expectation-maximisation of Dawid and Skene over a long table of answers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FLOOR = 1e-10
"""Smallest probability of an answer, so that its logarithm exists."""

MAX_ITERATIONS = 100
TOLERANCE = 1e-9
"""Stop when no posterior moves by more than this."""


@dataclass(frozen=True)
class Candidates:
    """
    Every category that somebody named for a sample; the truth is sought among these.

    Attributes:
        sample, category: one row a candidate, ordered by sample, shape (n_candidates,).
        votes: answers that name it, shape (n_candidates,).
        of_answer: the candidate that each answer names, shape (n_answers,).
    """

    sample: Codes
    category: Codes
    votes: Codes
    of_answer: Codes


@dataclass(frozen=True)
class Fit:
    """Posterior of each candidate and the annotators' expected share of right ones."""

    posterior: Floats
    annotator_accuracy: Floats


def candidates(samples: Codes, categories: Codes) -> Candidates:
    """Return the distinct (sample, category) pairs among the answers."""
    width = int(categories.max()) + 1 if categories.size else 1
    cells, of_answer, votes = np.unique(
        samples * width + categories, return_inverse=True, return_counts=True
    )
    return Candidates(cells // width, cells % width, votes, of_answer)


def fit(samples: Codes, annotators: Codes, categories: Codes, voted: Candidates) -> Fit:
    """Estimate full confusion matrices where the answers can bear it, else one coin."""
    n_annotators = np.unique(annotators).size
    n_categories = np.unique(categories).size
    if n_annotators * n_categories**2 <= samples.size:
        return fit_confusions(samples, annotators, categories, voted)
    return fit_one_coin(samples, annotators, categories, voted)


def fit_confusions(samples: Codes, annotators: Codes, categories: Codes, voted: Candidates) -> Fit:
    """
    Estimate one confusion matrix per annotator.

    Memory is O((n_samples + n_annotators x n_categories) x n_categories), which is why
    it is for few categories.
    """
    names, dense = np.unique(categories, return_inverse=True)
    size, n_samples, n_annotators = names.size, _count(samples), _count(annotators)
    truth = np.searchsorted(names, voted.category)
    # (n_samples, n_annotators * n_categories): how often each gave which answer
    given = sparse.csr_matrix(
        (np.ones(samples.size), (samples, annotators * size + dense)),
        shape=(n_samples, n_annotators * size),
    )

    def log_joint(posterior: Floats) -> Floats:
        shares = np.zeros((n_samples, size))
        shares[voted.sample, truth] = posterior
        # (n_annotators, observed category, true category)
        counts = (given.T @ shares).reshape(n_annotators, size, size)
        evidence = given @ _log_errors(counts).reshape(-1, size)
        joint: Floats = (evidence + _log(shares.mean(axis=0)))[voted.sample, truth]
        return joint

    return _maximise(log_joint, annotators, voted)


def fit_one_coin(samples: Codes, annotators: Codes, categories: Codes, voted: Candidates) -> Fit:
    """
    Estimate one accuracy per annotator, wrong answers spread evenly over the rest.

    One right and one wrong answer are added to each annotator's, so that a few answers
    never make anybody infallible. Memory is O(n_answers), for any number of categories.
    """
    others = max(np.unique(categories).size - 1, 1)
    given = np.bincount(annotators)

    def log_joint(posterior: Floats) -> Floats:
        right = np.bincount(annotators, weights=posterior[voted.of_answer])
        accuracy = (right + 1) / (given + 2)
        gain = np.log(accuracy) - np.log((1 - accuracy) / others)
        prior = np.bincount(voted.category, weights=posterior) / _count(samples)
        evidence = np.bincount(voted.of_answer, weights=gain[annotators])
        joint: Floats = evidence + _log(prior)[voted.category]
        return joint

    return _maximise(log_joint, annotators, voted)


def _maximise(log_joint: Callable[[Floats], Floats], annotators: Codes, voted: Candidates) -> Fit:
    """Alternate between annotators and truth, from vote shares until nothing moves."""
    posterior = voted.votes / np.bincount(voted.sample, voted.votes)[voted.sample]
    for _ in range(MAX_ITERATIONS):
        before = posterior
        posterior = _normalise(log_joint(posterior), voted.sample)
        if np.max(np.abs(posterior - before), initial=0.0) < TOLERANCE:
            break
    right = np.bincount(annotators, weights=posterior[voted.of_answer])
    with np.errstate(invalid="ignore"):
        return Fit(posterior, right / np.bincount(annotators))


def _log_errors(counts: Floats) -> Floats:
    """Return log P(observed | true) per annotator; flat where a truth was never met."""
    met = counts.sum(axis=1, keepdims=True)
    flat = np.full_like(counts, 1 / counts.shape[1])
    return _log(np.divide(counts, met, out=flat, where=met > 0))


def _log(probabilities: Floats) -> Floats:
    """Return logarithms of probabilities, floored so that they are finite."""
    logs: Floats = np.log(np.maximum(probabilities, FLOOR))
    return logs


def _normalise(log_joint: Floats, sample: Codes) -> Floats:
    """Return probabilities that sum to 1 over the candidates of each sample."""
    peak = np.full(_count(sample), -np.inf)
    np.maximum.at(peak, sample, log_joint)
    weights = np.exp(log_joint - peak[sample])
    shares: Floats = weights / np.bincount(sample, weights)[sample]
    return shares


def _count(indices: Codes) -> int:
    """Return how many indices from 0 there are."""
    return int(indices.max()) + 1 if indices.size else 0
