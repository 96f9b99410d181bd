from datetime import timedelta

import pytest

from labelhub.labelling.models import Annotation, Assignment, Consensus, LateAnswer, Round
from labelhub.labelling.services import annotations, late_answers, rounds
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def closed(db) -> Round:
    return RoundFactory(state=Round.State.CLOSED)


def answered_late(round: Round, **fields) -> LateAnswer:
    person = UserFactory()
    fields = {"annotator": person, "lease_expires_at": NOW, **fields}
    annotations.submit(
        assignment=AssignmentFactory(round=round, **fields),
        annotator=person,
        category=CategoryFactory(path="jacket"),
        comment="worn",
        now=NOW,
    )
    return LateAnswer.objects.get(annotator=person)


def test_reopening_counts_what_came_while_the_round_was_closed(closed, curator):
    late = answered_late(closed)

    rounds.reopen(round=closed, by=curator, now=LATER)

    late.refresh_from_db()
    made = late.annotation
    assert made == Annotation.objects.current().get()
    assert (made.category, made.comment, made.key) == (late.category, "worn", late.key)
    assert made.answered_at == NOW
    assert made.assignment == late.assignment
    assert Consensus.objects.get().category == late.category


def test_a_late_answer_to_what_somebody_else_has_gets_an_assignment_of_its_own(closed):
    late = answered_late(closed)
    other = UserFactory()
    Assignment.objects.filter(pk=late.assignment_id).update(
        annotator=other, passed_from=[late.annotator_id]
    )

    late_answers.take_in(round=closed, now=LATER)

    late.refresh_from_db()
    assert late.annotation.assignment_id != late.assignment_id


def test_an_answer_given_meanwhile_stands(closed):
    late = answered_late(closed)
    first = AnnotationFactory(
        round=closed,
        sample=late.assignment.sample,
        annotator=late.annotator,
        assignment=late.assignment,
    )

    late_answers.take_in(round=closed, now=LATER)

    late.refresh_from_db()
    assert late.annotation == first
    assert Annotation.objects.count() == 1


def test_late_answers_are_taken_in_once(closed):
    answered_late(closed)
    late_answers.take_in(round=closed, now=LATER)

    assert late_answers.take_in(round=closed, now=LATER) == 0
    assert Annotation.objects.count() == 1


def test_late_answers_of_other_rounds_go_on_waiting(closed):
    late = answered_late(RoundFactory(state=Round.State.CLOSED))

    late_answers.take_in(round=closed, now=LATER)

    late.refresh_from_db()
    assert late.annotation is None
