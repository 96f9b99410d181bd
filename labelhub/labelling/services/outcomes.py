"""Checks as those see them who may: the annotator once they are over, a curator once contested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.labelling.models import CheckShowing
from labelhub.labelling.services import contests, showing
from labelhub.labelling.services.effective import acceptable_categories
from labelhub.labelling.services.showing import Picture


@dataclass(frozen=True)
class Outcome:
    """One answered check: what was shown, and what reviewers accept now."""

    showing: CheckShowing
    pictures: list[Picture]
    acceptable: list[Category]
    may_decide: bool = False  # the curator who looks at it has no stake in it


def own_missed(annotator: User) -> QuerySet[CheckShowing]:
    """Return the person's missed checks that are over, the latest answer first."""
    missed = CheckShowing.objects.over().filter(annotator=annotator, is_right=False)
    shown = missed.select_related(
        "annotation__category", "assignment__round", "check_shown__sample"
    )
    return shown.order_by("-annotation__answered_at", "-pk")


def of(showings: Sequence[CheckShowing]) -> list[Outcome]:
    """Return these checks with their pictures and what reviewers accept."""
    return _outcomes(showings, decidable=set())


def contested(showings: Sequence[CheckShowing], *, curator: User) -> list[Outcome]:
    """Return these contested checks, and which of them this curator may decide."""
    shown = [showing.pk for showing in showings]
    mine = contests.decidable(by=curator).filter(pk__in=shown).values_list("pk", flat=True)
    return _outcomes(showings, decidable=set(mine))


def _outcomes(rows: Sequence[CheckShowing], *, decidable: set[int]) -> list[Outcome]:
    sample_ids = [row.check_shown.sample_id for row in rows]
    samples = showing.with_pictures().in_bulk(sample_ids)
    accepted = acceptable_categories(sample_ids)
    return [
        Outcome(
            showing=row,
            pictures=showing.pictures(samples[row.check_shown.sample_id])[:1],
            acceptable=accepted.get(row.check_shown.sample_id, []),
            may_decide=row.pk in decidable,
        )
        for row in rows
    ]
