import numpy as np
import pytest

from mlcore.quality import consensus, dawid_skene
from mlcore.quality.consensus import NO_CONSENSUS


@pytest.fixture
def answers(vectors):
    """Samples, annotators, categories of the reference's table."""
    rows = [
        (sample, annotator, category)
        for sample, given in enumerate(vectors["consensus"]["labels"])
        for annotator, category in enumerate(given)
        if category is not None
    ]
    return np.array(rows, dtype=np.int64).T


def test_majority_equals_the_reference_but_leaves_ties_open(vectors, answers):
    samples, _, categories = answers
    expected = vectors["consensus"]["majority"].copy()
    expected[5] = expected[6] = expected[7] = NO_CONSENSUS

    result = consensus.majority(samples, categories)

    assert result.category.tolist() == expected
    agreement = vectors["consensus"]["crowdlab_cleanlab"]["agreement"]
    assert result.quality == pytest.approx(agreement, abs=1e-6)


def test_two_who_differ_settle_nothing():
    result = consensus.majority(np.array([0, 0]), np.array([4, 9]))

    assert result.category.tolist() == [NO_CONSENSUS]


def test_a_sample_that_nobody_answered_has_no_consensus_and_no_quality():
    result = consensus.majority(np.array([0]), np.array([4]), n_samples=2)

    assert result.category.tolist() == [4, NO_CONSENSUS]
    assert result.answers.tolist() == [1, 0]
    assert np.isnan(result.quality[1])


def test_dawid_skene_equals_the_reference(vectors, answers):
    samples, annotators, categories = answers
    expected = np.array(vectors["consensus"]["dawid_skene_crowdkit"]["probas"])

    result = consensus.dawid_skene_consensus(samples, annotators, categories)

    assert result.category.tolist() == expected.argmax(axis=1).tolist()
    assert result.quality == pytest.approx(expected.max(axis=1), abs=1e-6)


def test_dawid_skene_counts_how_often_each_annotator_was_right(answers):
    samples, annotators, categories = answers

    result = consensus.dawid_skene_consensus(samples, annotators, categories)

    # Against 0 0 1 1 2 1 0 1 2 0 1 2: annotator 0 errs on sample 5 alone, annotator 1
    # never, annotator 2 on 0, 2, 5, 6, 7, 10 and 11 of the 11 it answered.
    assert result.annotator_accuracy == pytest.approx([10 / 11, 1.0, 4 / 11])


def test_one_coin_believes_the_reliable_annotator_against_two_careless_ones():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2000, size=400)
    samples = np.repeat(np.arange(400), 3)
    annotators = np.tile([0, 1, 2], 400)
    careless = rng.random(1200) < np.tile([0.02, 0.5, 0.5], 400)
    categories = np.where(careless, rng.integers(0, 2000, 1200), truth[samples])

    result = consensus.dawid_skene_consensus(samples, annotators, categories)

    # Majority alone cannot settle the samples on which both careless ones err.
    settled = consensus.majority(samples, categories)
    assert np.mean(result.category == truth) > 0.97
    assert np.mean(settled.category == truth) < 0.8
    assert result.annotator_accuracy == pytest.approx([0.98, 0.5, 0.5], abs=0.06)


def test_variant_is_one_coin_when_the_matrices_have_more_cells_than_answers(answers):
    samples, annotators, categories = answers
    voted = dawid_skene.candidates(samples, categories)
    few = samples < 9  # 3 annotators x 3 x 3 cells, 24 answers

    many_cells = dawid_skene.fit(
        samples[few],
        annotators[few],
        categories[few],
        dawid_skene.candidates(samples[few], categories[few]),
    )
    enough = dawid_skene.fit(samples, annotators, categories, voted)

    one_coin = dawid_skene.fit_one_coin(
        samples[few],
        annotators[few],
        categories[few],
        dawid_skene.candidates(samples[few], categories[few]),
    )
    full = dawid_skene.fit_confusions(samples, annotators, categories, voted)
    assert np.array_equal(many_cells.posterior, one_coin.posterior)
    assert np.array_equal(enough.posterior, full.posterior)


def test_symmetric_answers_stay_a_tie_under_dawid_skene():
    samples = np.array([0, 0, 0])

    result = consensus.dawid_skene_consensus(samples, np.array([0, 1, 2]), np.array([0, 1, 2]))

    assert result.category.tolist() == [NO_CONSENSUS]


def test_settle_weighs_three_answers_but_never_two(answers):
    samples, annotators, categories = answers

    result = consensus.settle(samples, annotators, categories)

    assert result.category.tolist() == [
        *[0, 0, 1, 1, 2],
        1,  # three different answers: Dawid-Skene believes annotator 1
        *[NO_CONSENSUS, NO_CONSENSUS],  # two answers that differ
        *[2, 0, 1, 2],
    ]


def test_consensus_refuses_fewer_samples_than_have_answers():
    with pytest.raises(ValueError, match="2 have answers"):
        consensus.majority(np.array([0, 1]), np.array([0, 0]), n_samples=1)
