import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from mlcore.quality import agreement


def answers(table):
    """Return (samples, categories) of a table with a row an annotator, None = gap."""
    rows = [
        (sample, category)
        for given in table
        for sample, category in enumerate(given)
        if category is not None
    ]
    return np.array(rows, dtype=np.int64).T


def test_raw_agreement_weighs_each_sample_the_same():
    # Sample 0: 1 of 3 pairs agrees; sample 1: its only pair agrees; sample 2: no pair.
    samples = np.array([0, 0, 0, 1, 1, 2])
    categories = np.array([7, 7, 8, 9, 9, 7])

    assert agreement.raw_agreement(samples, categories) == pytest.approx(2 / 3)


def test_cohen_equals_the_reference(vectors):
    case = vectors["cohen"]

    kappa = agreement.cohen_kappa(np.array(case["a"]), np.array(case["b"]))

    assert kappa == pytest.approx(case["kappa"], abs=1e-8)


def test_cohen_is_undefined_when_all_gave_one_category():
    same = np.array([3, 3, 3])

    with pytest.raises(agreement.Undefined, match="one and the same category"):
        agreement.cohen_kappa(same, same)


def test_cohen_refuses_arrays_of_different_length():
    with pytest.raises(ValueError, match="equally long"):
        agreement.cohen_kappa(np.array([1, 2]), np.array([1]))


def from_counts(counts):
    """Return (samples, categories) of a table with a row a sample and a column a category."""
    counts = np.array(counts)
    sample, category = np.indices(counts.shape).reshape(2, -1)
    return np.repeat(sample, counts.ravel()), np.repeat(category, counts.ravel())


def test_fleiss_equals_the_reference(vectors):
    case = vectors["fleiss"]

    kappa = agreement.fleiss_kappa(*from_counts(case["counts"]))

    assert kappa == pytest.approx(case["kappa"], abs=1e-7)


def test_fleiss_equals_the_reference_library():
    draw = np.random.default_rng(7)
    counts = draw.multinomial(4, [0.5, 0.3, 0.2], size=50)

    kappa = agreement.fleiss_kappa(*from_counts(counts))

    assert kappa == pytest.approx(inter_rater.fleiss_kappa(counts))


def test_cohen_equals_the_reference_library():
    first, second = np.random.default_rng(8).integers(0, 5, (2, 80))

    kappa = agreement.cohen_kappa(first, second)

    assert kappa == pytest.approx(cohen_kappa_score(first, second))


def test_krippendorff_equals_the_reference_library_with_gaps():
    draw = np.random.default_rng(9)
    table = draw.integers(0, 4, (3, 60)).astype(float)
    table[draw.random((3, 60)) < 0.3] = np.nan
    given = [[None if np.isnan(each) else int(each) for each in row] for row in table]

    alpha = agreement.krippendorff_alpha(*answers(given))

    assert alpha == pytest.approx(
        krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    )


def test_fleiss_is_undefined_when_all_gave_one_category():
    with pytest.raises(agreement.Undefined, match="one category"):
        agreement.fleiss_kappa(*from_counts([[3, 0], [3, 0]]))


def test_fleiss_is_undefined_for_samples_with_unequal_numbers_of_answers():
    with pytest.raises(agreement.Undefined, match="the same number"):
        agreement.fleiss_kappa(*from_counts([[2, 0], [2, 1]]))


def test_nominal_alpha_equals_the_reference(vectors):
    case = vectors["kripp_nominal"]

    alpha = agreement.krippendorff_alpha(*answers(case["data"]))

    assert alpha == pytest.approx(case["alpha"], abs=1e-8)


def test_alpha_is_undefined_when_all_gave_one_category():
    with pytest.raises(agreement.Undefined, match="one category"):
        agreement.krippendorff_alpha(np.array([0, 0, 1, 1]), np.array([2, 2, 2, 2]))


def test_alpha_is_undefined_when_no_sample_was_answered_twice():
    with pytest.raises(agreement.Undefined, match="two answers"):
        agreement.krippendorff_alpha(np.array([0, 1]), np.array([2, 3]))


def test_hierarchical_alpha_equals_the_reference_level_by_level(vectors):
    case = vectors["kripp_hier"]
    samples, leaves = answers(case["data"])
    paths = [(leaf.split("/")[0], leaf) for leaf in case["leaf"]]

    result = agreement.hierarchical_alpha(samples, agreement.level_codes(paths)[leaves])

    levels = case["level_decomposition"]
    assert result.alpha == pytest.approx(case["alpha_hier"], abs=1e-8)
    assert [result.observed[0], result.expected[0]] == pytest.approx(levels["top"])
    assert [result.observed[1], result.expected[1]] == pytest.approx(levels["leaf"])


def test_hierarchical_alpha_with_all_weight_on_the_leaf_is_nominal_alpha(vectors):
    case = vectors["kripp_hier"]
    samples, leaves = answers(case["data"])
    codes = agreement.level_codes([(leaf[0], leaf) for leaf in case["leaf"]])[leaves]

    result = agreement.hierarchical_alpha(samples, codes, weights=[0, 1])

    assert result.alpha == pytest.approx(case["alpha_nominal"], abs=1e-8)


def test_a_short_path_differs_below_its_depth_from_its_own_children():
    codes = agreement.level_codes([("A",), ("A", "a")])

    assert codes[0, 0] == codes[1, 0]
    assert codes[0, 1] != codes[1, 1]


def test_hierarchical_alpha_refuses_a_weight_for_a_level_that_is_not_there():
    with pytest.raises(ValueError, match="1 weights"):
        agreement.hierarchical_alpha(np.array([0, 0]), np.array([[1], [1]]), weights=[0.5, 0.5])
