"""Answer an assignment, take an answer back, pass on one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import LEASE, Annotation, Assignment, LateAnswer, Round, Skip
from labelhub.labelling.models.answers import AnnotationQuerySet
from labelhub.labelling.services import (
    checks,
    claims,
    consensus,
    examples,
    late_answers,
    recording,
)
from labelhub.labelling.services.recording import Said


class NotYours(DomainError):
    """The annotator does not hold the assignment and never did."""


class NotAnAnswer(DomainError):
    """The round does not take this category."""


class KeyTaken(DomainError):
    """The key belongs to another answer."""


class NothingToUndo(DomainError):
    """The annotator has no answer in the round."""


class Outcome(StrEnum):
    """What became of an answer."""

    KEPT = "kept"
    REPEATED = "repeated"  # the first answer stands
    LATE = "late"  # kept beside the answer of the person who has the product by now
    CLOSED = "closed"  # kept until the round reopens


@dataclass(frozen=True)
class Kept:
    """An answer as it is kept; none is counted while the round is closed."""

    outcome: Outcome
    annotation: Annotation | None


@transaction.atomic
def submit(
    *,
    assignment: Assignment,
    annotator: User,
    category: Category | None,
    now: datetime,
    comment: str = "",
    key: UUID | None = None,
) -> Kept:
    """
    Keep the annotator's answer; a `category` of None says that it cannot be decided.

    A second answer to the same sample of the round changes nothing and returns the first, and so
    does a second one with the same key: a double click, a second tab or a lost reply do no harm.
    An answer that comes after the lease passed to somebody else is kept on an assignment of its
    own; one that comes after the round closed waits until it reopens.

    Raises:
        NotYours: the annotator never held the assignment, or skipped it.
        NotAnAnswer: the category is retired, or not at the level that the round asks for.
        KeyTaken: the key came with an answer to something else.
    """
    _hold_closed(assignment.round_id)
    # Answers to one sample wait for each other, so that each counts the ones before it.
    Sample.objects.select_for_update(no_key=True).get(pk=assignment.sample_id)
    assignment = Assignment.objects.select_related("round").get(pk=assignment.pk)
    first = _of_key(key, assignment, annotator) or recording.current(assignment, annotator)
    if first is not None:
        return Kept(Outcome.REPEATED, first)
    if not recording.may_answer(assignment, annotator):
        raise NotYours(_("This product is not yours to label. Reload the page for your next one."))
    _refuse_unless_answer(assignment.round, category)
    said = Said(category=category, comment=comment, key=key)
    if assignment.round.state == Round.State.CLOSED:
        if late_answers.keep(assignment=assignment, annotator=annotator, said=said, now=now):
            return Kept(Outcome.CLOSED, None)
        raise _key_taken()
    return _keep(assignment, annotator, said, now)


def _hold_closed(round_id: int) -> None:
    """Keep a closed round closed until this answer waits in it: reopening takes in what waits."""
    Round.objects.locked().filter(pk=round_id, state=Round.State.CLOSED).first()


@transaction.atomic
def undo(
    *, round: Round, annotator: User, now: datetime, assignment_id: int | None = None
) -> Annotation:
    """
    Take back an answer of the annotator in the round, and lease its assignment to them again.

    Args:
        assignment_id: the assignment that was answered, or the one it was meant for; taking that
            answer back a second time changes nothing. Without it, their last answer.

    Raises:
        NothingToUndo: no such answer of theirs stands, or the right one could be seen since.
        RoundNotOpen: the round is closed.
    """
    claims.refuse_if_closed(round)
    claims.lock_person(annotator)
    answers = Annotation.objects.filter(round=round, annotator=annotator)
    if assignment_id is not None:
        answers = answers.filter(sample__assignments=assignment_id)
        if taken_back := _taken_back(answers):
            return taken_back
    mine = answers.current()
    last = mine.select_related("category").order_by("-answered_at", "-pk").first()
    if last is None:
        raise NothingToUndo(_("You have no answer in this round that could be taken back."))
    _refuse_seen(round, last)
    Sample.objects.select_for_update(no_key=True).get(pk=last.sample_id)
    if not mine.filter(pk=last.pk).update(superseded_at=now):
        raise NothingToUndo(_("That answer has been taken back already."))
    # An extra one is waited for by nobody: it stays its annotator's, and is never free.
    reopened = Assignment.objects.filter(pk=last.assignment_id, is_extra=False)
    if reopened.update(answered_at=None, lease_expires_at=now + LEASE):
        claims.give_back_surplus(round=round, annotator=annotator, kept=last.assignment_id)
    if last.is_check:
        checks.unmark(assignment=last.assignment)
    else:
        consensus.refresh(sample_ids=[last.sample_id], now=now)
    return last


def _taken_back(answers: AnnotationQuerySet) -> Annotation | None:
    """Return the newest of a person's answers to one sample, if they hold it again since."""
    newest = answers.select_related("category", "assignment").order_by("-pk").first()
    if newest is None or newest.superseded_at is None:
        return None
    reopened = newest.assignment
    is_open = reopened.answered_at is None or reopened.is_extra
    return newest if is_open and reopened.annotator_id == newest.annotator_id else None


