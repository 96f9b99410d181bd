import numpy as np
import pytest
from scipy.special import softmax

from mlcore.quality.label_noise import noise_rate


def test_rows_that_belong_elsewhere_with_confidence_are_counted():
    # Rows of category 0 get .6 on average, those of 1 get .8. The third row is given .8 for
    # category 1 and .2 for its own: it belongs to 1. One of five, in a category of three.
    probabilities = np.array([[0.8, 0.2], [0.8, 0.2], [0.2, 0.8], [0.2, 0.8], [0.2, 0.8]])

    assert noise_rate(np.array([0, 0, 0, 1, 1]), probabilities) == pytest.approx(0.2)


def test_rows_that_belong_nowhere_do_not_dilute_the_share():
    # Usual for 0: (.9 + .5 + .1) / 3 = .5; for 1: .9. The unsure row (.4, .6) is filed
    # under 1 and reaches neither: of two rows of 1 only the sure one counts.
    probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.0, 1.0], [0.0, 1.0], [0.4, 0.6]])

    found = noise_rate(np.array([0, 0, 0, 1, 1]), probabilities)

    # Category 0: one of three; category 1: none. (1/3 · 3 + 0) / 5.
    assert found == pytest.approx(0.2)


def test_a_category_without_rows_attracts_none():
    probabilities = np.array([[0.4, 0.1, 0.5], [0.1, 0.4, 0.5]])

    assert noise_rate(np.array([0, 1]), probabilities) == 0.0


def test_injected_noise_is_found_by_a_model_that_knows_the_truth():
    dice = np.random.default_rng(0)
    truth = dice.integers(0, 10, 5000)
    probabilities = softmax(4.0 * np.eye(10)[truth] + dice.normal(0, 1, (5000, 10)), axis=1)
    is_wrong = dice.random(5000) < 0.3
    given = np.where(is_wrong, (truth + 1) % 10, truth)

    assert noise_rate(given, probabilities) == pytest.approx(is_wrong.mean(), abs=0.02)


@pytest.mark.parametrize(("n_given", "shape"), [(0, (0, 2)), (2, (3, 2)), (2, (2,))])
def test_rows_that_do_not_fit_are_refused(n_given, shape):
    with pytest.raises(ValueError, match="one given label for each row"):
        noise_rate(np.zeros(n_given, dtype=np.int64), np.full(shape, 0.5))
