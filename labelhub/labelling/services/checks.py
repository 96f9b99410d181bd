"""
Hidden checks: samples whose category is known, shown among the others of a round.

A check looks like any other assignment and is counted in nothing else. Whoever answered one sees
how it went once it is over, and may contest it (see `contests`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from labelhub.accounts.models import User
from labelhub.labelling.models import (
    LEASE,
    MOST_SHOWINGS,
    Annotation,
    Assignment,
    CheckShowing,
    HiddenCheck,
    Round,
)
from labelhub.labelling.services import checks_sql as sql
from labelhub.labelling.services.review_draws import REVIEWERS
from labelhub.labelling.services.wishes import NO_WISH, Wish

PATIENCE = timedelta(days=1)  # a check shown five times is over after it, answered or not
WHOLE = 2.0**64  # a ticket is the first eight bytes of a hash


def make(*, now: datetime) -> int:
    """Make checks of the drawn samples that two reviewers agree on; return how many are new."""
    return _execute(sql.MAKE, {"now": now, "reviewers": REVIEWERS})


def retire(*, now: datetime) -> int:
    """End the checks that were shown often enough or that reviewers dispute; return how many."""
    return _execute(
        sql.RETIRE,
        {
            "now": now,
            "reviewers": REVIEWERS,
            "most": MOST_SHOWINGS,
            "open_since": now - PATIENCE,
        },
    )


def lease_due(
    *, round: Round, annotator: User, now: datetime, count: int, wish: Wish = NO_WISH
) -> list[Assignment]:
    """
    Lease the checks among the next assignments of the annotator, of whom they want `count`.

    Which of these is a check depends on the round's seed, the annotator and how many assignments
    they have had, so that no reload changes it. A check that they gave back before answering
    comes again; where none is left that they could not tell from the rest, none is leased.
    """
    if not round.check_share:
        return []
    meeting = {"round": round.pk, "annotator": annotator.pk, "now": now}
    place, held = _row(sql.PLACE, meeting)
    leased = []
    for number in range(place, place + count - held):
        if _is_due(round, annotator, number):
            check = _resumed(round, annotator, now) or _shown(round, annotator, now, wish)
            if check is None:
                break
            leased.append(check)
    return leased


def mark(*, assignment: Assignment, annotation: Annotation) -> None:
    """Say whether the answer to a check is right, by what reviewers say now."""
    parameters = {"sample": assignment.sample_id, "answer": annotation.category_id}
    is_right = bool(_row(sql.IS_RIGHT, parameters)[0])
    # A first answer whose outcome was seen stays: the next one would be no answer of their own.
    CheckShowing.objects.filter(assignment=assignment, annotation=None).update(
        annotation=annotation, is_right=is_right
    )


def unmark(*, assignment: Assignment) -> None:
    """Forget the outcome of an answer that was taken back, unless the annotator could see it."""
    seen = CheckShowing.objects.over().filter(assignment=assignment)
    if not seen.exists():
        CheckShowing.objects.filter(assignment=assignment).update(annotation=None, is_right=None)


def _is_due(round: Round, annotator: User, number: int) -> bool:
    """Tell whether the annotator's assignment of this number in the round is a check."""
    ticket = hashlib.sha256(f"check {round.seed} {annotator.pk} {number}".encode()).digest()[:8]
    return int.from_bytes(ticket) / WHOLE < round.check_share


def _resumed(round: Round, annotator: User, now: datetime) -> Assignment | None:
    """Lease again a check that was shown to them here and is neither answered nor passed on."""
    open_ones = Assignment.objects.filter(
        round=round, is_check=True, showing__annotator=annotator, answered_at=None, skips=None
    )
    idle = open_ones.exclude(annotator=annotator, lease_expires_at__gt=now)
    found = idle.order_by("pk").first()
    if found is None:
        return None
    found.annotator, found.lease_expires_at = annotator, now + LEASE
    found.save(update_fields=["annotator", "lease_expires_at"])
    return found


@transaction.atomic
def _shown(round: Round, annotator: User, now: datetime, wish: Wish) -> Assignment | None:
    fits, wished = wish.condition()
    parameters = {
        **wished,
        "round": round.pk,
        "annotator": annotator.pk,
        "is_blind": round.is_blind,
        "level": round.answer_level,
        "reviewers": REVIEWERS,
        "most": MOST_SHOWINGS,
    }
    chosen = _row(sql.CHOOSE.format(fits=fits), parameters)
    if not chosen:
        return None
    check, sample, suggestions = chosen
    turn, position = _row(sql.POSITION, {"round": round.pk}) or (0, 0)
    assignment = Assignment.objects.create(
        round=round,
        sample_id=sample,
        turn=turn,
        position=position,
        annotator=annotator,
        lease_expires_at=now + LEASE,
        suggestions=json.loads(suggestions),
        is_check=True,
    )
    CheckShowing.objects.create(
        check_shown_id=check, assignment=assignment, annotator=annotator, shown_at=now
    )
    HiddenCheck.objects.filter(pk=check).update(showings=F("showings") + 1)
    return assignment


def _execute(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _row(statement: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    """Return the only row of a statement, or an empty one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone() or ()
