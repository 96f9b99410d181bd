"""Examples of guidelines give no answer away."""

from datetime import timedelta

import pytest

from labelhub.labelling.models import GuidelineExample, HiddenCheck, Round
from labelhub.labelling.services import examples
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


def add(sample, curator, **changed):
    values = {"guideline": GuidelineFactory(), "category": CategoryFactory(), "belongs": True}
    return examples.add(**{**values, **changed}, sample=sample, note="", by=curator, now=NOW)


def test_a_product_that_nobody_labels_blind_can_be_an_example(curator):
    example = add(SampleFactory(), curator)

    assert [each.pk for each in examples.shown(example.guideline)] == [example.pk]


def test_a_product_with_open_blind_assignments_is_refused(curator):
    assignment = AssignmentFactory(round=RoundFactory(is_blind=True))

    with pytest.raises(examples.GivesAnswerAway, match="give the answer away"):
        add(assignment.sample, curator)

    assert not GuidelineExample.objects.exists()


@pytest.mark.parametrize("state", [Round.State.OPEN, Round.State.PAUSED])
def test_a_paused_round_still_waits_for_answers(curator, state):
    assignment = AssignmentFactory(round=RoundFactory(state=state))

    with pytest.raises(examples.GivesAnswerAway):
        add(assignment.sample, curator)


def test_an_assisted_round_gives_nothing_away_by_it(curator):
    assignment = AssignmentFactory(round=RoundFactory(is_blind=False))

    assert add(assignment.sample, curator).pk


def test_once_everybody_has_answered_the_product_can_be_an_example(curator):
    assert add(AnnotationFactory().sample, curator).pk


def test_a_closed_round_waits_for_nothing(curator):
    assignment = AssignmentFactory(round=RoundFactory(state=Round.State.CLOSED))

    assert add(assignment.sample, curator).pk


def test_a_hidden_check_is_refused(curator):
    sample = SampleFactory()
    HiddenCheck.objects.create(sample=sample, made_at=NOW)

    with pytest.raises(examples.GivesAnswerAway):
        add(sample, curator)


def test_an_example_drawn_into_a_blind_round_later_is_held_back_until_it_is_answered(curator):
    example = add(SampleFactory(), curator)
    AssignmentFactory(sample=example.sample)

    assert not examples.shown(example.guideline).exists()
    assert examples.every(example.guideline).get().is_held_back


def test_the_same_product_for_the_same_category_is_shown_once(curator):
    example = add(SampleFactory(), curator)

    with pytest.raises(examples.ShownAlready, match="already"):
        add(
            example.sample,
            curator,
            guideline=example.guideline,
            category=example.category,
            belongs=False,
        )


def test_a_removed_example_is_no_longer_shown_and_can_come_back(curator):
    example = add(SampleFactory(), curator)

    examples.remove(example=example, by=curator, now=NOW + timedelta(hours=1))

    assert not examples.every(example.guideline).exists()
    assert add(example.sample, curator, guideline=example.guideline, category=example.category)
