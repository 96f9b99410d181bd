"""How far a round is, and how well its answers agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from labelhub.accounts.models import User
from labelhub.labelling.models import Annotation, Assignment, Round, Skip, Source

# The mean over samples with two answers or more of the share of agreeing pairs, as in
# mlcore.quality.agreement.raw_agreement; "cannot be decided" is an answer like the others.
RAW_AGREEMENT = """
SELECT avg(agreeing), count(*) FROM (
    SELECT sum(votes * (votes - 1))::float8 / (sum(votes) * (sum(votes) - 1))::float8 AS agreeing
    FROM (
        SELECT sample_id, category_id, count(*) AS votes FROM labelling_annotation
        WHERE round_id = %(round)s AND superseded_at IS NULL
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
class Pace:
    """What one annotator did in a round."""

    annotator: User
    answers: int
    undecidable: int
    skips: int


def of(rounds: Iterable[Round]) -> dict[int, Progress]:
    """Return the progress of some rounds by primary key."""
    rows = (
        Assignment.objects.filter(round__in=list(rounds))
        .values("round_id")
        .annotate(total=Count("pk"), done=Count("answered_at"))
        .order_by("round_id")
    )
    return {row["round_id"]: Progress(done=row["done"], total=row["total"]) for row in rows}


def of_one(round: Round) -> Progress:
    """Return the progress of a round."""
    return of([round]).get(round.pk, Progress(0, 0))


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


def paces(round: Round) -> list[Pace]:
    """Return what each annotator of the round did, most answers first."""
    answers = (
        Annotation.objects.current()
        .filter(round=round)
        .values("annotator_id")
        .annotate(number=Count("pk"), decided=Count("category_id"))
        .order_by("annotator_id")
    )
    skipped = (
        Skip.objects.filter(assignment__round=round)
        .values("annotator_id")
        .annotate(number=Count("pk"))
        .order_by("annotator_id")
    )
    skips = {row["annotator_id"]: row["number"] for row in skipped}
    counts = {row["annotator_id"]: (row["number"], row["decided"]) for row in answers}
    people = User.objects.in_bulk({*skips, *counts})
    made = [
        Pace(person, number, number - decided, skips.get(pk, 0))
        for pk, person in people.items()
        for number, decided in [counts.get(pk, (0, 0))]
    ]
    return sorted(made, key=lambda pace: (-pace.answers, pace.annotator.pk))
