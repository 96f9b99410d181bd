import numpy as np
import pytest

from mlcore.quality import coverage
from mlcore.quality.intervals import wilson


def test_equal_probabilities_are_answered_together():
    curve = coverage.coverage_curve(
        np.array([0.9, 0.7, 0.7, 0.7]), np.array([True, True, False, False])
    )

    assert curve.threshold.tolist() == [0.9, 0.7]
    assert curve.rows.tolist() == [1, 4]
    assert curve.accuracy.tolist() == [1.0, 0.5]


def hundred():
    """100 rows, the surest first: 60 right ones, then ten wrong ones, then 30 right ones."""
    highest = np.linspace(0.99, 0.01, 100)
    is_right = np.ones(100, dtype=bool)
    is_right[60:70] = False
    return coverage.coverage_curve(highest, is_right)


def test_the_threshold_is_the_lowest_whose_lower_bound_reaches_the_target():
    curve = hundred()

    found = curve.reaching(0.9)

    # Wilson's lower bound of 60/61 is .913, of 60/62 .890; of all, 90/100, only .826.
    assert found.rows == 61
    assert found.threshold == pytest.approx(np.linspace(0.99, 0.01, 100)[60])
    assert found.low == wilson(60, 61).low >= 0.9 > wilson(60, 62).low
    assert (found.coverage, found.accuracy) == (0.61, pytest.approx(60 / 61))


def test_a_target_that_is_reached_again_further_down_is_taken_there():
    # The bound falls under .8 after the wrong ten and comes back with the last rows.
    assert hundred().reaching(0.8).coverage == 1.0
    assert wilson(60, 70).low < 0.8 < wilson(90, 100).low


def test_a_target_out_of_reach_answers_nothing_and_says_so():
    found = hundred().reaching(0.99)

    assert found == coverage.Operation(None, 0, 0.0, None, None)


def test_the_curve_tells_what_any_threshold_gives():
    curve = coverage.coverage_curve(
        np.array([0.9, 0.7, 0.5, 0.3]), np.array([True, True, False, False])
    )

    assert curve.at(0.6).rows == 2
    assert curve.at(0.7).rows == 2
    assert curve.at(0.0).accuracy == 0.5
    assert (curve.at(0.95).coverage, curve.at(0.95).accuracy) == (0.0, None)


@pytest.mark.parametrize("target", [0.0, 1.0, float("nan")])
def test_a_target_that_is_no_share_is_refused(target):
    with pytest.raises(ValueError, match=r"must lie in \(0, 1\)"):
        hundred().reaching(target)


@pytest.mark.parametrize(
    ("highest", "is_right", "reason"),
    [
        ([], [], "at least one"),
        ([0.5], [True, False], "for each row"),
        ([1.5], [True], "between 0 and 1"),
        ([float("nan")], [True], "between 0 and 1"),
    ],
)
def test_rows_that_do_not_fit_are_refused(highest, is_right, reason):
    with pytest.raises(ValueError, match=reason):
        coverage.coverage_curve(np.array(highest), np.array(is_right, dtype=bool))
