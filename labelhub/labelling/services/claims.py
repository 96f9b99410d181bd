"""Take assignments. No assignment is ever held by two people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.errors import DomainError
from labelhub.labelling.models import LEASE, Round
from labelhub.labelling.services import checks, prepared, sealing, showing
from labelhub.labelling.services import serving_sql as sql
from labelhub.labelling.services.showing import Served
from labelhub.labelling.services.wishes import NO_WISH, Wish

PREFETCH = 5  # assignments that the page holds ahead, so that the next one is there at once
MOST_HELD = 25  # of one person in one round: enough for a while without a network


class NothingToClaim(DomainError):
    """No assignment of the round is free for this annotator."""


class RoundNotOpen(DomainError):
    """The round is paused or closed."""


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What a page has, and how much it wants to have."""

    count: int = 1
    holding: Sequence[int] = ()  # numbers of assignments that it shows already
    wish: Wish = NO_WISH


class Spot(NamedTuple):
    """Where an assignment stands in the queue of its round."""

    turn: float
    position: int


@transaction.atomic
def claim(
    *, round: Round, annotator: User, now: datetime, count: int, wish: Wish = NO_WISH
) -> list[Served]:
    """
    Lease up to `count` assignments of the round to this annotator.

    What the annotator already holds comes first, its lease renewed, so a reloaded page
    or a second tab gets the same assignments and never takes more.

    Raises:
        RoundNotOpen: the round is paused or closed.
        NothingToClaim: no assignment is free for this annotator.
    """
    refuse_unless_open(round)
    lock_person(annotator)
    if wish:
        _make_room(round, annotator, count, wish)
    claimed = following(
        round=round, annotator=annotator, now=now, ahead=Ahead(count=count, wish=wish)
    )
    if not claimed and wish:
        raise NothingToClaim(_("Nothing is left for you that fits this filter."))
    if not claimed:
        raise NothingToClaim(_("There is nothing left for you to label in this round."))
    return claimed


def following(
    *, round: Round, annotator: User, now: datetime, ahead: Ahead, after: Spot | None = None
) -> list[Served]:
    """
    Lease what a page lacks of what it wants ahead, and return that; nothing in a round at rest.

    The caller's transaction holds the lock of the person.

    Args:
        after: where the person is in the queue. The search for a wish begins there, so that it
            does not pass by what it has passed by before; in the end it looks everywhere.
    """
    if round.state != Round.State.OPEN or ahead.wish.hidden_in(round):
        return []
    if round.check_share:
        checks.lease_due(
            round=round, annotator=annotator, now=now, count=ahead.count, wish=ahead.wish
        )
    claimed: list[Served] = []
    holding = [sealing.opened_in(round, number) for number in ahead.holding]
    start = after if ahead.wish else None
    while len(holding) + len(claimed) < ahead.count:
        there = [*holding, *(each.id for each in claimed)]
        taken = _take(round, annotator, now, ahead, there, start)
        if not taken and start is None:
            break
        start = start if taken else None
        claimed += taken
    return claimed


@transaction.atomic
def renew(
    *, round: Round, annotator: User, numbers: Iterable[int], now: datetime
) -> tuple[list[int], list[int]]:
    """
    Renew leases; return what is still held, and what is another's or nobody's now.

    Both come in the order in which they were asked for: that of the ids would tell the checks.
    """
    asked = {number: sealing.opened_in(round, number) for number in numbers}
    mine = round.assignments.filter(pk__in=asked.values(), annotator=annotator)
    mine.filter(answered_at=None).update(lease_expires_at=now + LEASE)
    answers = dict(mine.values_list("pk", "answered_at"))
    held = [number for number, pk in asked.items() if pk in answers and answers[pk] is None]
    return held, [number for number, pk in asked.items() if pk not in answers]


@transaction.atomic
def release(
    *, round: Round, annotator: User, numbers: Iterable[int], until: datetime | None = None
) -> int:
    """
    Give leases back; an answer that still comes for one of them counts all the same.

    Args:
        until: only leases that end by then. A page that is left knows no later ones; those that
            do end later were renewed by the page that took its place.
    """
    asked = [sealing.opened_in(round, number) for number in numbers]
    held = round.assignments.filter(pk__in=asked, annotator=annotator, answered_at=None)
    if until is not None:
        held = held.filter(lease_expires_at__lte=until)
    person = Value(annotator.pk)  # named once, however often they take it and give it back
    others = Func(F("passed_from"), person, function="array_remove")
    passed = Func(others, person, function="array_append")
    return held.update(annotator=None, lease_expires_at=None, passed_from=passed)


def give_back_surplus(*, round: Round, annotator: User, kept: int) -> None:
    """Give back what a person holds beyond `MOST_HELD`, the oldest leases first, but not `kept`."""
    fits, params = "assignment.id = %(kept)s", {"kept": kept}
    _give_back(round, annotator, fits, params, room=MOST_HELD - 1)


def lock_person(annotator: User) -> None:
    """Let one request of a person at a time take, renew or give back assignments."""
    with connection.cursor() as cursor:
        cursor.execute(sql.LOCK_PERSON, {"annotator": annotator.pk})


def refuse_unless_open(round: Round) -> None:
    """Raise `RoundNotOpen`, with what to do, when the round is paused or closed."""
    if round.state == Round.State.PAUSED:
        raise RoundNotOpen(_("This round is paused. Choose another one or come back later."))
    refuse_if_closed(round)


def refuse_if_closed(round: Round) -> None:
    """Raise `RoundNotOpen` when the round is closed."""
    if round.state == Round.State.CLOSED:
        raise RoundNotOpen(_("This round is closed; it takes no more answers."))


def _take(
    round: Round,
    annotator: User,
    now: datetime,
    ahead: Ahead,
    holding: list[int],
    after: Spot | None,
) -> list[Served]:
    fits, params = ahead.wish.condition()
    statement = sql.claim(fits=fits, is_behind=after is not None, **showing.columns(round))
    params |= {
        "round": round.pk,
        "annotator": annotator.pk,
        "now": now,
        "until": now + LEASE,
        "ahead": ahead.count,
        "holding": holding,
        "most": MOST_HELD,
        **(after._asdict() if after else {}),
    }
    with connection.cursor() as cursor:
        prepared.execute(cursor, statement, sql.CLAIM_TYPES, params)
        return [showing.from_row(row, round) for row in cursor.fetchall()]


def _make_room(round: Round, annotator: User, count: int, wish: Wish) -> None:
    """Give back what does not fit the wish, as far as the person would hold too much."""
    fits, params = wish.condition()
    _give_back(round, annotator, fits, params, room=MOST_HELD - count)


def _give_back(
    round: Round, annotator: User, fits: str, params: dict[str, Any], *, room: int
) -> None:
    params |= {"round": round.pk, "annotator": annotator.pk, "room": room}
    with connection.cursor() as cursor:
        cursor.execute(sql.MAKE_ROOM.format(fits=fits), params)
