from datetime import timedelta

import pytest

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.labelling.models import Annotation, Assignment, Consensus, Round
from labelhub.labelling.services import annotations, claims
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


@pytest.fixture
def jacket(db) -> Category:
    return CategoryFactory(path="women>jacket")


def held_by(annotator: User, **fields) -> Assignment:
    return AssignmentFactory(
        annotator=annotator, lease_expires_at=NOW + timedelta(minutes=5), **fields
    )


def submit(assignment: Assignment, annotator: User, category: Category | None) -> Annotation:
    kept = annotations.submit(
        assignment=assignment, annotator=annotator, category=category, now=NOW
    )
    assert kept.annotation is not None
    return kept.annotation


def test_an_answer_is_kept_with_what_the_round_showed(annotator, jacket):
    held = held_by(annotator, round=RoundFactory(fields_shown=["brand"]))

    made = submit(held, annotator, jacket)

    assert (made.category, made.annotator, made.sample) == (jacket, annotator, held.sample)
    assert made.fields_shown == ["brand"]
    held.refresh_from_db()
    assert held.answered_at == NOW


def test_an_answer_may_say_that_it_cannot_be_decided(annotator):
    made = submit(held_by(annotator), annotator, None)

    assert made.is_undecidable
    assert made.category is None


def test_a_second_answer_shows_the_first(annotator, jacket):
    held = held_by(annotator)
    first = submit(held, annotator, jacket)

    second = submit(held, annotator, CategoryFactory())

    assert second == first
    assert second.category == jacket
    assert Annotation.objects.count() == 1


def test_an_answer_beside_suggestions_says_so(annotator, jacket):
    held = held_by(annotator, round=RoundFactory(is_blind=False), suggestions=[[jacket.pk, 0.9]])

    assert submit(held, annotator, jacket).is_assisted


def test_an_answer_after_the_lease_passed_on_is_kept_on_an_assignment_of_its_own(jacket):
    slow, quick = UserFactory(), UserFactory()
    passed = AssignmentFactory(annotator=slow, lease_expires_at=NOW)
    claims.claim(round=passed.round, annotator=quick, now=NOW, count=1)
    taken = Assignment.objects.get(pk=passed.pk)

    late = submit(passed, slow, jacket)

    assert late.assignment != taken
    assert submit(taken, quick, jacket).assignment == taken
    assert Annotation.objects.current().filter(sample=passed.sample).count() == 2


def test_an_answer_after_the_lease_ran_out_counts_while_nobody_took_over(annotator, jacket):
    expired = AssignmentFactory(annotator=annotator, lease_expires_at=NOW)

    assert submit(expired, annotator, jacket).assignment == expired


def test_somebody_elses_assignment_is_refused(annotator, jacket):
    held = held_by(UserFactory())

    with pytest.raises(annotations.NotYours):
        submit(held, annotator, jacket)


def test_a_skipped_assignment_takes_no_answer_of_the_same_person(annotator, jacket):
    held = held_by(annotator)
    annotations.skip(assignment=held, annotator=annotator, now=NOW)

    with pytest.raises(annotations.NotYours):
        submit(held, annotator, jacket)


def test_a_paused_round_takes_answers_to_what_people_hold(annotator, jacket):
    held = held_by(annotator, round=RoundFactory(state=Round.State.PAUSED))

    assert submit(held, annotator, jacket).category == jacket


def test_an_answer_is_a_leaf_unless_the_round_says_otherwise(annotator, jacket):
    with pytest.raises(annotations.NotAnAnswer):
        submit(held_by(annotator), annotator, Category.objects.get(path="women"))


def test_a_round_may_ask_for_a_level(annotator, jacket):
    round = RoundFactory(answer_level=1)

    assert submit(held_by(annotator, round=round), annotator, jacket.parent)
    with pytest.raises(annotations.NotAnAnswer):
        submit(held_by(annotator, round=round), annotator, jacket)


def test_a_leaf_above_the_level_is_an_answer_too(annotator):
    book = CategoryFactory(path="book")
    round = RoundFactory(answer_level=2)

    assert submit(held_by(annotator, round=round), annotator, book)


def test_a_retired_category_is_refused(annotator):
    retired = CategoryFactory(path="pager", retired_at=NOW)

    with pytest.raises(annotations.NotAnAnswer):
        submit(held_by(annotator), annotator, retired)


