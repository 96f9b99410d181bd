"""CROWDLAB: how sure a label is when people's answers and a model are weighed together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SMALLEST_WEIGHT = 1e-6
"""Of an annotator or a model that is no better than naming the most common category."""


@dataclass(frozen=True)
class Ranked:
    """
    The probabilities that a model gives to some categories of each sample.

    Attributes:
        categories: indices from 0, first the most probable of all, -1 beyond the last, shape
            (n_samples, n_ranks).
        probabilities: in [0, 1], same shape; categories that are not named have none.
    """

    categories: Codes
    probabilities: Floats


@dataclass(frozen=True)
class Crowdlab:
    """
    The category that people and model support together, and how much each was trusted.

    Attributes:
        category: most probable category of each sample, shape (n_samples,).
        quality: its probability in [0, 1], shape (n_samples,).
        annotator_weight: shape (n_annotators,).
        model_weight: weight of the model beside one annotator's.
    """

    category: Codes
    quality: Floats
    annotator_weight: Floats
    model_weight: float


@dataclass(frozen=True)
class _Candidates:
    """
    What people named for a sample or the model ranks first: one of them is most probable.

    Attributes:
        sample, category, probability: one row a candidate, the last by the model, shape (n,).
        of_answer: the candidate that each answer names, shape (n_answers,).
        votes: answers to the same sample with the same category, shape (n_answers,).
        number: answers of each sample, shape (n_samples,).
    """

    sample: Codes
    category: Codes
    probability: Floats
    of_answer: Codes
    votes: Codes
    number: Codes

    @property
    def is_shared(self) -> npt.NDArray[np.bool_]:
        """Tell which samples several people answered."""
        return np.asarray(self.number > 1)


@dataclass(frozen=True)
class _Trust:
    """How much everybody is believed, given what is taken for the truth."""

    annotators: Floats
    model: float
    likely: float  # an answer names the true category
    unlikely: float  # an answer names one certain other category


def crowdlab(
    samples: Codes, annotators: Codes, categories: Codes, model: Ranked, *, n_categories: int
) -> Crowdlab:
    """
    Weigh everybody's answers and the model's probabilities against each other.

    Each annotator weighs by how often others agree, the model by how often it names what most
    people named; the label's probability is the weighted mean. Memory is O(answers), whatever
    the number of categories.

    Args:
        samples, annotators, categories: one row an answer, indices from 0, shape (n_answers,);
            every sample of `model` has at least one answer.
        model: its ranks; out-of-sample probabilities, or it agrees with itself.
        n_categories: size of the tree, at least 2.

    Raises:
        ValueError: shapes do not fit, a sample has no answer, or no sample has two.

    Source:
        Goh, Tkachenko & Mueller (2022), "CROWDLAB: Supervised learning to infer consensus labels
        and quality scores for data with multiple annotators".
    """
    _check(samples, annotators, categories, model, n_categories)
    found = _candidates(samples, categories, model, n_categories)
    agreed = _most_named(found, samples, categories)
    first = _trust(found, samples, annotators, categories, model, agreed, n_categories)
    best = _highest(found, _posterior(found, samples, annotators, first))
    # Once more, with the better guess at the truth.
    truth = found.category[best]
    trust = _trust(found, samples, annotators, categories, model, truth, n_categories)
    quality = _posterior(found, samples, annotators, trust)[best]
    return Crowdlab(truth, quality, trust.annotators, trust.model)


def _check(
    samples: Codes, annotators: Codes, categories: Codes, model: Ranked, n_categories: int
) -> None:
    """Raise ValueError where the long table and the model do not fit each other."""
    if samples.ndim != 1 or not samples.shape == annotators.shape == categories.shape:
        raise ValueError("Expected three equally long, one-dimensional arrays.")
    if n_categories < 2 or model.categories.shape != model.probabilities.shape:
        raise ValueError("Expected two categories or more, and one probability a rank.")
    number = np.bincount(samples, minlength=len(model.categories))
    if len(number) != len(model.categories) or not number.size or number.min() == 0:
        raise ValueError("Expected at least one answer to every sample of the model.")
    if number.max() < 2:
        raise ValueError("No sample has two answers, so nobody's agreement is known.")


def _candidates(samples: Codes, categories: Codes, model: Ranked, n_categories: int) -> _Candidates:
    cells, of_answer, votes = np.unique(
        samples * n_categories + categories, return_inverse=True, return_counts=True
    )
    sample, category = cells // n_categories, cells % n_categories
    hit = model.categories[sample] == category[:, None]  # (n_cells, n_ranks)
    probability = np.where(hit, model.probabilities[sample], 0.0).sum(axis=1)
    return _Candidates(
        sample=np.concatenate([sample, np.arange(len(model.categories))]),
        category=np.concatenate([category, model.categories[:, 0]]),
        probability=np.concatenate([probability, model.probabilities[:, 0]]),
        of_answer=of_answer,
        votes=votes[of_answer],
        number=np.bincount(samples),
    )


def _most_named(found: _Candidates, samples: Codes, categories: Codes) -> Codes:
    """Return each sample's most frequent category; the model decides a tie."""
    order = np.lexsort((-categories, found.probability[found.of_answer], found.votes, samples))
    last = np.cumsum(found.number) - 1  # of each sample, in that order
    return np.asarray(categories[order][last])


