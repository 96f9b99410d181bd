from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.progress import Cancelled, never, silent
from mlcore.training.linear import CHUNK, Lesson, Linear, learn, weighed

ORDERLY = {"rate": 0.5, "seed": 3, "identity": "these rows"}


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


def test_a_step_goes_against_the_gradient_by_the_rate_over_the_root_of_the_squares():
    model = Linear(buckets=2, n_categories=2)

    model.step(np.array([1]), np.array([1.0], np.float32), label=0, weight=1.0, rate=0.5)

    # Both categories begin at -log 2, which is a probability of 1/3: slopes -2/3 and 1/3.
    root = np.sqrt((4 / 9 + 1 / 9) / 2)
    assert model.vectors[1] == pytest.approx([0.5 * 2 / 3 / root, -0.5 / 3 / root], rel=1e-5)
    assert model.prior == pytest.approx(-np.log(2) + model.vectors[1], rel=1e-5)
    assert model.sums == pytest.approx([0, root**2, 0], rel=1e-5)


def test_a_second_step_is_shorter_by_what_was_seen():
    model = Linear(buckets=1, n_categories=1)
    model.prior[:] = 0  # a probability of 1/2: the slope is 1/2 whatever the weight
    gram, value = np.array([1]), np.array([2.0], np.float32)

    model.step(gram, value, label=0, weight=1.0, rate=1.0)
    first = float(model.vectors[1, 0])
    model.vectors[:], model.prior[:] = 0, 0
    model.step(gram, value, label=0, weight=1.0, rate=1.0)

    assert first == pytest.approx(1.0)
    assert model.vectors[1, 0] == pytest.approx(1 / np.sqrt(2))


def test_n_grams_that_are_not_in_the_name_stay():
    model = Linear(buckets=3, n_categories=2)

    model.step(np.array([2]), np.array([1.0], np.float32), label=0, weight=1.0, rate=0.5)

    assert not model.vectors[[0, 1, 3]].any()


def test_a_name_that_counts_nothing_teaches_nothing():
    model = Linear(buckets=1, n_categories=2)

    model.step(np.array([1]), np.array([1.0], np.float32), label=0, weight=0.0, rate=0.5)

    assert not model.vectors.any()


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


def test_what_another_training_left_is_not_taken_up(lesson, tmp_path):
    learnt(lesson, tmp_path / "work", epochs=1, identity="other rows", seed=9)

    found = learnt(lesson, tmp_path / "work")

    assert np.array_equal(found.vectors, learnt(lesson, tmp_path / "whole").vectors)
