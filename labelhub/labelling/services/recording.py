"""Write an answer down: on which assignment, and with what its round showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.labelling.models import Annotation, Assignment, GuidelineVersion, Skip
from labelhub.labelling.services import checks


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an annotator says of a sample; a `category` of None: it cannot be decided."""

    category: Category | None
    comment: str = ""
    key: UUID | None = None  # the page's own: one answer, however often it is sent


def current(assignment: Assignment, annotator: User) -> Annotation | None:
    """Return the annotator's standing answer to the sample in the round."""
    answers = Annotation.objects.current().filter(**_meeting(assignment), annotator=annotator)
    return answers.first()


def may_answer(assignment: Assignment, annotator: User) -> bool:
    """Tell whether the annotator holds the sample, or held the assignment without skipping it."""
    if Assignment.objects.filter(
        **_meeting(assignment), annotator=annotator, answered_at=None
    ).exists():
        return True
    is_extra_of_mine = assignment.is_extra and assignment.annotator_id == annotator.pk
    was_mine = is_extra_of_mine or annotator.pk in assignment.passed_from
    return was_mine and not Skip.objects.filter(assignment=assignment, annotator=annotator).exists()


def mark(assignment: Assignment, annotator: User, now: datetime) -> Assignment | None:
    """
    Mark what the answer belongs to: the copy that the annotator holds, one that an answer of theirs
    brought, or one given back.

    Returns:
        The answered assignment, or None where another person has it by now.
    """
    mine = Assignment.objects.filter(**_meeting(assignment), annotator=annotator)
    held = mine.filter(Q(answered_at=None) | Q(is_extra=True))
    free = Assignment.objects.filter(pk=assignment.pk, annotator=None)
    if held.update(answered_at=now) or free.update(annotator=annotator, answered_at=now):
        return mine.select_related("round").get()
    return None


def add_copy(assignment: Assignment, annotator: User, now: datetime) -> Assignment:
    """Make an answered assignment for an answer whose own went to another person."""
    return Assignment.objects.create(
        round=assignment.round,
        sample_id=assignment.sample_id,
        turn=assignment.turn,
        position=assignment.position,
        annotator=annotator,
        answered_at=now,
        suggestions=assignment.suggestions,
        inclusion_probability=assignment.inclusion_probability,
        is_extra=True,
        is_check=assignment.is_check,
    )


def record(assignment: Assignment, annotator: User, said: Said, now: datetime) -> Annotation:
    """Write the annotation of an answered assignment, with what its round shows."""
    round = assignment.round
    suggestions = [] if round.is_blind else assignment.suggestions
    guidelines = GuidelineVersion.objects.filter(guideline=round.guideline_id, created_at__lte=now)
    made = Annotation.objects.create(
        assignment=assignment,
        round=round,
        sample_id=assignment.sample_id,
        annotator=annotator,
        category=said.category,
        is_undecidable=said.category is None,
        is_assisted=bool(suggestions),
        fields_shown=round.fields_shown,
        suggestions=suggestions,
        guideline_version=guidelines.order_by("-number").first(),
        comment=said.comment,
        key=said.key,
        is_check=assignment.is_check,
        answered_at=now,
    )
    if assignment.is_check:
        checks.mark(assignment=assignment, annotation=made)
    return made


def _meeting(assignment: Assignment) -> dict[str, int]:
    return {"round_id": assignment.round_id, "sample_id": assignment.sample_id}
