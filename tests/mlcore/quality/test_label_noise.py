import numpy as np
import pytest
from scipy.special import softmax

from mlcore.quality.label_noise import noise_rate


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
