"""Say that something is wrong with a sample itself; a curator looks at it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.labelling.models import Assignment, Flag
from labelhub.labelling.services.annotations import NotYours


def flag(
    *, assignment: Assignment, annotator: User, kind: Flag.Kind, comment: str = "", now: datetime
) -> tuple[Flag, bool]:
    """
    Flag the assignment's sample, and say whether that is new; it goes on waiting for its answer.

    While a flag of the kind waits for a curator, flagging again changes nothing.

    Raises:
        NotYours: the annotator never held the assignment.
    """
    if annotator.pk not in (assignment.annotator_id, *assignment.passed_from):
        raise NotYours(_("You never held this product, so you cannot flag it."))
    return Flag.objects.get_or_create(
        assignment=assignment,
        annotator=annotator,
        kind=kind,
        handled_at=None,
        defaults={"comment": comment, "flagged_at": now},
    )
