"""What cannot be taken back, and what taking back does not add."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.labelling.models import (
    Annotation,
    Assignment,
    Consensus,
    GuidelineExample,
    Round,
    Skip,
)
from labelhub.labelling.services import annotations, claims, rounds
from labelhub.labelling.services.annotations import Outcome
from labelhub.labelling.services.claims import MOST_HELD
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def jacket(db) -> Category:
    return CategoryFactory(path="women>jacket")


@pytest.fixture
def late(annotator, jacket) -> Annotation:
    """An answer that came after another person had taken the product and answered it."""
    asked = AssignmentFactory(annotator=annotator, lease_expires_at=NOW)
    quick = UserFactory()
    claims.claim(round=asked.round, annotator=quick, now=NOW, count=1)
    answered(asked, quick, jacket)
    return answered(asked, annotator, jacket)


def answered(assignment: Assignment, annotator: User, category: Category) -> Annotation:
    kept = annotations.submit(
        assignment=assignment, annotator=annotator, category=category, now=NOW
    )
    assert kept.annotation is not None
    return kept.annotation


def undo(answer: Annotation) -> Annotation:
    return annotations.undo(round=answer.round, annotator=answer.annotator, now=NOW)


def test_an_answer_from_before_the_round_was_closed_stands_when_it_goes_on(annotator, curator):
    before = AnnotationFactory(annotator=annotator, answered_at=NOW)
    rounds.close(round=before.round, by=curator, now=NOW)
    rounds.reopen(round=before.round, by=curator, now=LATER)
    before.round.refresh_from_db()

    with pytest.raises(annotations.NothingToUndo, match="results could be seen"):
        undo(before)

    assert Annotation.objects.current().get() == before


def test_an_answer_given_after_the_round_went_on_can_be_taken_back(annotator):
    round = RoundFactory(reopened_at=NOW - timedelta(minutes=1))
    since = AnnotationFactory(annotator=annotator, round=round, answered_at=NOW)

    assert undo(since) == since


def test_a_pause_lets_answers_be_taken_back(annotator, curator):
    before = AnnotationFactory(annotator=annotator, answered_at=NOW)
    rounds.pause(round=before.round, by=curator, now=NOW)
    rounds.reopen(round=before.round, by=curator, now=LATER)
    before.round.refresh_from_db()

    assert undo(before) == before


def example_of(answer: Annotation, **more) -> GuidelineExample:
    return GuidelineExample.objects.create(
        guideline=GuidelineFactory(),
        sample=answer.sample,
        category=answer.category,
        belongs=True,
        **{"added_at": NOW, **more},
    )


def test_an_answer_to_what_is_an_example_by_now_stands(annotator):
    answer = AnnotationFactory(annotator=annotator)
    example_of(answer)

    with pytest.raises(annotations.NothingToUndo, match="example"):
        undo(answer)


def test_an_example_that_was_seen_and_removed_was_seen_all_the_same(annotator):
    answer = AnnotationFactory(annotator=annotator)
    example_of(answer, removed_at=LATER)

    with pytest.raises(annotations.NothingToUndo, match="example"):
        undo(answer)


def test_an_example_that_was_removed_before_the_answer_is_no_reason(annotator):
    answer = AnnotationFactory(annotator=annotator, answered_at=LATER)
    example_of(answer, removed_at=NOW)

    assert undo(answer) == answer


def test_an_example_that_is_held_back_for_others_lets_an_answer_be_taken_back(annotator):
    answer = AnnotationFactory(annotator=annotator)
    AssignmentFactory(round=answer.round, sample=answer.sample)
    example_of(answer)

    assert undo(answer) == answer


def test_in_an_assisted_round_examples_give_nothing_away(annotator):
    answer = AnnotationFactory(annotator=annotator, round=RoundFactory(is_blind=False))
    example_of(answer)

    assert undo(answer) == answer


def test_a_late_answer_that_is_taken_back_asks_nobody_else(late):
    undo(late)

    with pytest.raises(claims.NothingToClaim):
        claims.claim(
            round=late.round, annotator=UserFactory(), now=NOW + timedelta(days=1), count=1
        )


def test_a_late_answer_that_is_taken_back_leaves_the_label_settled(late):
    undo(late)

    label = Consensus.objects.get(sample=late.sample)
    assert (label.state, label.votes) == ("settled", 1)


def test_whoever_took_a_late_answer_back_may_answer_anew(late):
    coat = CategoryFactory(path="women>coat")
    undo(late)

    kept = annotations.submit(
        assignment=late.assignment, annotator=late.annotator, category=coat, now=LATER
    )

    assert kept.outcome == Outcome.KEPT
    assert kept.annotation.assignment_id == late.assignment_id
    assert kept.annotation.category == coat


def test_taking_a_late_answer_back_twice_takes_back_no_other(late):
    for _ in range(2):
        annotations.undo(
            round=late.round,
            annotator=late.annotator,
            assignment_id=late.assignment_id,
            now=NOW,
        )

    assert Annotation.objects.current().count() == 1


def test_a_late_answer_that_is_taken_back_can_be_passed_on_and_that_taken_back_too(late):
    undo(late)
    passed_on = {"assignment": late.assignment, "annotator": late.annotator, "now": NOW}
    annotations.skip(**passed_on)

    with pytest.raises(annotations.NotYours):
        annotations.submit(**passed_on, category=late.category)

    late.assignment.refresh_from_db()
    annotations.unskip(**passed_on)
    assert not Skip.objects.exists()


def test_taking_answers_back_one_after_the_other_holds_no_more_than_anybody_may(annotator):
    round = RoundFactory()
    for minute in range(MOST_HELD + 3):
        at = NOW + timedelta(minutes=minute)
        AnnotationFactory(annotator=annotator, round=round, answered_at=at)

    for minute in range(MOST_HELD + 3):
        annotations.undo(
            round=round, annotator=annotator, now=NOW + timedelta(days=1, seconds=minute)
        )

    held = round.assignments.filter(annotator=annotator, answered_at=None)
    assert held.count() == MOST_HELD
    assert Assignment.objects.filter(annotator=None).count() == 3


def test_taking_a_skip_back_holds_no_more_than_anybody_may(annotator):
    round: Round = RoundFactory()
    expires = NOW + timedelta(minutes=5)
    skipped, *_rest = [
        AssignmentFactory(round=round, annotator=annotator, lease_expires_at=expires)
        for _ in range(MOST_HELD + 1)
    ]
    annotations.skip(assignment=skipped, annotator=annotator, now=NOW)

    annotations.unskip(assignment=skipped, annotator=annotator, now=NOW)

    skipped.refresh_from_db()
    assert skipped.annotator == annotator
    assert round.assignments.filter(annotator=annotator).count() == MOST_HELD
