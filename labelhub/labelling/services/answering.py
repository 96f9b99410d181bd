"""Keep an answer and hand out what comes next, in one transaction: what a page does all day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.catalog.services import synonyms
from labelhub.labelling.models import Annotation, Assignment, Round
from labelhub.labelling.services import annotations, claims, consensus, prepared, sealing
from labelhub.labelling.services import answering_sql as sql
from labelhub.labelling.services.annotations import Kept, Outcome
from labelhub.labelling.services.claims import Ahead, Spot
from labelhub.labelling.services.showing import Served

# In the order of the models' fields, as `from_db` takes them.
ROUND_COLUMNS = (
    "id",
    "source",
    "state",
    "is_blind",
    "fields_shown",
    "check_share",
    "openly_numbered",
)
ANSWER_COLUMNS = ("id", "category_id", "is_undecidable", "answered_at")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a page sends of an assignment; a `category_id` of None: it cannot be decided."""

    number: int  # of the assignment, as it left
    category_id: int | None
    comment: str = ""
    key: UUID | None = None
    missed: str = ""  # what was searched for in vain before the choice


@dataclass(frozen=True)
class Place:
    """Where in which round an answer was."""

    round: Round
    spot: Spot


def answer(
    *, answer: Answer, annotator: User, ahead: Ahead, now: datetime
) -> tuple[Kept, list[Served]]:
    """
    Keep an answer as `annotations.submit` does, and lease what the page lacks.

    Raises:
        Assignment.DoesNotExist: it is in no round that the annotator belongs to.
        Category.DoesNotExist: there is no such category.
        NotYours, NotAnAnswer, KeyTaken: as `annotations.submit`.
    """
    try:
        return _answer(_ordinary, answer, annotator, ahead, now)
    except (_Unusual, IntegrityError):  # the key or the sample had an answer already
        return _answer(_unusual, answer, annotator, ahead, now)


def skip(*, number: int, annotator: User, reason: str, ahead: Ahead, now: datetime) -> list[Served]:
    """
    Give an assignment back as `annotations.skip` does, and lease what the page lacks.

    Raises:
        Assignment.DoesNotExist: it is in no round that the annotator belongs to.
        NotYours: as `annotations.skip`.
    """
    with transaction.atomic():
        claims.lock_person(annotator)
        assignment = own_assignment(annotator, number)
        annotations.skip(assignment=assignment, annotator=annotator, reason=reason, now=now)
        place = Place(assignment.round, Spot(assignment.turn, assignment.position))
        return _following(place, annotator, ahead, now)


def own_assignment(annotator: User, number: int) -> Assignment:
    """
    Return an assignment of a round that this person belongs to, by the number it leaves under.

    Raises:
        Assignment.DoesNotExist: there is none, or it leaves under another number.
    """
    mine = Assignment.objects.filter(round__in=Round.objects.of(annotator))
    found = mine.select_related("round").get(pk=sealing.opened(number))
    if sealing.opened_in(found.round, number) != found.pk:
        raise Assignment.DoesNotExist
    return found


class _Unusual(Exception):
    """Something else than an ordinary answer."""


Keeping = Callable[[Answer, User, datetime], tuple[Kept, Place]]


def _answer(
    keep: Keeping, answer: Answer, annotator: User, ahead: Ahead, now: datetime
) -> tuple[Kept, list[Served]]:
    with transaction.atomic():
        kept, place = keep(answer, annotator, now)
        if answer.missed and kept.outcome in (Outcome.KEPT, Outcome.LATE):
            _propose_synonym(answer, kept, annotator, now)
        return kept, _following(place, annotator, ahead, now)


def _following(place: Place, annotator: User, ahead: Ahead, now: datetime) -> list[Served]:
    return claims.following(
        round=place.round, annotator=annotator, now=now, ahead=ahead, after=place.spot
    )


def _propose_synonym(answer: Answer, kept: Kept, annotator: User, now: datetime) -> None:
    """Note the word that did not find the category, unless the model had named that one."""
    made = kept.annotation
    if made is None or made.category is None:
        return
    if made.category_id not in [category for category, _probability in made.suggestions]:
        synonyms.propose(word=answer.missed, category=made.category, by=annotator, now=now)


def _ordinary(answer: Answer, annotator: User, now: datetime) -> tuple[Kept, Place]:
    statement = sql.UNDECIDABLE if answer.category_id is None else sql.FOR_A_CATEGORY
    params = {
        "assignment": sealing.opened(answer.number),
        "is_sealed": sealing.is_sealed(answer.number),
        "annotator": annotator.pk,
        "category": answer.category_id,
        "comment": answer.comment,
        "key": answer.key,
        "now": now,
    }
    with connection.cursor() as cursor:
        prepared.execute(cursor, statement, sql.TYPES, params)
        row = cursor.fetchone()
    if row is None:
        raise _Unusual
    pk, sample_id, turn, position, *columns = row
    round = Round.from_db(connection.alias, ROUND_COLUMNS, columns)
    if round.is_blind:  # assisted answers count in no consensus
        consensus.refresh(sample_ids=[sample_id], now=now)
    values = (pk, answer.category_id, answer.category_id is None, now)
    annotation = Annotation.from_db(connection.alias, ANSWER_COLUMNS, values)
    return Kept(Outcome.KEPT, annotation), Place(round, Spot(turn, position))


def _unusual(answer: Answer, annotator: User, now: datetime) -> tuple[Kept, Place]:
    claims.lock_person(annotator)
    if there_is := _told_openly(answer, annotator):
        return there_is
    assignment = own_assignment(annotator, answer.number)
    chosen = answer.category_id
    kept = annotations.submit(
        assignment=assignment,
        annotator=annotator,
        category=None if chosen is None else Category.objects.get(pk=chosen),
        comment=answer.comment,
        key=answer.key,
        now=now,
    )
    return kept, Place(assignment.round, Spot(assignment.turn, assignment.position))


def _told_openly(answer: Answer, annotator: User) -> tuple[Kept, Place] | None:
    """
    Return an answer that is sent again under the number that its assignment had before there were
    hidden checks in the round.

    The number is not compared: whoever tried several would learn which one is right.
    """
    if answer.key is None or sealing.is_sealed(answer.number):
        return None
    sent_before = Annotation.objects.filter(
        key=answer.key, annotator=annotator, round__check_share__gt=0
    )
    first = sent_before.select_related("assignment", "round", "category").first()
    if first is None:
        return None
    asked = first.assignment
    return Kept(Outcome.REPEATED, first), Place(first.round, Spot(asked.turn, asked.position))
