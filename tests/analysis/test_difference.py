"""Two versions on the same samples."""

from __future__ import annotations

import pytest

from analysis.services.comparison import compare, worse_than_labels
from analysis.services.difference import differences
from analysis.services.verdicts import Scope
from labelhub.labelling.models import Source
from tests.analysis.test_verdicts import judge, labelled
from tests.factories import NOW, CategoryFactory, ModelVersionFactory, PredictionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def older():
    return ModelVersionFactory()


@pytest.fixture
def newer():
    return ModelVersionFactory()


def predicted(older, newer, label: str, before: str, after: str):
    """Make a sample that both versions predicted."""
    sample = labelled(older, label, before)
    PredictionFactory(version=newer, sample=sample, category=CategoryFactory(path=after))
    return sample


def overall(older, newer, **scope):
    scope = Scope(version=newer, source=Source.PEOPLE, **scope)
    return differences(scope, against=older).overall


def test_a_gain_and_a_loss_cancel(older, newer):
    judge(predicted(older, newer, "a", "b", "a"), "b", False)
    judge(predicted(older, newer, "a", "a", "b"), "b", False)

    change = overall(older, newer)

    assert (change.only_after, change.only_before, change.value) == (1, 1, 0.0)


def test_a_prediction_that_nobody_judged_decides_nothing(older, newer):
    predicted(older, newer, "a", "a", "b")

    change = overall(older, newer)

    assert (change.decided, change.total, change.value) == (0, 1, None)


def test_the_bounds_hold_however_open_reviews_end(older, newer):
    predicted(older, newer, "a", "a", "b")  # lost, unless b turns out to be acceptable
    predicted(older, newer, "a", "b", "a")  # gained, unless b was acceptable
    predicted(older, newer, "a", "a", "a")

    change = overall(older, newer)

    assert (change.lowest, change.highest) == (-1, 1)
    assert not change.is_sure


def test_an_unjudged_prediction_of_both_versions_changes_nothing(older, newer):
    predicted(older, newer, "a", "b", "b")

    change = overall(older, newer)

    assert (change.lowest, change.highest) == (0, 0)


def test_a_sure_gain_stays_one_however_reviews_end(older, newer):
    judge(predicted(older, newer, "a", "b", "a"), "b", False)

    change = overall(older, newer)

    assert change.is_sure
    assert not change.is_significant  # 1 : 0 is chance, p = 1


def test_ten_gains_and_no_loss_are_more_than_chance(older, newer):
    for _ in range(10):  # exact p = 2 · 0.5¹⁰ = 0.002
        judge(predicted(older, newer, "a", "b", "a"), "b", False)

    found = differences(Scope(version=newer, source=Source.PEOPLE), against=older)

    change = found.by_category[CategoryFactory(path="a").pk]
    assert change.value == 1.0
    assert change.is_significant


def test_levels_cut_both_versions(older, newer):
    predicted(older, newer, "a>x", "b>x", "a>y")

    change = overall(older, newer, level=1)

    assert (change.decided, change.highest) == (0, 1)


def test_the_model_is_worse_than_the_labels_only_beyond_chance():
    version = ModelVersionFactory()
    for _ in range(8):
        labelled(version, "bad", "x", {"bad": True, "x": False})
    labelled(version, "unlucky", "x", {"unlucky": True, "x": False})
    for _ in range(8):
        labelled(version, "better", "x", {"better": False, "x": True})

    rows = compare(Scope(version=version, source=Source.PEOPLE), now=NOW).rows

    assert [row.category_path for row in worse_than_labels(rows)] == ["bad"]
