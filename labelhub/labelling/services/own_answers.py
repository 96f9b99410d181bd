"""What a person answered and how fast, for that person's own eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from labelhub.accounts.models import User
from labelhub.labelling.models import Annotation, Flag, LateAnswer, Round

# Between two answers further apart the person did something else: it is no time of work.
BREAK = timedelta(minutes=5)
FEWEST = 10  # answers in a row; of fewer a pace says nothing

PACES = """
SELECT round_id, count(*) FILTER (WHERE superseded_at IS NULL),
       count(*) FILTER (WHERE superseded_at IS NULL AND gap <= make_interval(secs => %(break)s)),
       sum(gap) FILTER (WHERE gap <= make_interval(secs => %(break)s)), max(answered_at)
FROM (
  SELECT round_id, superseded_at, answered_at,
         answered_at - lag(answered_at) OVER (ORDER BY answered_at, id) AS gap
  FROM labelling_annotation WHERE annotator_id = %(annotator)s
) AS answer
GROUP BY round_id ORDER BY max(answered_at) DESC, round_id
"""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which of the own answers are wanted; what is left open narrows nothing."""

    round: Round | None = None
    since: datetime | None = None
    before: datetime | None = None
    is_taken_back: bool = False
    is_flagged: bool = False
    is_commented: bool = False


@dataclass(frozen=True)
class Pace:
    """How a person worked in one round; `per_hour` is None where too little is known."""

    round: Round
    answers: int
    work: timedelta
    per_hour: float | None


def of(annotator: User, choice: Choice) -> QuerySet[Annotation]:
    """Return this person's answers, newest first, each with `is_flagged`."""
    flags = Flag.objects.filter(assignment=OuterRef("assignment"), annotator=annotator)
    mine = Annotation.objects.filter(annotator=annotator).annotate(is_flagged=Exists(flags))
    if choice.round:
        mine = mine.filter(round=choice.round)
    if choice.since:
        mine = mine.filter(answered_at__gte=choice.since)
    if choice.before:
        mine = mine.filter(answered_at__lt=choice.before)
    if choice.is_taken_back:
        mine = mine.filter(superseded_at__isnull=False)
    if choice.is_flagged:
        mine = mine.filter(is_flagged=True)
    if choice.is_commented:
        mine = mine.exclude(comment="")
    shown = mine.select_related("sample", "category", "round")
    return shown.order_by("-answered_at", "-pk")


def rounds(annotator: User) -> QuerySet[Round]:
    """Return the rounds in which this person answered."""
    answered = Annotation.objects.filter(round=OuterRef("pk"), annotator=annotator)
    return Round.objects.filter(Exists(answered)).order_by("name", "pk")


def uncounted(annotator: User) -> QuerySet[LateAnswer]:
    """Return answers that came after their round was closed and wait for it to be reopened."""
    late = LateAnswer.objects.filter(annotator=annotator, annotation=None)
    shown = late.select_related("assignment__sample", "assignment__round", "category")
    return shown.order_by("-received_at", "-pk")


def paces(annotator: User) -> list[Pace]:
    """Return how fast this person worked in each round, the latest first; breaks are left out."""
    with connection.cursor() as cursor:
        cursor.execute(PACES, {"annotator": annotator.pk, "break": BREAK.total_seconds()})
        rows = cursor.fetchall()
    known = Round.objects.in_bulk([row[0] for row in rows])
    return [
        _pace(known[round_id], answers, in_a_row, work or timedelta())
        for round_id, answers, in_a_row, work, _last in rows
    ]


def _pace(round: Round, answers: int, in_a_row: int, work: timedelta) -> Pace:
    hours = work / timedelta(hours=1)
    per_hour = in_a_row / hours if in_a_row >= FEWEST and hours else None
    return Pace(round, answers, work, per_hour)
