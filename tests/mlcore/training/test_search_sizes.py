import pytest

from mlcore.training.search_sizes import Tried, compare


def tried(*accuracies, size):
    return [Tried(size, accuracy) for accuracy in accuracies]


SMALL = tried(0.95, 0.94, 0.93, 0.92, 0.91, size=128)
LARGE = tried(0.90, 0.89, None, None, 0.80, size=256)


def test_a_side_is_told_by_its_best_and_its_middle_trial():
    sizes = compare([*SMALL, *LARGE])

    assert (sizes.small.best, sizes.small.median) == (0.95, 0.93)
    assert (sizes.large.finished, sizes.large.pruned, sizes.large.median) == (3, 2, 0.89)


def test_the_side_that_is_better_in_every_pair_wins():
    sizes = compare([*SMALL, *LARGE])

    # Of 252 ways to deal ten ranks to two sides of five, two are so extreme.
    assert sizes.superiority == 1.0
    assert sizes.p_value == pytest.approx(2 / 252, abs=0.005)
    assert sizes.verdict == "small"


def test_large_layers_can_win_too():
    swapped = [Tried(512 if trial.size == 128 else 64, trial.accuracy) for trial in SMALL + LARGE]

    assert compare(swapped).verdict == "large"


def test_sides_that_take_turns_are_alike():
    small = tried(0.9, 0.8, 0.7, 0.6, 0.5, size=32)
    large = tried(0.85, 0.75, 0.65, 0.55, 0.95, size=1024)

    sizes = compare([*small, *large])

    # Better in 4 + 3 + 2 + 1 of 25 pairs.
    assert sizes.superiority == 0.4
    assert sizes.verdict == "alike"


def test_four_trials_on_a_side_are_too_few():
    sizes = compare([*SMALL[:4], *LARGE])

    assert sizes.verdict == "too few"
    assert sizes.p_value is None


def test_a_search_without_trials_tells_nothing():
    sizes = compare([])

    assert sizes.as_record()["small"] == {
        "finished": 0,
        "pruned": 0,
        "best": None,
        "median": None,
    }
    assert sizes.verdict == "too few"
