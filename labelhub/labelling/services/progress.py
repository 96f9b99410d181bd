"""How far a round is, and how well its answers agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from labelhub.accounts.models import User
from labelhub.labelling.models import (
    MOST_SHOWINGS,
    Annotation,
    Assignment,
    HiddenCheck,
    Round,
    Skip,
    Source,
)

PACE_WINDOW = timedelta(days=7)  # long enough that a day off does not look like standstill

# The mean over samples with two answers or more of the share of agreeing pairs, as in
# mlcore.quality.agreement.raw_agreement; "cannot be decided" is an answer like the others.
RAW_AGREEMENT = """
SELECT avg(agreeing), count(*) FROM (
    SELECT sum(votes * (votes - 1))::float8 / (sum(votes) * (sum(votes) - 1))::float8 AS agreeing
    FROM (
        SELECT sample_id, category_id, count(*) AS votes FROM labelling_annotation
        WHERE round_id = %(round)s AND superseded_at IS NULL AND NOT is_check
        GROUP BY sample_id, category_id
    ) AS tallies
    GROUP BY sample_id HAVING sum(votes) > 1
) AS samples
"""

# People's settled label and the given category agree when one lies in the other's subtree, since
# given categories are often named less deeply.
AGREEMENT_WITH_GIVEN = """
SELECT count(*) FILTER (WHERE given.category_id = ANY(human.lineage)
                           OR human.id = ANY(shop.lineage)),
       count(*)
FROM labelling_annotation AS given
JOIN labelling_consensus AS consensus
  ON consensus.sample_id = given.sample_id AND consensus.source = 'people'
 AND consensus.state = 'settled'
JOIN catalog_category AS human ON human.id = consensus.category_id
JOIN catalog_category AS shop ON shop.id = given.category_id
WHERE given.round_id = %(round)s AND given.superseded_at IS NULL
"""

# One walk over the assignments of the round.
LEFT = """
SELECT coalesce(sum(waiting), 0)::bigint, coalesce(sum(held), 0)::bigint,
       count(*) FILTER (WHERE waiting < copies), count(*) FILTER (WHERE waiting = copies)
