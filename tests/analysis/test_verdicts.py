"""Which verdict a sample gets, read through the counts of the comparison."""

from __future__ import annotations

import pytest

from analysis.services.comparison import COUNTED, compare
from analysis.services.verdicts import Axis, Scope, default_source
from labelhub.labelling.models import Source
from tests.factories import (
    NOW,
    CategoryFactory,
    ConsensusFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


def labelled(version, human: str, predicted: str, judged: dict[str, bool] | None = None):
    """Make a sample with a human label, a prediction and one reviewer's judgements."""
    sample = SampleFactory()
    ConsensusFactory(sample=sample, category=CategoryFactory(path=human))
    PredictionFactory(version=version, sample=sample, category=CategoryFactory(path=predicted))
    for path, is_acceptable in (judged or {}).items():
        judge(sample, path, is_acceptable)
    return sample


def judge(sample, path: str, is_acceptable: bool) -> None:
    JudgementFactory(
        sample=sample, category=CategoryFactory(path=path), is_acceptable=is_acceptable
    )


def verdicts(version, **scope) -> dict[str, int]:
    """Return the counts over all rows that are not zero."""
    scope = Scope(version=version, source=Source.PEOPLE, **scope)
    totals = compare(scope, now=NOW).totals
    return {name.value: getattr(totals, name) for name in COUNTED if getattr(totals, name)}


def test_a_prediction_equal_to_the_label_is_the_same_without_any_judgement():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")

    assert verdicts(version) == {"same": 1}


@pytest.mark.parametrize(
    ("human_ok", "model_ok", "expected"),
    [
        (True, False, "human"),
        (False, True, "model"),
        (True, True, "both"),
        (False, False, "neither"),
    ],
)
def test_two_judged_categories_decide_who_was_right(human_ok, model_ok, expected):
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>c", {"a>b": human_ok, "a>c": model_ok})

    assert verdicts(version) == {expected: 1}


@pytest.mark.parametrize("judged", [{}, {"a>b": True}, {"a>c": True}])
def test_a_disagreement_is_unreviewed_until_both_categories_are_judged(judged):
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>c", judged)

    assert verdicts(version) == {"unreviewed": 1}


def test_reviewers_who_balance_leave_the_category_undecided():
    version = ModelVersionFactory()
    sample = labelled(version, "a>b", "a>c", {"a>b": True, "a>c": False})
    judge(sample, "a>b", False)

    assert verdicts(version) == {"unreviewed": 1}


def test_a_third_reviewer_breaks_the_balance():
    version = ModelVersionFactory()
    sample = labelled(version, "a>b", "a>c", {"a>b": True, "a>c": False})
    judge(sample, "a>b", False)
    judge(sample, "a>b", True)

    assert verdicts(version) == {"human": 1}


def test_a_superseded_judgement_no_longer_counts():
    version = ModelVersionFactory()
    sample = labelled(version, "a>b", "a>c", {"a>c": False})
    JudgementFactory(
        sample=sample, category=CategoryFactory(path="a>b"), judged_at=NOW, superseded_at=NOW
    )

    assert verdicts(version) == {"unreviewed": 1}


def test_judgements_serve_every_version():
    first, second = ModelVersionFactory(), ModelVersionFactory()
    sample = labelled(first, "a>b", "a>c", {"a>b": True, "a>c": False})
    PredictionFactory(version=second, sample=sample, category=CategoryFactory(path="a>c"))

    assert verdicts(second) == {"human": 1}


def test_labels_that_part_below_a_level_are_the_same_at_it():
    version = ModelVersionFactory()
    labelled(version, "a>b>c", "a>b>d")

    assert verdicts(version, level=2) == {"same": 1}


def test_a_cut_category_is_acceptable_if_one_below_it_is():
    version = ModelVersionFactory()
    labelled(version, "a>b", "x>y", {"a>b": False, "a>c": True, "x>y": False})

    assert verdicts(version, level=1) == {"human": 1}


def test_a_cut_category_is_not_acceptable_if_those_judged_below_it_are_not():
    version = ModelVersionFactory()
    labelled(version, "a>b", "x>y", {"a>c": False, "x>z": True})

    assert verdicts(version, level=1) == {"model": 1}


def test_shorter_paths_stay_at_their_own_depth():
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b>c>d")

    assert verdicts(version, level=3) == {"unreviewed": 1}


@pytest.mark.parametrize(("under", "expected"), [("a", {"same": 1}), ("x", {})])
def test_a_subtree_holds_only_samples_of_its_categories(under, expected):
    version = ModelVersionFactory()
    labelled(version, "a>b>c", "a>b>c")
    CategoryFactory(path="x>y")

    assert verdicts(version, under=CategoryFactory(path=under)) == expected


def test_the_subtree_is_of_the_predicted_category_on_that_axis():
    version = ModelVersionFactory()
    labelled(version, "a>b", "x>y")
    under = CategoryFactory(path="x")

    assert verdicts(version, under=under) == {}
    assert verdicts(version, under=under, axis=Axis.PREDICTED) == {"unreviewed": 1}


def test_labels_are_peoples_once_people_agree_on_a_sample():
    assert default_source() == Source.GIVEN

    ConsensusFactory(source="people")

    assert default_source() == Source.PEOPLE
