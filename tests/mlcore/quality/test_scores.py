import pytest

from mlcore.quality import scores


def test_hierarchical_scores_equal_the_reference(vectors):
    case = vectors["hier_f1"]
    # The vector lists ancestor sets, so the last entry of each is the path itself.
    gold, predicted = (
        [tuple(nodes[-1].split("/")) for nodes in case[side]] for side in ("gold", "pred")
    )

    result = scores.hierarchical_scores(gold, predicted)

    assert result.precision == pytest.approx(case["hP"], abs=1e-6)
    assert result.recall == pytest.approx(case["hR"], abs=1e-6)
    assert result.f1 == pytest.approx(case["hF"], abs=1e-6)


def test_predictions_in_the_wrong_tree_score_zero():
    assert scores.hierarchical_scores([("a",)], [("b",)]).f1 == 0.0


def test_each_level_is_measured_on_samples_that_deep():
    truth = [("a", "b", "c"), ("a", "b"), ("d",)]
    predicted = [("a", "b", "x"), ("a", "y"), ("d", "z")]

    assert scores.level_accuracies(truth, predicted) == {1: 1.0, 2: 0.5, 3: 0.0}


def test_a_prediction_deeper_than_the_truth_is_not_the_same_path():
    assert scores.accuracy([("d",)], [("d", "z")]) == 0.0


def test_macro_f1_counts_categories_that_were_only_predicted():
    # a: 1 hit, 2 true, 1 predicted -> 2/3; b: only predicted -> 0.
    assert scores.macro_f1([("a",), ("a",)], [("a",), ("b",)]) == pytest.approx(1 / 3)


def test_scores_of_no_samples_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        scores.accuracy([], [])