def _trust(
    found: _Candidates,
    samples: Codes,
    annotators: Codes,
    categories: Codes,
    model: Ranked,
    truth: Codes,
    n_categories: int,
) -> _Trust:
    """Compare everybody with naming the most common category every time."""
    shared = found.is_shared
    agreeing = np.bincount(samples, categories == truth[samples]) / found.number
    likely = float(agreeing[shared].mean())
    common = float(np.bincount(truth[shared]).max()) / int(shared.sum())
    baseline = max(1 - common, SMALLEST_WEIGHT)
    error = float(np.mean(model.categories[shared, 0] != truth[shared]))
    agreement = _agreement_with_others(found, samples, annotators)
    return _Trust(
        annotators=np.maximum(1 - (1 - agreement) / baseline, SMALLEST_WEIGHT),
        model=max(1 - error / baseline, SMALLEST_WEIGHT) * float(np.sqrt(found.number.mean())),
        likely=likely,
        unlikely=(1 - likely) / (n_categories - 1),
    )


def _agreement_with_others(found: _Candidates, samples: Codes, annotators: Codes) -> Floats:
    """Return for each annotator the share of pairs with others that agree; the mean for loners."""
    size = int(annotators.max()) + 1
    pairs = np.bincount(annotators, found.number[samples] - 1, minlength=size)
    agreeing = np.bincount(annotators, found.votes - 1, minlength=size)
    shares = np.divide(agreeing, pairs, out=np.zeros(size), where=pairs > 0)
    shares[pairs == 0] = shares[pairs > 0].mean()
    return shares


def _posterior(found: _Candidates, samples: Codes, annotators: Codes, trust: _Trust) -> Floats:
    """Return the weighted mean of people and model for each candidate."""
    weight = trust.annotators[annotators]
    people = np.bincount(samples, weight)[found.sample]
    naming = np.bincount(found.of_answer, weight, minlength=len(found.sample))
    said = trust.likely * naming + trust.unlikely * (people - naming)
    return np.asarray((trust.model * found.probability + said) / (people + trust.model))


def _highest(found: _Candidates, posterior: Floats) -> Codes:
    """Return each sample's best candidate; one that people named comes before the same unnamed."""
    order = np.lexsort((-np.arange(len(posterior)), posterior, found.sample))
    last = np.searchsorted(found.sample[order], np.arange(len(found.number)), side="right") - 1
    return np.asarray(order[last])
