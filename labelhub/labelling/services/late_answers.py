"""Answers that come after their round was closed: kept, and counted when it reopens."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.catalog.models import Sample
from labelhub.labelling.models import Annotation, Assignment, LateAnswer, Round
from labelhub.labelling.services import consensus, recording
from labelhub.labelling.services.recording import Said


def keep(*, assignment: Assignment, annotator: User, said: Said, now: datetime) -> bool:
    """
    Keep an answer for the time when the round reopens; a second one changes nothing.

    Returns:
        Whether an answer of theirs to the assignment is kept: not where the key is another's.
    """
    answer = LateAnswer(
        assignment=assignment,
        annotator=annotator,
        category=said.category,
        is_undecidable=said.category is None,
        comment=said.comment,
        key=said.key or uuid4(),
        received_at=now,
    )
    LateAnswer.objects.bulk_create([answer], ignore_conflicts=True)
    return LateAnswer.objects.filter(assignment=assignment, annotator=annotator).exists()


@transaction.atomic
def take_in(*, round: Round, now: datetime) -> int:
    """
    Make annotations of the answers that came while the round was closed; return how many.

    They are dated when they came. Where the annotator has an answer to the sample by now, that
    one stands.
    """
    waiting = LateAnswer.objects.filter(assignment__round=round, annotation=None)
    late = list(waiting.select_related("assignment__round", "annotator", "category").order_by("pk"))
    samples = sorted({each.assignment.sample_id for each in late})
    # In the order in which everybody locks samples, so that nobody waits in a circle.
    list(Sample.objects.select_for_update(no_key=True).filter(pk__in=samples).order_by("pk"))
    for each in late:
        each.annotation = recording.current(each.assignment, each.annotator) or _record(each)
        each.save(update_fields=["annotation"])
    consensus.refresh(sample_ids=samples, now=now)
    return len(late)


def _record(late: LateAnswer) -> Annotation:
    asked, annotator, when = late.assignment, late.annotator, late.received_at
    answered = recording.mark(asked, annotator, when) or recording.add_copy(asked, annotator, when)
    said = Said(category=late.category, comment=late.comment, key=late.key)
    return recording.record(answered, annotator, said, when)
