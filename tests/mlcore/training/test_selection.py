import numpy as np
import pytest

from mlcore.training.selection import SmallLoss, is_small


def choose(selector, *, epoch, losses):
    rows = np.arange(len(losses))
    return selector.choose(
        epoch=epoch,
        rows=rows,
        given=rows % 3,
        losses=np.array(losses),
        predicted=np.zeros(len(losses), dtype=np.int64),
    )


def test_every_row_is_used_during_the_warm_up():
    chosen = choose(SmallLoss(noise_rate=0.5, warm_up=2), epoch=2, losses=[1.0, 9.0])

    assert chosen.is_used.all()


def test_after_the_warm_up_the_largest_losses_are_left_out():
    chosen = choose(SmallLoss(noise_rate=0.4, warm_up=2), epoch=3, losses=[4.0, 0.1, 9.0, 1.0, 2.0])

    # ⌈.6 · 5⌉ = 3 rows stay: .1, 1 and 2.
    assert chosen.is_used.tolist() == [False, True, False, True, True]


def test_labels_stay_as_given():
    chosen = choose(SmallLoss(noise_rate=0.4, warm_up=0), epoch=1, losses=[4.0, 0.1, 9.0, 1.0])

    assert chosen.labels.tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("noise_rate", "n", "kept"),
    [(0.0, 4, 4), (0.1, 1, 1), (0.1, 11, 10), (0.7, 10, 3), (0.99, 5, 1)],
)
def test_the_number_kept_is_rounded_up(noise_rate, n, kept):
    # .3 · 10 is 3.0000000000000004 to a computer, and still three rows.
    assert is_small(np.arange(float(n)), noise_rate=noise_rate).sum() == kept


def test_a_loss_that_is_not_a_number_counts_as_the_largest():
    assert is_small(np.array([np.nan, 3.0]), noise_rate=0.5).tolist() == [False, True]


@pytest.mark.parametrize("noise_rate", [1.0, -0.1, float("nan")])
def test_a_noise_rate_that_leaves_nothing_is_refused(noise_rate):
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\)"):
        SmallLoss(noise_rate=noise_rate, warm_up=1)


def test_a_negative_warm_up_is_refused():
    with pytest.raises(ValueError, match="0 or more epochs"):
        SmallLoss(noise_rate=0.1, warm_up=-1)


def test_a_noise_rate_that_is_not_given_is_estimated_after_the_warm_up():
    selector = SmallLoss(noise_rate=None, warm_up=1)
    said = np.array([[0.9, 0.1], [0.8, 0.2], *[[0.6, 0.4]] * 8])

    before = choose(selector, epoch=2, losses=[1.0, 2.0])
    selector.end_epoch(epoch=1, given=np.array([1, *[0] * 9]), probabilities=said)

    # The surest fifth are the first two rows, of which one is contradicted.
    assert before.is_used.all()
    assert selector.noise_rate == 0.5
    assert choose(selector, epoch=2, losses=[1.0, 2.0]).is_used.tolist() == [True, False]


def test_what_contradicts_most_of_its_surest_rows_cleans_nothing():
    selector = SmallLoss(noise_rate=None, warm_up=1)
    said = np.array([[0.9, 0.1], *[[0.6, 0.4]] * 4])

    selector.end_epoch(epoch=1, given=np.array([1, 0, 0, 0, 0]), probabilities=said)

    assert selector.noise_rate == 0
    assert choose(selector, epoch=2, losses=[1.0, 2.0]).is_used.all()


def test_a_given_noise_rate_stays():
    selector = SmallLoss(noise_rate=0.5, warm_up=1)

    selector.end_epoch(epoch=1, given=np.array([0]), probabilities=np.array([[0.9, 0.1]]))

    assert selector.noise_rate == 0.5


@pytest.mark.parametrize("noise_rate", [None, 0.25])
def test_what_was_estimated_outlives_a_checkpoint(noise_rate):
    later = SmallLoss(noise_rate=None, warm_up=1)

    later.restore(SmallLoss(noise_rate=noise_rate, warm_up=1).state())

    assert later.noise_rate == noise_rate
