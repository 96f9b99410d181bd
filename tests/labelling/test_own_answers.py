"""What a person answered and how fast."""

from datetime import timedelta

import pytest

from labelhub.labelling.models import Flag
from labelhub.labelling.services import own_answers
from labelhub.labelling.services.own_answers import Choice
from tests.factories import NOW, AnnotationFactory, RoundFactory, UserFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def names(annotator, **choice):
    return {each.sample.name for each in own_answers.of(annotator, Choice(**choice))}


def answered(annotator, name="one", **more):
    return AnnotationFactory(annotator=annotator, sample__name=name, **more)


def test_the_answers_of_others_are_never_among_them(annotator):
    answered(annotator, "mine")
    answered(UserFactory(), "another's")

    assert names(annotator) == {"mine"}


def test_they_can_be_narrowed_to_a_round(annotator):
    round = RoundFactory()
    answered(annotator, "here", round=round)
    answered(annotator, "elsewhere")

    assert names(annotator, round=round) == {"here"}


def test_they_can_be_narrowed_to_days(annotator):
    answered(annotator, "before", answered_at=NOW - MINUTE)
    answered(annotator, "within", answered_at=NOW)
    answered(annotator, "after", answered_at=NOW + MINUTE)

    assert names(annotator, since=NOW, before=NOW + MINUTE) == {"within"}


def test_they_can_be_narrowed_to_those_taken_back(annotator):
    answered(annotator, "stands")
    answered(annotator, "taken back", superseded_at=NOW)

    assert names(annotator, is_taken_back=True) == {"taken back"}


def test_they_can_be_narrowed_to_those_i_reported_something_about(annotator):
    answered(annotator, "quiet")
    reported = answered(annotator, "reported")
    for person in (annotator, UserFactory()):
        Flag.objects.create(
            assignment=reported.assignment, annotator=person, kind=Flag.Kind.OTHER, flagged_at=NOW
        )

    assert names(annotator, is_flagged=True) == {"reported"}
    assert own_answers.of(annotator, Choice(is_flagged=True)).count() == 1


def test_they_can_be_narrowed_to_those_with_a_comment(annotator):
    answered(annotator, "quiet")
    answered(annotator, "said", comment="two products in one picture")

    assert names(annotator, is_commented=True) == {"said"}


def test_a_pace_is_answers_by_time_at_work(annotator):
    round = RoundFactory()
    for number in range(13):  # twelve steps of half a minute: six minutes for twelve answers
        answered(annotator, round=round, answered_at=NOW + number * MINUTE / 2)

    [pace] = own_answers.paces(annotator)

    assert pace.answers == 13
    assert pace.work == 6 * MINUTE
    assert pace.per_hour == pytest.approx(120)


def test_a_break_is_no_time_at_work(annotator):
    round = RoundFactory()
    for number in range(11):
        answered(annotator, round=round, answered_at=NOW + number * MINUTE)
    answered(annotator, round=round, answered_at=NOW + timedelta(hours=2))

    [pace] = own_answers.paces(annotator)

    assert pace.work == 10 * MINUTE
    assert pace.per_hour == pytest.approx(60)


def test_of_few_answers_there_is_no_pace(annotator):
    round = RoundFactory()
    for number in range(10):
        answered(annotator, round=round, answered_at=NOW + number * MINUTE)

    [pace] = own_answers.paces(annotator)

    assert pace.answers == 10
    assert pace.per_hour is None


def test_answers_that_came_at_one_moment_have_no_pace(annotator):
    round = RoundFactory()
    for _number in range(12):  # as an import brings them
        answered(annotator, round=round)

    assert own_answers.paces(annotator)[0].per_hour is None


def test_a_pace_is_of_one_round_and_one_person(annotator):
    answered(annotator, round=RoundFactory(name="mine"))
    answered(UserFactory(), round=RoundFactory(name="another's"))

    assert [pace.round.name for pace in own_answers.paces(annotator)] == ["mine"]
