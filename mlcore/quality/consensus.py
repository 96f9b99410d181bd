"""What the people's answers to a sample support together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.quality import dawid_skene

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_CONSENSUS = -1
"""Stands in `Consensus.category` where the answers do not settle on one category."""

TIE_TOLERANCE = 1e-9
"""Supports closer than this are a tie; smaller differences are rounding."""

FEW_ANSWERS = 2
"""Up to this many answers agree or settle nothing: nobody can outvote anybody."""


@dataclass(frozen=True)
class Consensus:
    """
    The category of every sample, and how well it is supported.

    Attributes:
        category: category index or `NO_CONSENSUS`, shape (n_samples,).
        quality: support of the best category in [0, 1], shape (n_samples,): its vote
            share or its posterior probability; nan where nobody answered.
        answers: number of answers, shape (n_samples,).
        annotator_accuracy: expected share of right answers, shape (n_annotators,);
            None where the method does not estimate it.
    """

    category: Codes
    quality: Floats
    answers: Codes
    annotator_accuracy: Floats | None = None


def majority(samples: Codes, categories: Codes, n_samples: int | None = None) -> Consensus:
    """
    Settle every sample on its most frequent answer; a tie settles nothing.

    Args:
        samples, categories: one row an answer, indices from 0, shape (n_answers,).
        n_samples: number of samples, where the last ones may have no answer.

    >>> majority(np.array([0, 0, 1, 1]), np.array([5, 5, 5, 6])).category.tolist()
    [5, -1]
    """
    total = _check(samples, categories, n_samples)
    answers = np.bincount(samples, minlength=total)
    voted = dawid_skene.candidates(samples, categories)
    shares = voted.votes / answers[voted.sample]
    category, quality = _best(voted, shares, total)
    return Consensus(category, quality, answers)


def dawid_skene_consensus(
    samples: Codes, annotators: Codes, categories: Codes, n_samples: int | None = None
) -> Consensus:
    """
    Settle every sample on the category most probable given who answers how well.

    A confusion matrix per annotator is estimated while there are no more of its cells
    than answers; with more categories or annotators than that the matrices would be
    guesses, and one accuracy per annotator is estimated instead.

    Args:
        samples, annotators, categories: one row an answer, indices from 0, shape
            (n_answers,). "Cannot be decided" is a category index of the caller's.
        n_samples: number of samples, where the last ones may have no answer.

    Source:
        Dawid & Skene (1979), "Maximum likelihood estimation of observer error-rates
        using the EM algorithm", Applied Statistics 28(1), 20-28.
    """
    total = _check(samples, categories, n_samples)
    if annotators.shape != samples.shape:
        raise ValueError("Expected one annotator index for every answer.")
    voted = dawid_skene.candidates(samples, categories)
    fit = dawid_skene.fit(samples, annotators, categories, voted)
    category, quality = _best(voted, fit.posterior, total)
    answers = np.bincount(samples, minlength=total)
    return Consensus(category, quality, answers, fit.annotator_accuracy)


def settle(
    samples: Codes, annotators: Codes, categories: Codes, n_samples: int | None = None
) -> Consensus:
    """
    Settle samples with one or two answers by agreement, the others by Dawid-Skene.

    All answers teach how well each annotator answers.

    Args:
        samples, annotators, categories: one row an answer, indices from 0, shape
            (n_answers,).
        n_samples: number of samples, where the last ones may have no answer.
    """
    agreed = majority(samples, categories, n_samples)
    if not np.any(agreed.answers > FEW_ANSWERS):
        return agreed
    weighed = dawid_skene_consensus(samples, annotators, categories, n_samples)
    few = agreed.answers <= FEW_ANSWERS
    return Consensus(
        category=np.where(few, agreed.category, weighed.category),
        quality=np.where(few, agreed.quality, weighed.quality),
        answers=agreed.answers,
        annotator_accuracy=weighed.annotator_accuracy,
    )


def _check(samples: Codes, categories: Codes, n_samples: int | None) -> int:
    """Return the number of samples after checking the long table."""
    if samples.ndim != 1 or samples.shape != categories.shape:
        raise ValueError(
            "Expected two equally long, one-dimensional arrays, "
            f"not shapes {samples.shape} and {categories.shape}."
        )
    if samples.size and min(samples.min(), categories.min()) < 0:
        raise ValueError("Indices of samples and categories count from 0.")
    seen = int(samples.max()) + 1 if samples.size else 0
    if n_samples is not None and n_samples < seen:
        raise ValueError(f"{n_samples} samples were announced, {seen} have answers.")
    return seen if n_samples is None else n_samples


def _best(voted: dawid_skene.Candidates, support: Floats, n_samples: int) -> tuple[Codes, Floats]:
    """Return each sample's best supported category, none on a tie, and its support."""
    quality = np.full(n_samples, -np.inf)
    np.maximum.at(quality, voted.sample, support)
    leads = support >= quality[voted.sample] - TIE_TOLERANCE
    leaders = np.bincount(voted.sample[leads], minlength=n_samples)
    category = np.full(n_samples, NO_CONSENSUS, dtype=np.int64)
    category[voted.sample[leads]] = voted.category[leads]
    category[leaders > 1] = NO_CONSENSUS
    quality[leaders == 0] = np.nan
    return category, quality
