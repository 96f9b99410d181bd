import numpy as np
import pytest

from mlcore.training.guard import NEVER, Shares, Sureness

SAID = np.array([[0.9, 0.1], [0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])


def small(shares, *, epoch, losses, given, noise_rate=0.5):
    """Show all rows in one batch and return which of them are small."""
    return shares.is_small(
        epoch=epoch,
        rows=np.arange(len(losses)),
        given=np.array(given),
        losses=np.array(losses),
        noise_rate=noise_rate,
    ).tolist()


def test_until_held_out_rows_were_heard_nothing_is_sure_enough():
    assert Sureness(0.8).is_enough(np.array([1.0]), 1).tolist() == [False]


def test_a_prediction_is_sure_enough_from_the_probability_that_held_out_rows_tell():
    # Of the surest fifth one of one is contradicted: believed .25. At .8: 2 meet their label,
    # so 2/3 contradictions are right, of 1: .67; at .6: 2/3 of 2: .33.
    sureness = Sureness(0.5)

    sureness.learn(np.array([1, 0, 0, 1]), SAID, noise_rate=0.25)

    assert sureness.least == 0.8
    assert sureness.is_enough(np.array([0.79, 0.8]), 2).tolist() == [False, True]


def test_where_the_surest_rows_meet_their_labels_nothing_is_corrected_whatever_is_believed():
    sureness = Sureness(0.5)

    sureness.learn(np.array([0, 0, 1, 1]), SAID, noise_rate=0.25)

    assert sureness.least == NEVER


def test_without_a_wanted_precision_every_prediction_is_enough():
    sureness = Sureness(0.0)

    sureness.learn(np.array([0, 0, 1, 1]), SAID, noise_rate=0.25)

    assert sureness.is_enough(None, 2).tolist() == [True, True]


def test_a_wanted_precision_needs_to_know_how_sure_the_network_is():
    with pytest.raises(ValueError, match="wait for the probability"):
        Sureness(0.5).is_enough(None, 2)


def test_in_the_first_pass_every_loss_is_small():
    assert small(Shares(2), epoch=1, losses=[1.0, 9.0], given=[0, 0]) == [True, True]


def test_afterwards_each_category_keeps_its_smaller_losses():
    # Over the batch, the rare category 1 would lose both of its rows.
    shares, given = Shares(6), [0, 0, 0, 0, 1, 1]
    losses = [1.0, 2.0, 3.0, 4.0, 8.0, 9.0]
    small(shares, epoch=1, losses=losses, given=given)

    kept = small(shares, epoch=2, losses=losses, given=given)

    assert kept == [True, True, False, False, True, False]


def test_a_category_of_one_row_keeps_it():
    shares = Shares(3)
    small(shares, epoch=1, losses=[1.0, 2.0, 9.0], given=[0, 0, 2], noise_rate=0.9)

    kept = small(shares, epoch=2, losses=[1.0, 2.0, 9.0], given=[0, 0, 2], noise_rate=0.9)

    assert kept == [True, False, True]


def test_where_nothing_is_wrong_larger_losses_than_before_are_small_too():
    shares = Shares(2)
    small(shares, epoch=1, losses=[1.0, 2.0], given=[0, 0], noise_rate=0.0)

    assert small(shares, epoch=2, losses=[1.0, 9.0], given=[0, 0], noise_rate=0.0) == [True, True]


def test_while_the_noise_is_not_known_every_loss_is_small():
    shares = Shares(2)
    small(shares, epoch=1, losses=[1.0, 9.0], given=[0, 0], noise_rate=None)

    assert small(shares, epoch=2, losses=[1.0, 9.0], given=[0, 0], noise_rate=None) == [True, True]


def test_limits_outlive_a_checkpoint():
    shares, later = Shares(2), Shares(2)
    small(shares, epoch=1, losses=[1.0, 9.0], given=[0, 0])

    later.restore(shares.state())

    assert small(later, epoch=2, losses=[1.0, 9.0], given=[0, 0]) == [True, False]
