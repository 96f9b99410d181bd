import numpy as np
import pytest

from mlcore.training.selfie import Selfie, SelfieSettings

GIVEN = np.array([0, 0, 0, 0])
LOUD = np.array([1.0, 2.0, 3.0, 4.0])
"""Losses of which the second half is large."""


def selfie(*, n_rows=4, is_confirmed=None, n_categories=4, **settings):
    chosen = {"noise_rate": 0.5, "warm_up": 4, "history": 4, **settings}
    return Selfie(
        SelfieSettings(**chosen),
        n_rows=n_rows,
        n_categories=n_categories,
        is_confirmed=is_confirmed,
    )


def epochs(selector, *predictions, first=1, sureness=None):
    """Show the four rows once for each list of their predictions; return the last choice."""
    for epoch, predicted in enumerate(predictions, start=first):
        chosen = selector.choose(
            epoch=epoch,
            rows=np.arange(4),
            given=GIVEN,
            losses=LOUD,
            predicted=np.array(predicted),
            sureness=sureness,
        )
    return chosen


def test_the_warm_up_learns_every_row_as_given():
    chosen = epochs(selfie(), *[[0, 1, 2, 3]] * 4)

    assert chosen.labels.tolist() == [0, 0, 0, 0]
    assert chosen.is_used.all()


def test_a_row_of_large_loss_is_learnt_under_the_label_that_its_predictions_agree_on():
    chosen = epochs(selfie(), *[[0, 0, 0, 3]] * 5)

    assert chosen.labels.tolist() == [0, 0, 0, 3]
    assert chosen.is_used.tolist() == [True, True, True, True]


def test_a_row_of_large_loss_whose_predictions_differ_is_left_out():
    chosen = epochs(selfie(), [0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 1, 0], [0, 0, 3, 0], [0, 0, 2, 0])

    assert chosen.is_used.tolist() == [True, True, False, True]


def test_a_clean_row_whose_predictions_agree_on_another_label_gets_that_label():
    chosen = epochs(selfie(), *[[2, 0, 0, 0]] * 5)

    assert chosen.labels.tolist() == [2, 0, 0, 0]


def test_uncertainty_is_the_entropy_of_the_votes_over_the_logarithm_of_all_categories():
    # Votes 3 : 1 of 4 categories: (.75 ln 4/3 + .25 ln 4) / ln 4 = .40564.
    votes = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 0, 1]]

    just_under = epochs(selfie(uncertainty=0.4056), *votes)
    just_over = epochs(selfie(uncertainty=0.4057), *votes)

    assert not just_under.is_used[3]
    assert (just_over.is_used[3], just_over.labels[3]) == (True, 1)


def test_more_categories_make_the_same_votes_more_certain():
    # The same votes of 1,000 categories: .56234 / ln 1000 = .08141.
    votes = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 0, 1]]

    assert epochs(selfie(uncertainty=0.0815, n_categories=1000), *votes).is_used[3]
    assert not epochs(selfie(uncertainty=0.0814, n_categories=1000), *votes).is_used[3]


def test_votes_older_than_the_history_are_forgotten():
    chosen = epochs(selfie(), *[[0, 0, 0, 1]] * 4, *[[0, 0, 0, 2]] * 4)

    assert chosen.labels[3] == 2


def test_a_row_that_was_not_seen_often_enough_is_not_corrected():
    chosen = epochs(selfie(), *[[0, 0, 0, 3]] * 2, first=5)

    assert not chosen.is_used[3]


def test_rows_are_remembered_apart_whatever_batches_they_come_in():
    selector = selfie(n_rows=2)
    for epoch in range(1, 6):
        for row, predicted in ((1, 3), (0, 0)):
            chosen = selector.choose(
                epoch=epoch,
                rows=np.array([row]),
                given=np.array([0]),
                losses=np.array([9.0]),
                predicted=np.array([predicted]),
            )

    assert chosen.labels.tolist() == [0]
    assert selector.refurbished().rows.tolist() == [1]


def test_the_log_tells_what_became_of_each_corrected_row():
    selector = selfie(uncertainty=0.41)

    epochs(selector, [0, 0, 0, 3], [0, 0, 0, 1], *[[0, 0, 0, 3]] * 3)

    log = selector.refurbished()
    assert (log.rows.tolist(), log.new.tolist()) == ([3], [3])
    assert (log.training.tolist(), log.epoch.tolist()) == ([1], [5])
    assert log.certainty == pytest.approx([1 - 0.405639], abs=1e-6)
    assert log.history.tolist() == [[1, 3, 3, 3]]


def test_a_row_whose_votes_return_to_its_given_label_leaves_the_log():
    selector = selfie()

    epochs(selector, *[[0, 0, 0, 3]] * 5, *[[0, 0, 0, 0]] * 4)

    assert selector.refurbished().rows.tolist() == []


def test_a_restart_keeps_corrected_labels_from_its_first_epoch_and_forgets_predictions():
    selector = selfie()
    epochs(selector, *[[0, 0, 0, 3]] * 5)

    selector.restart()

    chosen = epochs(selector, [0, 0, 0, 0])
    assert chosen.labels.tolist() == [0, 0, 0, 3]
    assert chosen.is_used.all()