def test_undo_takes_back_the_last_answer_and_leases_its_assignment_again(annotator, jacket):
    round = RoundFactory()
    AnnotationFactory(annotator=annotator, round=round, answered_at=NOW - timedelta(minutes=1))
    last = submit(held_by(annotator, round=round), annotator, jacket)

    reopened = annotations.undo(round=round, annotator=annotator, now=NOW)

    last.refresh_from_db()
    assert last.superseded_at == NOW
    assert reopened == last
    held = Assignment.objects.get(pk=last.assignment_id)
    assert (held.annotator, held.answered_at) == (annotator, None)


def test_after_undo_the_sample_is_answered_anew(annotator, jacket):
    held = held_by(annotator)
    submit(held, annotator, CategoryFactory())
    annotations.undo(round=held.round, annotator=annotator, now=NOW)

    submit(held, annotator, jacket)

    [current] = Annotation.objects.current()
    assert current.category == jacket
    assert Annotation.objects.count() == 2


def test_a_certain_answer_is_taken_back_though_it_is_not_the_last(annotator, jacket):
    round = RoundFactory()
    first = submit(held_by(annotator, round=round), annotator, jacket)
    AnnotationFactory(annotator=annotator, round=round, answered_at=NOW + timedelta(minutes=1))

    undone = annotations.undo(
        round=round, annotator=annotator, assignment_id=first.assignment_id, now=NOW
    )

    assert undone == first


def test_taking_a_certain_answer_back_twice_takes_back_no_other(annotator, jacket):
    round = RoundFactory()
    AnnotationFactory(annotator=annotator, round=round, answered_at=NOW - timedelta(minutes=1))
    last = submit(held_by(annotator, round=round), annotator, jacket)
    taken = {"round": round, "annotator": annotator, "assignment_id": last.assignment_id}
    annotations.undo(**taken, now=NOW)

    annotations.undo(**taken, now=NOW)

    assert Annotation.objects.current().count() == 1


def test_undo_leaves_other_peoples_answers_alone(annotator):
    other = AnnotationFactory()

    with pytest.raises(annotations.NothingToUndo):
        annotations.undo(round=other.round, annotator=annotator, now=NOW)


def test_undo_in_a_closed_round_is_refused(annotator):
    closed = RoundFactory(state=Round.State.CLOSED)

    with pytest.raises(claims.RoundNotOpen):
        annotations.undo(round=closed, annotator=annotator, now=NOW)


def test_what_was_given_back_is_the_annotators_again_when_their_answer_still_comes(
    annotator, jacket
):
    held = held_by(annotator)
    claims.release(round=held.round, annotator=annotator, numbers=[held.pk])

    assert submit(held, annotator, jacket).assignment == held
    assert Assignment.objects.count() == 1


def test_a_skipped_assignment_takes_no_answer_even_where_an_earlier_lease_passed_on(
    annotator, jacket
):
    held = held_by(annotator, passed_from=[annotator.pk])
    annotations.skip(assignment=held, annotator=annotator, now=NOW)

    with pytest.raises(annotations.NotYours):
        submit(held, annotator, jacket)


def test_an_answer_keeps_the_suggestions_that_were_shown(annotator, jacket):
    shown = [[jacket.pk, 0.9]]
    held = held_by(annotator, round=RoundFactory(is_blind=False), suggestions=shown)

    assert submit(held, annotator, jacket).suggestions == shown


def test_an_answer_in_a_blind_round_keeps_no_suggestion_whatever_is_stored(annotator, jacket):
    held = held_by(annotator, suggestions=[[jacket.pk, 0.9]])

    made = submit(held, annotator, jacket)

    assert (made.suggestions, made.is_assisted) == ([], False)


def test_an_answer_keeps_the_version_of_the_guideline_that_it_followed(annotator, jacket):
    guideline = GuidelineFactory()
    newest = guideline.versions.create(number=2, text="Follow the cut.", created_at=NOW)
    held = held_by(annotator, round=RoundFactory(guideline=guideline))

    assert submit(held, annotator, jacket).guideline_version == newest


def test_an_answer_to_a_hidden_check_is_marked_and_supports_no_consensus(annotator, jacket):
    held = held_by(annotator, is_check=True)

    assert submit(held, annotator, jacket).is_check
    assert not Consensus.objects.exists()
