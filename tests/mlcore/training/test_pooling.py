import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from mlcore.training.pooling import fitted_shares, pooled


@pytest.fixture(scope="module")
def rows():
    """Logits of two experts; the category follows twice the one and half the other."""
    dice = np.random.default_rng(5)
    grams, own = dice.normal(size=(2, 4_000, 3))
    noise = dice.gumbel(size=(4_000, 3))
    return grams, own, (2 * grams + 0.5 * own + noise).argmax(axis=1)


def test_shares_are_those_under_which_the_rows_are_most_likely(rows):
    grams, own, labels = rows

    found = fitted_shares({"grams": grams, "name": own}, labels)["name"]

    assert found == pytest.approx((2.0, 0.5), abs=0.12)


def test_two_categories_are_a_logistic_regression_of_differences(rows):
    grams, own = rows[0][:, :2], rows[1][:, :2]
    labels = (2 * grams + own + np.random.default_rng(1).gumbel(size=own.shape)).argmax(axis=1)
    differences = np.stack([grams[:, 1] - grams[:, 0], own[:, 1] - own[:, 0]], axis=1)
    reference = LogisticRegression(C=1e9, fit_intercept=False).fit(differences, labels)

    found = fitted_shares({"grams": grams, "combined": own}, labels)["combined"]

    # One row's worth of belief in 1 among 4,000.
    assert found == pytest.approx(reference.coef_[0], abs=0.01)


def test_a_single_row_leaves_the_shares_near_one():
    experts = {"grams": np.array([[1.0, 0.0]]), "name": np.array([[0.0, 1.0]])}

    of_grams, own = fitted_shares(experts, np.array([0]))["name"]

    assert 1 < of_grams < 1.3
    assert 0.7 < own < 1


def test_an_expert_that_is_wrong_is_not_believed(rows):
    grams, own, labels = rows

    found = fitted_shares({"grams": -grams, "name": own}, labels)["name"]

    assert found[0] == 0


def test_heads_that_do_not_read_the_name_are_left_alone(rows):
    grams, own, labels = rows

    assert set(fitted_shares({"grams": grams, "image": own, "combined": own}, labels)) == {
        "combined"
    }
    assert fitted_shares({"image": own}, labels) == {}


def test_n_grams_alone_are_the_name():
    alone = np.array([[1.0, 2.0]])

    assert pooled({"grams": alone}, {}) == {"name": alone}
