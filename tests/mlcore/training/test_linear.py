from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from mlcore.progress import Cancelled, never, silent
from mlcore.training.linear import CHUNK, Lesson, Linear, learn, weighed

ORDERLY = {"cost": 3.0, "seed": 3, "identity": "these rows"}


@pytest.fixture
def lesson():
    """Forty names of one n-gram that tells their category, and one that all share."""
    labels = np.arange(40) % 2
    ids = np.stack([labels + 1, np.full(40, 3), np.zeros(40)], axis=1).astype(np.int32)
    gram_weights = np.array([0, 2, 2, 1, 1], dtype=np.float32)
    return Lesson(ids, labels, np.ones(40, np.float32), 2, gram_weights)


def learnt(lesson, work, *, epochs=2, is_cancelled=never, **changes):
    return learn(
        lesson,
        epochs=epochs,
        work=work,
        progress=silent,
        is_cancelled=is_cancelled,
        **{**ORDERLY, **changes},
    )


ONE = np.array([1.0], np.float32)


def test_a_first_step_reaches_the_best_of_its_name():
    model, dual = Linear(buckets=2, n_categories=2), np.zeros(2, np.float32)

    model.step(np.array([1]), ONE, label=0, dual=dual, cost=0.5)

    # Slope -1, curvature 1 + 1 for the n-gram and the prior, 1 / (2 * .5) for the slack.
    assert dual == pytest.approx([1 / 3, 1 / 3])
    assert model.vectors[1] == pytest.approx([1 / 3, -1 / 3])
    assert model.prior == pytest.approx([1 / 3, -1 / 3])


def test_a_second_step_over_the_same_name_changes_nothing():
    model, dual = Linear(buckets=1, n_categories=2), np.zeros(2, np.float32)
    model.step(np.array([1]), ONE, label=0, dual=dual, cost=2.0)
    before = model.vectors.copy()

    model.step(np.array([1]), ONE, label=0, dual=dual, cost=2.0)

    assert model.vectors == pytest.approx(before, abs=1e-6)


def test_a_name_beyond_its_margin_lets_go():
    model, dual = Linear(buckets=1, n_categories=1), np.array([0.5], np.float32)
    model.vectors[1], model.prior[0] = 0.5, 1.5

    model.step(np.array([1]), ONE, label=0, dual=dual, cost=1.0)

    # Slope .5 + 1.5 - 1 + .5 * .5 = 1.25, curvature 2.5: exactly what it held.
    assert dual == pytest.approx([0])
    assert (model.vectors[1], model.prior) == pytest.approx((0, 1))


def test_n_grams_that_are_not_in_the_name_stay():
    model = Linear(buckets=3, n_categories=2)

    model.step(np.array([2]), ONE, label=0, dual=np.zeros(2, np.float32), cost=1.0)

    assert not model.vectors[[0, 1, 3]].any()


@pytest.mark.parametrize("cost", [0.0, 1e-40])
def test_a_name_that_counts_nothing_teaches_nothing(cost):
    model = Linear(buckets=1, n_categories=2)

    model.step(np.array([1]), ONE, label=0, dual=np.zeros(2, np.float32), cost=cost)

    assert not model.vectors.any()


def test_many_passes_reach_the_optimum_that_liblinear_finds(tmp_path):
    dice = np.random.default_rng(0)
    ids = dice.integers(1, 31, size=(60, 5)).astype(np.int32)
    labels, weights = dice.integers(0, 3, size=60), dice.uniform(0.2, 2, size=60)
    gram_weights = np.r_[0, dice.uniform(1, 3, size=30)].astype(np.float32)
    lesson = Lesson(ids, labels, weights.astype(np.float32), 3, gram_weights)

    found = learnt(lesson, tmp_path / "work", epochs=300)

    rows = weighed(ids, gram_weights)
    reference = LinearSVC(C=3.0, tol=1e-8, max_iter=100_000).fit(rows, labels, weights)
    ours = rows @ found.vectors + found.prior
    assert ours == pytest.approx(reference.decision_function(rows), abs=1e-3)


def test_a_repeated_n_gram_counts_as_often_as_it_is_there():
    found = weighed(np.array([[1, 1, 2], [0, 0, 0]]), np.array([0, 3, 4], np.float32))

    length = np.sqrt(9 + 9 + 16)
    assert found.toarray()[0] == pytest.approx([0, 6 / length, 4 / length])
    assert not found.toarray()[1].any()


def test_the_n_gram_that_tells_a_category_speaks_for_it(lesson, tmp_path):
    model = learnt(lesson, tmp_path / "work")

    assert model.vectors[1, 0] > 0 > model.vectors[1, 1]
    assert model.vectors[2, 1] > 0 > model.vectors[2, 0]
    assert not model.vectors[4].any()  # no name has it


def test_the_same_seed_learns_the_same(lesson, tmp_path):
    one, other = (learnt(lesson, tmp_path / name) for name in "ab")

    assert np.array_equal(one.vectors, other.vectors)
    assert not np.array_equal(one.vectors, learnt(lesson, tmp_path / "c", seed=4).vectors)


def test_a_killed_training_ends_with_the_numbers_it_would_have_ended_with(lesson, tmp_path):
    asked = SimpleNamespace(times=0)

    def in_the_second_epoch():
        asked.times += 1
        return asked.times == 2

    with pytest.raises(Cancelled):
        learnt(lesson, tmp_path / "killed", is_cancelled=in_the_second_epoch)
    again = learnt(lesson, tmp_path / "killed")

    whole = learnt(lesson, tmp_path / "whole")
    assert len(lesson.labels) < CHUNK  # it was asked once an epoch
    assert np.array_equal(again.vectors, whole.vectors)
    assert np.array_equal(again.prior, whole.prior)


def test_a_damaged_record_of_a_killed_training_is_passed_over(lesson, tmp_path):
    learnt(lesson, tmp_path / "work", epochs=1)
    (tmp_path / "work" / "dual.npy").write_bytes(b"torn")

    again = learnt(lesson, tmp_path / "work")

    assert np.array_equal(again.vectors, learnt(lesson, tmp_path / "whole").vectors)


def test_what_another_training_left_is_not_taken_up(lesson, tmp_path):
    learnt(lesson, tmp_path / "work", epochs=1, identity="other rows", seed=9)

    found = learnt(lesson, tmp_path / "work")

    assert np.array_equal(found.vectors, learnt(lesson, tmp_path / "whole").vectors)
