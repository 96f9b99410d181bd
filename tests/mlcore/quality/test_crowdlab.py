import numpy as np
import pandas as pd
import pytest
from cleanlab.multiannotator import get_label_quality_multiannotator

from mlcore.quality.crowdlab import Ranked, crowdlab


def long(table):
    """Return samples, annotators, categories of a table with a row a sample; None = gap."""
    rows = [
        (sample, annotator, category)
        for sample, given in enumerate(table)
        for annotator, category in enumerate(given)
        if category is not None
    ]
    return np.array(rows, dtype=np.int64).T


def ranked(probabilities):
    """Return all categories of each sample, the most probable first."""
    dense = np.array(probabilities)
    order = np.argsort(-dense, axis=1, kind="stable")
    return Ranked(order, np.take_along_axis(dense, order, axis=1))


def test_crowdlab_equals_the_reference(vectors):
    case = vectors["consensus"]
    expected = case["crowdlab_cleanlab"]

    found = crowdlab(*long(case["labels"]), ranked(case["pred_probs"]), n_categories=3)

    assert found.category.tolist() == expected["consensus"]
    assert found.quality == pytest.approx(expected["consensus_quality"], abs=1e-6)
    assert found.annotator_weight == pytest.approx(expected["annotator_weight"], abs=1e-6)
    assert found.model_weight == pytest.approx(expected["model_weight"], abs=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_crowdlab_equals_the_reference_library_on_random_answers(seed):
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 4, 60)
    is_right = draw.random((60, 5)) < 0.7
    table = np.where(is_right, truth[:, None], draw.integers(0, 4, (60, 5))).astype(float)
    gaps = draw.random((60, 5)) < 0.5
    gaps[:, 0] &= ~gaps[:, 1:].all(axis=1)
    table[gaps] = np.nan
    probabilities = draw.dirichlet(np.ones(4), 60)
    probabilities[np.arange(60), truth] += 1
    probabilities /= 2
    rows = [[None if np.isnan(each) else int(each) for each in row] for row in table]
    reference = get_label_quality_multiannotator(pd.DataFrame(table), probabilities, verbose=False)[
        "label_quality"
    ]

    found = crowdlab(*long(rows), ranked(probabilities), n_categories=4)

    assert found.category.tolist() == reference["consensus_label"].tolist()
    assert found.quality == pytest.approx(reference["consensus_quality_score"], abs=1e-9)


def test_a_category_beyond_the_models_ranks_has_no_share_of_the_model():
    # Two agree on 7, which the model does not rank: only the people speak for it. Three samples
    # of full agreement make P = 1, so the weights alone decide: people 2 x 1, the model 1e-6.
    samples, annotators = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3)
    categories = np.array([7, 7, 1, 1, 2, 2])
    model = Ranked(np.array([[3], [4], [5]]), np.full((3, 1), 0.9))

    found = crowdlab(samples, annotators, categories, model, n_categories=10)

    assert found.category.tolist() == [7, 1, 2]
    assert found.quality == pytest.approx([1, 1, 1], abs=1e-5)


def test_without_a_sample_answered_twice_nothing_is_known_of_anybody():
    with pytest.raises(ValueError, match="No sample has two answers"):
        crowdlab(
            np.array([0]),
            np.array([0]),
            np.array([1]),
            Ranked(np.array([[1]]), np.array([[1.0]])),
            n_categories=2,
        )


def test_a_sample_without_an_answer_is_refused():
    with pytest.raises(ValueError, match="at least one answer"):
        crowdlab(
            np.array([0, 0]),
            np.array([0, 1]),
            np.array([1, 1]),
            Ranked(np.array([[1], [1]]), np.ones((2, 1))),
            n_categories=2,
        )