def _refuse_seen(round: Round, answer: Annotation) -> None:
    """Let an answer stand where whoever gave it may have seen since what others say."""
    if round.reopened_at is not None and answer.answered_at <= round.reopened_at:
        raise NothingToUndo(
            _(
                "The round was closed after this answer, and results could be seen since;"
                " so the answer stands."
            )
        )
    if round.is_blind and examples.was_shown(answer.sample_id, since=answer.answered_at):
        raise NothingToUndo(
            _("This product is an example of a guideline by now, so the answer stands.")
        )


@transaction.atomic
def skip(*, assignment: Assignment, annotator: User, reason: str = "", now: datetime) -> Skip:
    """
    Give the assignment back for somebody else; this annotator does not meet the sample again.

    Skipping twice counts once, and what has passed to somebody else meanwhile may be skipped too.

    Raises:
        NotYours: the annotator never held the assignment, or has answered it.
    """
    held = Assignment.objects.filter(pk=assignment.pk, annotator=annotator, answered_at=None)
    had = Assignment.objects.filter(
        Q(passed_from__contains=[annotator.pk]) | Q(is_extra=True, annotator=annotator),
        pk=assignment.pk,
    )
    skipped = Skip.objects.filter(assignment=assignment, annotator=annotator)
    if not held.update(annotator=None, lease_expires_at=None):
        if found := skipped.first():
            return found
        if recording.current(assignment, annotator) or not had.exists():
            raise NotYours(_("You no longer hold this product, so it cannot be skipped."))
    Skip.objects.bulk_create(
        [Skip(assignment=assignment, annotator=annotator, reason=reason, skipped_at=now)],
        ignore_conflicts=True,
    )
    return skipped.get()


@transaction.atomic
def unskip(*, assignment: Assignment, annotator: User, now: datetime) -> None:
    """
    Take back a skip, as if it had not been, and lease the assignment to the annotator again.

    Raises:
        RoundNotOpen: the round is closed.
        NothingToUndo: they did not skip it, or somebody else has it by now.
    """
    claims.refuse_if_closed(assignment.round)
    claims.lock_person(annotator)
    skipped = Skip.objects.filter(assignment=assignment, annotator=annotator)
    if not skipped.exists():
        raise NothingToUndo(_("You did not skip this product."))
    if not assignment.is_extra and not _lease_free(assignment, annotator, now):
        raise NothingToUndo(_("Somebody else has the skipped product by now; it stays skipped."))
    skipped.delete()
    claims.give_back_surplus(round=assignment.round, annotator=annotator, kept=assignment.pk)


def _lease_free(assignment: Assignment, annotator: User, now: datetime) -> bool:
    free = Assignment.objects.filter(pk=assignment.pk, answered_at=None, annotator=None)
    try:
        with transaction.atomic():
            return bool(free.update(annotator=annotator, lease_expires_at=now + LEASE))
    except IntegrityError:  # they have answered another copy of the sample since
        return False


def _keep(assignment: Assignment, annotator: User, said: Said, now: datetime) -> Kept:
    mine = recording.mark(assignment, annotator, now)
    answered = mine or recording.add_copy(assignment, annotator, now)
    annotation = recording.record(answered, annotator, said, now)
    if not answered.is_check:
        consensus.refresh(sample_ids=[answered.sample_id], now=now)
    return Kept(Outcome.KEPT if mine else Outcome.LATE, annotation)


def _of_key(key: UUID | None, assignment: Assignment, annotator: User) -> Annotation | None:
    """Return the answer that came with the key before; one taken back since is not given anew."""
    first = Annotation.objects.filter(key=key).first() if key else None
    late = LateAnswer.objects.filter(key=key).first() if key and not first else None
    found = first or late
    if found is None:
        return None
    sample = assignment.round_id, assignment.sample_id, annotator.pk
    before = found.assignment.round_id, found.assignment.sample_id, found.annotator_id
    if before != sample:
        raise _key_taken()
    return first


def _key_taken() -> KeyTaken:
    return KeyTaken(_("This answer carries the key of another one. Reload the page."))


def _refuse_unless_answer(round: Round, category: Category | None) -> None:
    if category is None or round.takes(category):
        return
    if category.retired_at is not None:
        raise NotAnAnswer(_("This category has been retired. Choose another one."))
    if round.answer_level is None:
        raise NotAnAnswer(_("Choose a category without further categories below it."))
    raise NotAnAnswer(
        _("This round asks for categories of level %(level)d.") % {"level": round.answer_level}
    )
