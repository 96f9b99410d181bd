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
