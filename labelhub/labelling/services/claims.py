"""Take assignments. No assignment is ever held by two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.errors import DomainError
from labelhub.labelling.models import LEASE, Assignment, Round

PREFETCH = 5  # assignments that the page holds ahead, so that the next one is there at once


class NothingToClaim(DomainError):
    """No assignment of the round is free for this annotator."""


class RoundNotOpen(DomainError):
    """The round is paused or closed."""


@transaction.atomic
def claim(*, round: Round, annotator: User, now: datetime, count: int) -> list[Assignment]:
    """
    Lease up to `count` assignments of the round to this annotator.

    What the annotator already holds comes first, its lease renewed, so a reloaded page
    or a second tab gets the same assignments and never takes more.

    Raises:
        RoundNotOpen: the round is paused or closed.
        NothingToClaim: no assignment is free for this annotator.
    """
    refuse_unless_open(round)
    # One claim of a person at a time: two tabs would otherwise each see nothing held.
    User.objects.select_for_update(no_key=True).get(pk=annotator.pk)
    claimed = _held(round, annotator, now, count)
    while len(claimed) < count:
        # One by one, since a second copy of a sample just taken is no longer free.
        free = _free(round, annotator, now)
        if free is None:
            break
        _lease(free, annotator, now)
        claimed.append(free)
    if not claimed:
        raise NothingToClaim(_("There is nothing left for you to label in this round."))
    return claimed


def refuse_unless_open(round: Round) -> None:
    """Raise `RoundNotOpen`, with what to do, when the round is paused or closed."""
    if round.state == Round.State.PAUSED:
        raise RoundNotOpen(_("This round is paused. Choose another one or come back later."))
    if round.state == Round.State.CLOSED:
        raise RoundNotOpen(_("This round is closed; it takes no more answers."))


def _held(round: Round, annotator: User, now: datetime, count: int) -> list[Assignment]:
    held = round.assignments.held_by(annotator, now=now).select_related("sample")
    renewed = list(held.in_serving_order(round)[:count])
    for assignment in renewed:
        assignment.lease_expires_at = now + LEASE
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in renewed]).update(
        lease_expires_at=now + LEASE
    )
    return renewed


def _free(round: Round, annotator: User, now: datetime) -> Assignment | None:
    free = round.assignments.free_for(annotator, now=now).select_related("sample")
    return (
        free.in_serving_order(round)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .first()
    )


def _lease(assignment: Assignment, annotator: User, now: datetime) -> None:
    """Write the new holder of a locked assignment; whoever lost it may still answer late."""
    former = assignment.annotator_id
    if former is not None and former != annotator.pk:
        assignment.passed_from.append(former)
    assignment.annotator = annotator
    assignment.lease_expires_at = now + LEASE
    assignment.save(update_fields=["annotator", "lease_expires_at", "passed_from"])