def test_a_label_of_an_earlier_training_lasts_until_the_new_predictions_agree():
    selector = selfie()
    epochs(selector, *[[0, 0, 0, 3]] * 5)
    selector.restart()

    unsure = epochs(selector, [0, 0, 0, 1], [0, 0, 0, 2], *[[0, 0, 0, 1]] * 3)
    agreed = epochs(selector, *[[0, 0, 0, 1]] * 2, first=6)

    assert (unsure.labels[3], unsure.is_used[3]) == (3, True)
    assert agreed.labels[3] == 1
    assert selector.refurbished().training.tolist() == [2]


def test_a_label_that_a_person_decided_is_always_learnt_as_given():
    selector = selfie(is_confirmed=np.array([False, False, False, True]))

    chosen = epochs(selector, *[[0, 0, 3, 3]] * 5)

    assert chosen.labels.tolist() == [0, 0, 3, 0]
    assert chosen.is_used[3]
    assert selector.refurbished().rows.tolist() == [2]


def test_a_saved_state_goes_on_as_if_never_interrupted(tmp_path):
    whole, before, after = selfie(), selfie(), selfie()
    epochs(before, *[[0, 0, 0, 3]] * 3)
    np.savez(tmp_path / "selfie.npz", **before.state())

    with np.load(tmp_path / "selfie.npz") as state:
        after.restore(state)

    resumed = epochs(after, *[[0, 0, 0, 3]] * 2, first=4)
    unbroken = epochs(whole, *[[0, 0, 0, 3]] * 5)
    assert resumed.labels.tolist() == unbroken.labels.tolist() == [0, 0, 0, 3]
    assert after.refurbished().epoch.tolist() == [5]


def test_a_saved_state_knows_its_training():
    selector, later = selfie(), selfie()
    selector.restart()

    later.restore(selector.state())

    assert later.training == 2


def test_a_state_of_other_rows_is_refused():
    with pytest.raises(ValueError, match=r"history has the shape \(3, 4\), not \(4, 4\)"):
        selfie().restore(selfie(n_rows=3).state())


def test_more_categories_than_two_bytes_hold_are_kept_apart():
    selector = selfie(n_categories=70_000)

    chosen = epochs(selector, *[[0, 0, 0, 69_999]] * 5)

    assert chosen.labels[3] == 69_999


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"noise_rate": 1.0}, "wrong labels must lie"),
        ({"history": 0}, "1 prediction or more"),
        ({"warm_up": 3}, "fill the history of 4"),
        ({"uncertainty": 1.5}, "uncertainty must lie"),
        ({"precision": 1.0}, "precision must lie"),
        ({"n_categories": 1}, "at least two categories"),
        ({"is_confirmed": np.zeros(3, np.bool_)}, "one mark for each of 4 rows"),
    ],
)
def test_settings_out_of_range_are_refused(values, reason):
    with pytest.raises(ValueError, match=reason):
        selfie(**values)


def test_until_the_noise_is_estimated_every_row_is_used():
    selector = selfie(noise_rate=None)

    chosen = epochs(selector, *[[0, 0, 0, 3]] * 5)
    selector.end_epoch(epoch=4, given=np.array([0]), probabilities=np.array([[0.9, 0.1]]))

    assert chosen.labels.tolist() == [0, 0, 0, 0]
    assert selector.noise_rate == 0.0
    assert epochs(selector, [0, 0, 0, 3], first=6).labels.tolist() == [0, 0, 0, 3]


def test_a_correction_waits_until_the_network_is_as_sure_as_held_out_rows_ask():
    selector = selfie(precision=0.5, noise_rate=0.25)
    said = np.array([[0.9, 0.1], [0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])
    sureness = np.array([0.7, 0.7, 0.7, 0.8])
    epochs(selector, *[[0, 0, 3, 3]] * 4, sureness=sureness)
    selector.end_epoch(epoch=4, given=np.array([1, 0, 0, 1]), probabilities=said)

    chosen = epochs(selector, [0, 0, 3, 3], first=5, sureness=sureness)

    # From .8 on two opinions meet their label and one is contradicted, see `Sureness`.
    assert chosen.labels.tolist() == [0, 0, 0, 3]


def test_small_losses_can_be_those_of_each_category():
    selector = selfie(is_by_category=True)
    rows = {"rows": np.arange(4), "given": np.array([0, 0, 0, 1]), "losses": LOUD}
    for epoch in range(1, 6):
        chosen = selector.choose(epoch=epoch, predicted=np.arange(4) * epoch % 4, **rows)

    # Votes differ, so the losses decide: two of three and one of one are small.
    assert chosen.is_used.tolist() == [True, True, False, True]


def test_what_held_out_rows_told_outlives_a_checkpoint():
    selector, later = (selfie(precision=0.5, is_by_category=True) for _ in range(2))
    said = np.array([[0.9, 0.1], [0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])
    sureness = np.full(4, 0.8)
    epochs(selector, *[[0, 0, 0, 3]] * 4, sureness=sureness)
    selector.end_epoch(epoch=4, given=np.array([1, 0, 0, 1]), probabilities=said)

    later.restore(selector.state())

    assert epochs(later, [0, 0, 0, 3], first=5, sureness=sureness).labels.tolist() == [0, 0, 0, 3]