FROM (
    SELECT count(*) AS copies, count(*) FILTER (WHERE answered_at IS NULL) AS waiting,
           count(*) FILTER (WHERE answered_at IS NULL AND lease_expires_at > %(now)s) AS held
    FROM labelling_assignment WHERE round_id = %(round)s AND NOT is_check GROUP BY sample_id
) AS sample WHERE waiting > 0
"""


@dataclass(frozen=True)
class Progress:
    """Assignments of a round, and how many of them are answered."""

    done: int
    total: int


@dataclass(frozen=True)
class Agreement:
    """A share of samples, and what it is a share of."""

    agreeing: float  # a count that may be broken: pairs of answers weigh within their sample
    samples: int

    @property
    def share(self) -> float | None:
        return self.agreeing / self.samples if self.samples else None


@dataclass(frozen=True)
class Part:
    """How much of a round one annotator has done; enough to plan work, and no more."""

    annotator: User
    answers: int


@dataclass(frozen=True)
class Left:
    """What of a round is still open."""

    assignments: int
    held: int  # of these are before somebody's eyes now
    begun: int  # samples with an answer that wait for more
    untouched: int  # samples without an answer


@dataclass(frozen=True)
class Forecast:
    """How long a round may still take, at the pace of all its annotators together."""

    answers: int  # within the last seven days
    days: float | None  # None: nobody answered in them


def of(rounds: Iterable[Round]) -> dict[int, Progress]:
    """Return the progress of some rounds by primary key."""
    return _counted(Assignment.objects.filter(round__in=list(rounds), is_check=False))


def _checks_of(rounds: Iterable[Round]) -> dict[int, Progress]:
    """Return how many hidden checks were shown in some rounds, and how many are answered."""
    return _counted(Assignment.objects.filter(round__in=list(rounds), is_check=True))


def _counted(assignments: QuerySet[Assignment]) -> dict[int, Progress]:
    rows = (
        assignments.values("round_id")
        .annotate(total=Count("pk"), done=Count("answered_at"))
        .order_by("round_id")
    )
    return {row["round_id"]: Progress(done=row["done"], total=row["total"]) for row in rows}


def of_one(round: Round) -> Progress:
    """Return the progress of a round."""
    return of([round]).get(round.pk, Progress(0, 0))


def as_seen(rounds: Iterable[Round]) -> dict[int, Progress]:
    """
    Return the progress of rounds as annotators may see it: hidden checks count like the others.

    Otherwise it would stand still after a check. How many more are to come is an estimate.
    """
    rounds = list(rounds)
    found = of(rounds)
    checked = [each for each in rounds if each.check_share and each.pk in found]
    if not checked:
        return found
    shown, unused = _checks_of(checked), _unused_showings()
    none = Progress(0, 0)
    return found | {
        each.pk: _with_checks(each, found[each.pk], shown.get(each.pk, none), unused)
        for each in checked
    }


def one_as_seen(round: Round) -> Progress:
    """Return the progress of a round as annotators may see it."""
    return as_seen([round]).get(round.pk, Progress(0, 0))


def _with_checks(round: Round, asked: Progress, shown: Progress, unused: int) -> Progress:
    done = asked.done + shown.done
    if asked.done == asked.total:
        return Progress(done, done)
    # Of all that is served the share is checks, so of what is asked the share / (1 - share).
    expected = int(asked.total * round.check_share / (1 - round.check_share) + 0.5)
    return Progress(done, max(done, asked.total + min(expected, shown.total + unused)))


def _unused_showings() -> int:
    """Return how often the checks there are may still be shown."""
    left = Coalesce(Sum(MOST_SHOWINGS - F("showings")), 0)
    return int(HiddenCheck.objects.filter(retired_at=None).aggregate(left=left)["left"])


def agreement(round: Round) -> Agreement:
    """Return how far annotators agree; for given categories, how far these agree with people."""
    with connection.cursor() as cursor:
        if round.source == Source.GIVEN:
            cursor.execute(AGREEMENT_WITH_GIVEN, {"round": round.pk})
            agreeing, samples = cursor.fetchone()
            return Agreement(agreeing, samples)
        cursor.execute(RAW_AGREEMENT, {"round": round.pk})
        mean, samples = cursor.fetchone()
        return Agreement((mean or 0) * samples, samples)


def parts(round: Round) -> list[Part]:
    """Return who answered how much of the round, in the order of their names."""
    answers = (
        Annotation.objects.current()
        .filter(round=round, is_check=False)
        .values("annotator_id")
        .annotate(number=Count("pk"))
        .order_by("annotator_id")
    )
    counts = {row["annotator_id"]: row["number"] for row in answers}
    people = User.objects.in_bulk(list(counts))
    return [
        Part(person, counts[person.pk])
        for person in sorted(people.values(), key=lambda person: (person.shown_name, person.pk))
    ]


def skips(round: Round) -> int:
    """Count how often somebody passed on a product of the round."""
    return Skip.objects.filter(assignment__round=round, assignment__is_check=False).count()


def left(round: Round, *, now: datetime) -> Left:
    """Return what stays open if the round were closed now."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"round": round.pk, "now": now})
        return Left(*cursor.fetchone())


def forecast(round: Round, *, open_assignments: int, now: datetime) -> Forecast:
    """Estimate when the open assignments are answered."""
    recent = Annotation.objects.current().filter(round=round, is_check=False)
    answers = recent.filter(answered_at__gt=now - PACE_WINDOW).count()
    # A round that began yesterday has the pace of one day, not of seven.
    since = max(round.created_at, now - PACE_WINDOW)
    days = max((now - since) / timedelta(days=1), 1 / 24)
    return Forecast(answers, open_assignments * days / answers if answers else None)
