import numpy as np
import pytest

from mlcore.quality import sampling
from mlcore.quality.intervals import wilson


def test_a_sample_is_shared_out_in_proportion():
    assert sampling.allocate([600, 300, 100], total=50).tolist() == [30, 15, 5]


def test_what_rounding_leaves_goes_to_the_largest_remainders():
    # parts 3.5, 2.8, 0.7: whole 3, 2, 0; two left, for .8 and .7
    assert sampling.allocate([50, 40, 10], total=7).tolist() == [3, 3, 1]


def test_among_equal_remainders_the_first_stratum_wins():
    assert sampling.allocate([10, 10, 10], total=4).tolist() == [2, 1, 1]


def test_every_stratum_gets_its_minimum_and_the_others_share_the_rest():
    # the last two get 10; 80 are left for 800 and 200
    assert sampling.allocate([800, 200, 40, 30], total=100, minimum=10).tolist() == [64, 16, 10, 10]


def test_a_minimum_may_push_another_stratum_below_it():
    # the first round fixes only the last stratum; then 12 * 30 / 130 = 2.8 is below 3 as well
    assert sampling.allocate([100, 30, 1], total=13, minimum=3).tolist() == [9, 3, 1]


def test_a_stratum_below_the_minimum_is_taken_whole():
    assert sampling.allocate([100, 2], total=10, minimum=5).tolist() == [8, 2]


def test_more_than_there_is_means_all():
    assert sampling.allocate([3, 0, 2], total=99).tolist() == [3, 0, 2]


def test_minimums_that_exceed_the_total_are_refused():
    with pytest.raises(ValueError, match="need 15 samples"):
        sampling.allocate([100, 100, 100], total=10, minimum=5)


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_always_sum_to_the_total_and_fit(seed):
    random = np.random.default_rng(seed)
    sizes = random.integers(0, 500, size=30)
    total = int(random.integers(0, sizes.sum()))
    minimum = int(random.integers(0, total // 30 + 1))

    drawn = sampling.allocate(sizes, total, minimum)

    assert drawn.sum() == total
    assert np.all(drawn <= sizes)
    assert np.all(drawn >= np.minimum(sizes, minimum))


def test_proportional_allocation_equals_the_reference(vectors):
    case = vectors["neyman"]

    assert sampling.allocate(case["N"], case["budget"]).tolist() == case["prop"]


def test_a_chance_is_the_drawn_part_of_a_stratum():
    assert sampling.inclusion_probabilities([1, 4, 0], [4, 4, 0]).tolist() == [0.25, 1.0, 0.0]


def test_more_drawn_than_there_are_is_refused():
    with pytest.raises(ValueError, match="between 0 and its size"):
        sampling.inclusion_probabilities([5], [4])


def test_the_chance_of_any_draw_misses_all_together():
    assert sampling.chance_of_any([0.5, 0.5, 0.5]) == 0.875
    assert sampling.chance_of_any([0.2, 1.0]) == 1.0


def test_equal_chances_give_the_plain_share_with_its_wilson_interval():
    share = sampling.weighted_share([30, 40], [50, 50], [0.1, 0.1])

    assert share is not None
    assert share.value == pytest.approx(0.7)
    assert share[1:3] == pytest.approx(wilson(70, 100))
    assert (share.effective, share.population) == pytest.approx((100, 1000))


def test_rare_strata_that_were_drawn_often_weigh_little():
    # 90 of 100 at chance 1, 10 of 100 at chance .1: (90 + 100) / (100 + 1000)
    share = sampling.weighted_share([90, 10], [100, 100], [1.0, 0.1])

    assert share is not None
    assert share.value == pytest.approx(190 / 1100)


def test_unequal_chances_widen_the_interval():
    # weights 2 and 10, one hit of two each: value .5, every deviation .5, so the variance is
    # .25 * (2 * 4 + 2 * 100) / 24**2 and the effective number 576 / 208
    share = sampling.weighted_share([1, 1], [2, 2], [0.5, 0.1])

    assert share is not None
    assert share.value == 0.5
    assert share.effective == pytest.approx(576 / 208)


def test_a_share_of_all_or_none_uses_kishs_number():
    share = sampling.weighted_share([0, 0], [2, 2], [0.5, 0.1])

    assert share is not None
    assert (share.value, share.low) == (0.0, 0.0)
    assert share.effective == pytest.approx(576 / 208)
    assert share.high == pytest.approx(1.96**2 / (576 / 208 + 1.96**2), abs=1e-4)


def test_no_sample_has_no_share():
    assert sampling.weighted_share([], [], []) is None


@pytest.mark.parametrize(
    ("hits", "chance", "problem"),
    [(2, 0.5, "between 0 and its total"), (1, 0.0, "in \\(0, 1\\]"), (1, 1.5, "in \\(0, 1\\]")],
)
def test_what_cannot_be_is_refused(hits, chance, problem):
    with pytest.raises(ValueError, match=problem):
        sampling.weighted_share([hits], [1], [chance])


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(7)
    sizes, truth, chances = [2000, 500], [0.9, 0.4], [0.05, 0.4]
    population = (2000 * 0.9 + 500 * 0.4) / 2500
    covered = 0
    for _ in range(400):
        drawn = [round(size * chance) for size, chance in zip(sizes, chances, strict=True)]
        hits = [
            random.hypergeometric(round(size * share), size - round(size * share), n)
            for size, share, n in zip(sizes, truth, drawn, strict=True)
        ]
        share = sampling.weighted_share(hits, drawn, chances)
        assert share is not None
        covered += share.low <= population <= share.high

    assert 0.92 <= covered / 400 <= 1.0
