import numpy as np
import pytest

from mlcore.quality import intervals


def test_wilson_equals_the_reference_on_every_vector(vectors):
    cases = vectors["wilson"]

    low, high = intervals.wilson_bounds(
        [case["k"] for case in cases], [case["n"] for case in cases]
    )

    assert low == pytest.approx([case["lo"] for case in cases], abs=1e-8)
    assert high == pytest.approx([case["hi"] for case in cases], abs=1e-8)


def test_wilson_of_no_samples_is_none_alone_and_nan_in_an_array():
    assert intervals.wilson(0, 0) is None
    assert np.isnan(intervals.wilson_bounds([0], [0])).all()


def test_wilson_ends_stay_exact_at_none_and_all():
    assert intervals.wilson(0, 7).low == 0.0
    assert intervals.wilson(7, 7).high == 1.0


@pytest.mark.parametrize(("successes", "total"), [(3, 2), (-1, 2), (1, 0)])
def test_wilson_refuses_counts_that_do_not_fit(successes, total):
    with pytest.raises(ValueError, match="between 0 and its total"):
        intervals.wilson(successes, total)


def test_agresti_min_equals_the_reference(vectors):
    case = vectors["mcnemar"]

    interval = intervals.agresti_min(case["b"], case["c"], total=100)

    assert interval == pytest.approx(vectors["paired_diff"]["agresti_min"], abs=1e-6)


def test_agresti_min_refuses_more_differences_than_samples():
    with pytest.raises(ValueError, match="fit in the total"):
        intervals.agresti_min(3, 3, total=5)


def test_the_interval_of_a_sum_lies_to_either_side_as_far_as_its_parts_together():
    # Below sqrt(.03² + .04²) = .05, above sqrt(.05² + .12²) = .13.
    first, second = intervals.Interval(0.07, 0.15), intervals.Interval(0.16, 0.32)

    low, high = intervals.sum_interval(0.1, first, 0.2, second)

    assert (low, high) == pytest.approx((0.25, 0.43))


def test_a_figure_that_is_known_for_certain_adds_no_width():
    first, nothing = intervals.Interval(0.07, 0.15), intervals.Interval(0.0, 0.0)

    assert intervals.sum_interval(0.1, first, 0.0, nothing) == pytest.approx((0.07, 0.15))


def test_the_interval_of_a_sum_refuses_a_figure_outside_its_own():
    with pytest.raises(ValueError, match="between"):
        intervals.sum_interval(0.5, intervals.Interval(0.1, 0.2), 0.1, intervals.Interval(0, 1))
