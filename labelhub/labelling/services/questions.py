"""What people ask about a guideline, and the answers that everybody then reads."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Guideline, Question, Round
from labelhub.labelling.services.examples import waits_blind

MOST_UNANSWERED = 20  # of one person; more would bury those of the others


class NothingAsked(DomainError):
    """The question, or the answer, has no words."""


class TooMany(DomainError):
    """The person has many questions that nobody has answered yet."""


class AnsweredMeanwhile(DomainError):
    """Somebody else answered the question first."""


def of(guideline: Guideline) -> QuerySet[Question]:
    """Return the questions about a guideline, those without an answer first."""
    return _shown(guideline.questions.all()).order_by("-answered_at", "-asked_at", "-pk")


def waiting() -> QuerySet[Question]:
    """Return the questions that wait for an answer, the oldest first."""
    asked = _shown(Question.objects.waiting())
    return asked.order_by("asked_at", "pk")


def unread(asker: User) -> QuerySet[Question]:
    """Return this person's questions whose answer they have not seen."""
    answered = Question.objects.unread_by(asker).select_related("guideline__category")
    return answered.order_by("answered_at", "pk")


@transaction.atomic
def ask(
    *, guideline: Guideline, text: str, asked_by: User, now: datetime, sample: Sample | None = None
) -> Question:
    """
    Ask the curators something about a guideline, perhaps on account of a product.

    The same question sent twice is kept once.

    Raises:
        NothingAsked: there is no question.
        TooMany: this person waits for many answers already.
    """
    words = text.strip()
    if not words:
        raise NothingAsked(_("Write your question first."))
    User.objects.select_for_update(no_key=True).get(pk=asked_by.pk)  # a double click asks once
    mine = Question.objects.waiting().filter(asked_by=asked_by)
    repeated = mine.filter(guideline=guideline, text=words).first()
    if repeated is not None:
        return repeated
    if mine.count() >= MOST_UNANSWERED:
        raise TooMany(_("Many of your questions wait for an answer. Ask again when some have one."))
    return guideline.questions.create(text=words, sample=sample, asked_by=asked_by, asked_at=now)


@transaction.atomic
def ask_in(
    *, round: Round, text: str, asked_by: User, now: datetime, sample: Sample | None = None
) -> Question:
    """Ask about the guideline of a round; where it has none, one begins with this question."""
    asked_in = Round.objects.locked().select_related("guideline").get(pk=round.pk)
    if asked_in.guideline is None:
        asked_in.guideline, _is_new = Guideline.objects.get_or_create(
            category=None, name=asked_in.name, defaults={"created_at": now}
        )
        asked_in.save(update_fields=["guideline"])
    return ask(guideline=asked_in.guideline, text=text, asked_by=asked_by, sample=sample, now=now)


@transaction.atomic
def answer(*, question: Question, seen: str, text: str, by: User, now: datetime) -> None:
    """
    Answer a question, or put an answer right; the asker is told.

    Args:
        seen: the answer that stood there when the new one was written; "" for none.

    Raises:
        NothingAsked: there is no answer.
        AnsweredMeanwhile: the answer that stands is another than the one seen.
    """
    words = text.strip()
    if not words:
        raise NothingAsked(_("Write the answer first."))
    unchanged = Question.objects.filter(pk=question.pk, answer=seen)
    if not unchanged.update(answer=words, answered_by=by, answered_at=now, read_at=None):
        raise AnsweredMeanwhile(_("Somebody answered meanwhile. Read that answer first."))
    details = {"question": question.text, "answer": words, "before": seen}
    audit.record(
        by=by, verb="answered a question", target=question.guideline, details=details, now=now
    )


def mark_read(*, asker: User, question_id: int, now: datetime) -> None:
    """Note that a person has read the answer to a question of theirs."""
    Question.objects.unread_by(asker).filter(pk=question_id).update(read_at=now)


def _shown(asked: QuerySet[Question]) -> QuerySet[Question]:
    """Add who asked and answered, and `is_held_back`: the product is still labelled blind."""
    held_back = ExpressionWrapper(waits_blind("sample"), output_field=BooleanField())
    people = ("asked_by", "answered_by", "sample", "guideline__category")
    return asked.annotate(is_held_back=held_back).select_related(*people)
