import numpy as np
import pytest
from scipy.special import softmax

from mlcore.quality.label_noise import noise_rate, sure_from


def test_only_the_surest_rows_are_asked():
    # The surest two of five: .95 says 1 where 0 is given, .9 agrees. The others all differ.
    said = np.array([[0.4, 0.6], [0.05, 0.95], [0.9, 0.1], [0.45, 0.55], [0.3, 0.7]])

    assert noise_rate(np.array([0, 0, 0, 0, 0]), said, surest=0.4) == 0.5


def test_one_row_at_least_is_asked():
    assert noise_rate(np.array([1]), np.array([[0.9, 0.1]])) == 1.0


def test_injected_noise_is_found_by_a_model_that_makes_mistakes_of_its_own():
    dice = np.random.default_rng(0)
    truth = dice.integers(0, 10, 20_000)
    said = softmax(2.0 * np.eye(10)[truth] + dice.normal(0, 1, (20_000, 10)), axis=1)
    is_wrong = dice.random(20_000) < 0.3
    given = np.where(is_wrong, (truth + 1) % 10, truth)

    # Over all rows it would be far more: the model alone is wrong on a quarter of them.
    assert np.mean(said.argmax(axis=1) != given) > 0.45
    assert noise_rate(given, said) == pytest.approx(is_wrong.mean(), abs=0.05)


@pytest.mark.parametrize(("n_given", "shape"), [(0, (0, 2)), (2, (3, 2)), (2, (2,))])
def test_rows_that_do_not_fit_are_refused(n_given, shape):
    with pytest.raises(ValueError, match="one given label for each row"):
        noise_rate(np.zeros(n_given, dtype=np.int64), np.full(shape, 0.5))


@pytest.mark.parametrize("surest", [0.0, 1.1])
def test_a_share_that_asks_nobody_is_refused(surest):
    with pytest.raises(ValueError, match="share of rows to ask"):
        noise_rate(np.array([0]), np.array([[1.0, 0.0]]), surest=surest)


TWO = np.array([[0.9, 0.1], [0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])
"""What a model says of four rows: category 0, ever less surely."""


def test_each_category_that_is_said_often_is_asked_for_its_own_surest_rows():
    # Ten rows each, of which two are asked: of category 0 none is contradicted, of 1 both are.
    # The four surest rows of all are of category 0.
    said = np.repeat([[0.99, 0.01], [0.2, 0.8]], 10, axis=0)

    assert noise_rate(np.zeros(20, dtype=np.int64), said, surest=0.2) == 0.5


def test_categories_that_are_said_seldom_are_asked_together():
    # Of nine rows each the four surest of all are asked: they are of category 0.
    said = np.repeat([[0.99, 0.01], [0.2, 0.8]], 9, axis=0)

    assert noise_rate(np.zeros(18, dtype=np.int64), said, surest=0.2) == 0.0


@pytest.mark.parametrize(("precision", "least"), [(0.85, 0.8), (0.86, None), (0.42, 0.6)])
def test_contradictions_are_believed_as_far_down_as_they_are_right_often_enough(precision, least):
    # A noise rate of .3: 2 agreements stand for 2 x .3 / .7 = .857 right contradictions. From .8
    # on there is 1 contradiction, from .6 on there are 2.
    given = np.array([0, 0, 1, 1])

    found = sure_from(given, TWO, noise_rate=0.3, precision=precision)

    assert found == (least or 0.9)


def test_where_no_label_is_wrong_no_contradiction_is_believed():
    assert sure_from(np.array([0, 0, 0, 1]), TWO, noise_rate=0.0, precision=0.1) is None


def test_rows_of_one_probability_stand_or_fall_together():
    # The first row agrees, the second of the same probability contradicts: 1 x .25 / .75 = .33.
    given = np.array([0, 1, 1, 1])

    assert sure_from(given, TWO, noise_rate=0.25, precision=0.5) is None


def test_the_believed_contradictions_of_a_model_that_knows_are_right_as_often_as_wanted():
    # A model that is right with the probability it tells; every fifth label is wrong.
    dice = np.random.default_rng(0)
    sureness = dice.uniform(0.5, 1.0, 20_000)
    truth = np.where(dice.random(20_000) < sureness, 0, 1)
    given = np.where(dice.random(20_000) < 0.2, 2, truth)
    said = np.column_stack([sureness, np.zeros_like(sureness), 1 - sureness])

    least = sure_from(given, said, noise_rate=0.2, precision=0.7)

    contradicted = (sureness >= least) & (given != 0)
    assert np.mean(truth[contradicted] == 0) == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize(("noise_rate", "precision"), [(1.0, 0.5), (0.2, 0.0), (0.2, 1.0)])
def test_shares_out_of_range_are_refused(noise_rate, precision):
    with pytest.raises(ValueError, match="must lie in"):
        sure_from(np.array([0]), TWO[:1], noise_rate=noise_rate, precision=precision)
