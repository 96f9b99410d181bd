import json

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from mlcore.quality import calibration, coverage


@pytest.fixture(scope="module")
def case(vectors):
    return vectors["calibration"]


@pytest.fixture(scope="module")
def probabilities(case):
    return softmax(np.array(case["logits"]), axis=1)


@pytest.fixture(scope="module")
def labels(case):
    return np.array(case["y"])


def verdicts(probabilities, labels):
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == labels


def test_scaling_probabilities_is_dividing_their_logits(case, probabilities):
    scaled = calibration.scaled(probabilities, 0.5)

    assert scaled == pytest.approx(softmax(np.array(case["logits"]) / 0.5, axis=1))


def test_temperature_one_changes_nothing(probabilities):
    assert calibration.scaled(probabilities, 1.0) == pytest.approx(probabilities)


def test_single_precision_stays_and_a_probability_of_0_does_no_harm():
    sure = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)

    scaled = calibration.scaled(sure, 3.0)

    # ln 1e-12 / 3 = -9.21: two times 1e-4 beside 1.
    assert scaled.dtype == np.float32
    assert scaled[0] == pytest.approx([0.9998, 0.0001, 0.0001], abs=1e-6)


def test_the_temperature_equals_the_reference(case, probabilities, labels):
    assert calibration.temperature(probabilities, labels) == pytest.approx(case["T"], abs=1e-4)


def test_the_likelihood_equals_the_reference_before_and_after(case, probabilities, labels):
    scaled = calibration.scaled(probabilities, case["T"])

    before = calibration.negative_log_likelihood(probabilities, labels)
    after = calibration.negative_log_likelihood(scaled, labels)
    assert before == pytest.approx(log_loss(labels, probabilities, labels=[0, 1, 2]))
    assert (before, after) == pytest.approx((case["nll_T1"], case["nll_T"]), abs=1e-6)


def test_a_network_that_doubles_its_logits_is_cooled_by_two(probabilities, labels):
    once = calibration.temperature(probabilities, labels)

    twice = calibration.temperature(calibration.scaled(probabilities, 0.5), labels)

    assert twice == pytest.approx(2 * once, rel=1e-3)


def test_a_network_that_is_never_wrong_gets_the_lowest_temperature():
    never_wrong = np.array([[0.6, 0.4], [0.3, 0.7]])

    found = calibration.temperature(never_wrong, np.array([0, 1]))

    assert found == pytest.approx(calibration.COLDEST, rel=1e-3)


def test_a_network_that_knows_nothing_gets_a_high_temperature():
    always_wrong = np.array([[0.9, 0.1], [0.1, 0.9]])

    found = calibration.temperature(always_wrong, np.array([1, 0]))

    assert found == pytest.approx(calibration.HOTTEST, rel=1e-3)


def test_the_calibration_error_equals_the_reference_before_and_after(case, probabilities, labels):
    scaled = calibration.scaled(probabilities, case["T"])

    before = calibration.expected_calibration_error(*verdicts(probabilities, labels), bins=10)
    after = calibration.expected_calibration_error(*verdicts(scaled, labels), bins=10)

    assert (before, after) == pytest.approx((case["ece10_T1"], case["ece10_T"]), abs=1e-6)


def test_bins_hold_their_upper_end():
    # Of two bins, .5 belongs to the lower; 0 has no lower one to fall into.
    table = calibration.reliability(
        np.array([0.0, 0.5, 0.51]), np.array([True, False, True]), bins=2
    )

    assert [(bin.low, bin.high, bin.rows) for bin in table] == [(0.0, 0.5, 2), (0.5, 1.0, 1)]
    assert table[0].probability == 0.25
    assert table[0].accuracy == 0.5


def test_the_curve_is_one_minus_the_risk_of_the_reference(case, probabilities, labels):
    highest, is_right = verdicts(probabilities, labels)

    curve = coverage.coverage_curve(highest, is_right)

    assert highest == pytest.approx(case["conf"], abs=1e-6)
    assert 1 - curve.accuracy == pytest.approx(case["risk_coverage"], abs=1e-6)
    assert curve.coverage == pytest.approx(np.arange(1, 11) / 10)
    assert np.mean(1 - curve.accuracy) == pytest.approx(case["aurc"], abs=1e-6)


def test_a_label_too_few_is_refused(probabilities, labels):
    with pytest.raises(ValueError, match="one label for each row"):
        calibration.temperature(probabilities, labels[:-1])


def test_no_bins_are_refused():
    with pytest.raises(ValueError, match="at least one bin"):
        calibration.reliability(np.array([0.5]), np.array([True]), bins=0)


def noisy_network(n, *, seed=0):
    """A network of three categories that is as sure as it is right, then twice as sure."""
    dice = np.random.default_rng(seed)
    honest = softmax(dice.normal(0, 2, (n, 3)), axis=1)
    labels = np.array([dice.choice(3, p=row) for row in honest])
    return calibration.scaled(honest, 0.5), labels


def calibrated(n=4000, target=0.9):
    probabilities, labels = noisy_network(n)
    dice = np.random.default_rng(1)
    return calibration.calibrate(probabilities, labels, target=target, dice=dice)


def test_a_network_that_is_twice_too_sure_is_brought_back():
    found = calibrated()

    assert found.temperature == pytest.approx(2.0, abs=0.15)
    assert found.error_after < 0.03 < 0.08 < found.error_before


def test_the_threshold_is_measured_on_rows_that_did_not_choose_it():
    found = calibrated()

    assert found.chosen.low >= 0.9
    assert found.measured.threshold == found.chosen.threshold
    assert found.measured.accuracy != found.chosen.accuracy
    assert found.measured.coverage == pytest.approx(found.chosen.coverage, abs=0.05)
    assert sum(bin.rows for bin in found.table) == 2000


def test_rows_that_are_all_right_leave_the_probabilities_alone():
    probabilities = np.array([[0.8, 0.2], [0.3, 0.7], [0.9, 0.1], [0.4, 0.6]])

    found = calibration.calibrate(
        probabilities, np.array([0, 1, 0, 1]), target=0.9, dice=np.random.default_rng(0)
    )

    assert found.temperature == 1.0
    # Two right ones of two are no proof of 90 %.
    assert (found.measured.threshold, found.measured.coverage) == (None, 0.0)


def test_the_record_holds_json_values_and_no_more_points_than_a_chart_shows():
    record = calibrated().as_record()

    assert json.loads(json.dumps(record)) == record
    assert len(record["curve"]["threshold"]) == calibration.POINTS
    assert record["curve"]["coverage"][-1] == 1.0


def test_one_row_cannot_be_halved():
    with pytest.raises(ValueError, match="at least two rows"):
        calibration.calibrate(
            np.array([[0.5, 0.5]]), np.array([0]), target=0.9, dice=np.random.default_rng(0)
        )
