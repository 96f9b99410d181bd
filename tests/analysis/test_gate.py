"""Whether a candidate may take the place of the live version."""

from __future__ import annotations

import pytest

from analysis.services import gate
from labelhub.registry.models import ModelVersion, Run
from labelhub.registry.services.promotion import Outcome
from mlcore.quality.intervals import agresti_min
from tests.analysis.test_difference import predicted
from tests.analysis.test_verdicts import judge, labelled
from tests.factories import NOW, CorpusFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db


def trained(name: str, **values) -> ModelVersion:
    run = Run.objects.create(version_name=name, corpus=CorpusFactory(), seed=0, created_at=NOW)
    return ModelVersionFactory(name=name, origin="trained", run=run, folder=name, **values)


@pytest.fixture
def live() -> ModelVersion:
    return trained("v1", stage="live", promoted_at=NOW)


@pytest.fixture
def candidate() -> ModelVersion:
    return trained("v2")


def lost(live, candidate, label="a"):
    judge(predicted(live, candidate, label, label, "x"), "x", False)


def won(live, candidate, label="a"):
    judge(predicted(live, candidate, label, "x", label), "x", False)


def figures(found: gate.Gate, condition: gate.Condition) -> dict[str, object]:
    [figures] = [each.figures for each in found.result.findings if each.condition == condition]
    return dict(figures)


def test_the_first_version_has_nothing_to_fall_behind(candidate):
    labelled(candidate, "a", "b")

    found = gate.check(version=candidate)

    assert found.result.is_passed
    assert found.outcomes == {"predicted": Outcome.PASSED}
    assert found.result.against_id is None


def test_a_version_without_predictions_does_not_pass(candidate):
    found = gate.check(version=candidate)

    assert not found.result.is_passed
    assert found.outcomes["predicted"] == Outcome.FAILED


def test_versions_without_a_labelled_sample_in_common_are_not_compared(live, candidate):
    labelled(live, "a", "a")
    labelled(candidate, "a", "a")

    found = gate.check(version=candidate)

    assert not found.result.is_passed
    assert found.overall is None
    assert set(found.outcomes) == {"predicted"}


def test_ten_gains_pass(live, candidate):
    for _ in range(10):
        won(live, candidate)

    found = gate.check(version=candidate)

    # Agresti and Min: (10.5 - 0.5) / 12 = 0.8333, half = 1.96 * sqrt(11 - 100/12) / 12 = 0.2667
    assert round(found.at_worst.low, 3) == 0.567
    assert found.result.is_passed
    assert found.result.against_id == live.pk


def test_an_equal_candidate_on_few_samples_has_not_shown_that_it_is_as_good(live, candidate):
    for _ in range(10):
        predicted(live, candidate, "a", "a", "a")

    found = gate.check(version=candidate)

    # No sample differs: half = 1.96 * sqrt(1) / 12 = 0.163, far below the -0.002 allowed.
    assert round(found.at_worst.low, 3) == -0.163
    assert found.outcomes["overall"] == Outcome.FAILED
    assert found.outcomes["categories"] == Outcome.PASSED


@pytest.mark.parametrize(("samples", "passes"), [(977, False), (978, True)])
def test_the_lower_bound_must_be_above_two_tenths_of_a_point(samples, passes):
    # With no difference the bound is -1.96 / (n + 2): -0.002 is reached at n = 977.98.
    assert (agresti_min(0, 0, samples).low > -gate.LARGEST_LOSS) is passes


def test_open_reviews_count_against_the_candidate_and_leave_the_gate_open_to_decide(
    live, candidate
):
    for _ in range(10):
        won(live, candidate)
    for _ in range(10):
        predicted(live, candidate, "a", "a", "y")  # nobody judged y

    found = gate.check(version=candidate)

    assert found.overall.at_worst == (10, 10)
    assert found.overall.at_best == (0, 10)
    assert found.outcomes["overall"] == Outcome.OPEN
    assert figures(found, gate.Condition.OVERALL)["open reviews"] == 10
    assert not found.result.is_passed


def test_ten_losses_of_one_category_shut_the_gate_however_the_rest_gains(live, candidate):
    for _ in range(10):  # p = 2 * 0.5 ** 10 = 0.002, q = 0.004 of two categories
        lost(live, candidate, "a")
    for _ in range(60):
        won(live, candidate, "b")

    found = gate.check(version=candidate)

    assert found.outcomes["overall"] == Outcome.PASSED
    assert found.outcomes["categories"] == Outcome.FAILED
    [fall] = found.falls
    assert (fall.category.path, fall.is_sure) == ("a", True)


def test_five_losses_of_one_category_may_be_chance(live, candidate):
    for _ in range(5):  # p = 2 * 0.5 ** 5 = 0.0625
        lost(live, candidate, "a")

    assert gate.check(version=candidate).falls == ()


def test_a_category_that_open_reviews_could_make_fall_stays_open(live, candidate):
    for _ in range(10):
        predicted(live, candidate, "a", "a", "y")
    for _ in range(60):
        won(live, candidate, "b")

    found = gate.check(version=candidate)

    assert found.outcomes["categories"] == Outcome.OPEN
    assert [fall.is_sure for fall in found.falls] == [False]


def test_a_prediction_that_stayed_needs_no_review(live, candidate):
    for _ in range(10):
        won(live, candidate)
    predicted(live, candidate, "a", "y", "y")

    found = gate.check(version=candidate)

    assert (found.overall.open, found.overall.total) == (0, 11)


def test_findings_are_sentences_for_the_audit_trail(live, candidate):
    for _ in range(10):
        won(live, candidate)

    said = [str(finding) for finding in gate.check(version=candidate).result.findings]

    assert said[1] == (
        "overall change: passed (lower bound 0.5666, must be above -0.0020, lost 0, won 10, "
        "open reviews 0, samples 10)"
    )


def test_given_categories_are_the_labels_while_no_person_has_answered(live, candidate):
    sample = predicted(live, candidate, "a", "x", "a")
    sample.consensus.update(source="given")

    found = gate.check(version=candidate)

    assert (found.source, found.overall.total) == ("given", 1)
