"""
Samples drawn at random for two reviewers, whether people and models agree on them or not.

They say how often both are wrong alike, how well reviewers agree, and they become hidden checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import (
    PROBABILITY_PLANS,
    Assignment,
    Consensus,
    ReviewDraw,
    Source,
)
from labelhub.labelling.services import drawing

REVIEWERS = 2  # who judge each drawn sample, without seeing what the other says
USUAL_SHARE = 0.1  # of the samples that could be drawn
USUAL_MOST = 200  # about a day of two reviewers

# Drawn samples, and those of them that two reviewers have judged.
STATE = """
SELECT count(*), count(*) FILTER (WHERE (
    SELECT count(DISTINCT reviewer_id) FROM labelling_judgement
    WHERE sample_id = draw.sample_id AND superseded_at IS NULL
) >= %(reviewers)s)
FROM labelling_reviewdraw AS draw
"""


class NothingToDraw(DomainError):
    """No sample is left that could be drawn."""


@dataclass(frozen=True)
class Drawn:
    """How many samples are drawn, and how many of them two reviewers have judged."""

    total: int
    judged: int


def eligible() -> QuerySet[Sample]:
    """Return the samples that may be drawn: settled by people, from a probability round, new."""
    settled = Consensus.objects.filter(
        sample=OuterRef("pk"), source=Source.PEOPLE, state=Consensus.State.SETTLED
    )
    asked = Assignment.objects.filter(
        sample=OuterRef("pk"),
        is_check=False,
        round__source=Source.PEOPLE,
        round__is_blind=True,
        round__plan__in=PROBABILITY_PLANS,
    )
    drawn = ReviewDraw.objects.filter(sample=OuterRef("pk"))
    return Sample.objects.filter(Exists(settled), Exists(asked)).exclude(Exists(drawn))


def usual_number(available: int) -> int:
    """Return how many of the available samples are offered to be drawn at once."""
    return min(round(available * USUAL_SHARE) or available, USUAL_MOST)


@transaction.atomic
def draw(*, number: int, seed: int, by: User | None, now: datetime) -> int:
    """
    Draw up to `number` eligible samples, each with the same chance; return how many.

    The seed stays in the audit trail, so that the draw can be shown to have been one.

    Raises:
        NothingToDraw: no sample is eligible.
    """
    # Two curators who draw at once would otherwise draw some samples twice.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE labelling_reviewdraw IN SHARE ROW EXCLUSIVE MODE")
    chosen = drawing.at_random(eligible(), number=number, seed=seed)
    made = ReviewDraw.objects.bulk_create(
        ReviewDraw(sample=sample, drawn_by=by, drawn_at=now) for sample in chosen
    )
    if not made:
        raise NothingToDraw(
            _("No sample is left to draw: it needs a settled label from a random or whole round.")
        )
    audit.record(
        by=by,
        verb="drew samples for two reviewers",
        target="review draw",
        details={"samples": len(made), "seed": seed},
        now=now,
    )
    return len(made)


def state() -> Drawn:
    """Return how far the double judging is."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"reviewers": REVIEWERS})
        return Drawn(*cursor.fetchone())
