"""Answer an assignment, take an answer back, pass on one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import LEASE, Annotation, Assignment, Round, Skip
from labelhub.labelling.services import consensus
from labelhub.labelling.services.claims import RoundNotOpen


class NotYours(DomainError):
    """The annotator does not hold the assignment and never did."""


class NotAnAnswer(DomainError):
    """The round does not take this category."""


class NothingToUndo(DomainError):
    """The annotator has no answer in the round."""


@transaction.atomic
def submit(
    *, assignment: Assignment, annotator: User, category: Category | None, now: datetime
) -> Annotation:
    """
    Keep the annotator's answer; a `category` of None says that it cannot be decided.

    A second answer to the same sample of the round changes nothing and returns the first, so a
    double click or a second tab does no harm. An answer that comes after the lease passed to
    somebody else is kept on an assignment of its own.

    Raises:
        NotYours: the annotator never held the assignment, or skipped it.
        RoundNotOpen: the round is closed.
        NotAnAnswer: the category is retired, or not at the level that the round asks for.
    """
    # Answers to one sample wait for each other, so that each sees the ones before it.
    Sample.objects.select_for_update(no_key=True).get(pk=assignment.sample_id)
    first = _current(assignment, annotator)
    if first is not None:
        return first
    _refuse_unless_answerable(assignment.round, category)
    annotation = Annotation.objects.create(
        assignment=_answered(assignment, annotator, now),
        round=assignment.round,
        sample_id=assignment.sample_id,
        annotator=annotator,
        category=category,
        is_undecidable=category is None,
        is_assisted=not assignment.round.is_blind and bool(assignment.suggestions),
        fields_shown=assignment.round.fields_shown,
        answered_at=now,
    )
    consensus.refresh(sample_ids=[assignment.sample_id], now=now)
    return annotation


@transaction.atomic
def undo(*, round: Round, annotator: User, now: datetime) -> Assignment:
    """
    Take back the annotator's last answer in the round, and lease its assignment to them again.

    Raises:
        NothingToUndo: no answer of theirs stands.
        RoundNotOpen: the round is closed.
    """
    _refuse_if_closed(round)
    mine = Annotation.objects.current().filter(round=round, annotator=annotator)
    last = mine.order_by("-answered_at", "-pk").first()
    if last is None:
        raise NothingToUndo(_("You have no answer in this round that could be taken back."))
    Sample.objects.select_for_update(no_key=True).get(pk=last.sample_id)
    if not mine.filter(pk=last.pk).update(superseded_at=now):
        raise NothingToUndo(_("That answer has been taken back already."))
    Assignment.objects.filter(pk=last.assignment_id).update(
        answered_at=None, lease_expires_at=now + LEASE
    )
    consensus.refresh(sample_ids=[last.sample_id], now=now)
    return Assignment.objects.select_related("sample", "round").get(pk=last.assignment_id)


@transaction.atomic
def skip(*, assignment: Assignment, annotator: User, reason: str = "", now: datetime) -> Skip:
    """
    Give the assignment back for somebody else; this annotator does not meet the sample again.

    Skipping twice counts once.

    Raises:
        NotYours: the annotator does not hold the assignment.
    """
    held = Assignment.objects.filter(pk=assignment.pk, annotator=annotator, answered_at=None)
    if not held.update(annotator=None, lease_expires_at=None):
        skipped = Skip.objects.filter(assignment=assignment, annotator=annotator).first()
        if skipped is None:
            raise NotYours(_("You no longer hold this product, so it cannot be skipped."))
        return skipped
    return Skip.objects.create(
        assignment=assignment, annotator=annotator, reason=reason, skipped_at=now
    )


def _current(assignment: Assignment, annotator: User) -> Annotation | None:
    answers = Annotation.objects.current().filter(
        round_id=assignment.round_id, sample_id=assignment.sample_id, annotator=annotator
    )
    return answers.select_related("category").first()


def _answered(assignment: Assignment, annotator: User, now: datetime) -> Assignment:
    """Mark the assignment of this sample that the annotator holds, or make one for the answer."""
    meeting = {"round_id": assignment.round_id, "sample_id": assignment.sample_id}
    held = Assignment.objects.filter(**meeting, annotator=annotator, answered_at=None)
    if held.update(answered_at=now):
        return Assignment.objects.get(**meeting, annotator=annotator)
    assignment.refresh_from_db()
    if annotator.pk not in assignment.passed_from:
        raise NotYours(_("This product is not yours to label. Reload the page for your next one."))
    return Assignment.objects.create(
        **meeting,
        position=assignment.position,
        annotator=annotator,
        answered_at=now,
        suggestions=assignment.suggestions,
    )


def _refuse_unless_answerable(round: Round, category: Category | None) -> None:
    _refuse_if_closed(round)
    if category is None or round.takes(category):
        return
    if category.retired_at is not None:
        raise NotAnAnswer(_("This category has been retired. Choose another one."))
    if round.answer_level is None:
        raise NotAnAnswer(_("Choose a category without further categories below it."))
    raise NotAnAnswer(
        _("This round asks for categories of level %(level)d.") % {"level": round.answer_level}
    )


def _refuse_if_closed(round: Round) -> None:
    if round.state == Round.State.CLOSED:
        raise RoundNotOpen(_("This round is closed; it takes no more answers."))
