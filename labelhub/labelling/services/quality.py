"""
How well a person answers, from hidden checks: what they see of themselves, and what others see.

Only checks that are over count, for everybody alike: nothing is said of a person that they could
not look at and contest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from labelhub.accounts.models import User
from labelhub.labelling.models import Annotation, CheckShowing, Round
from mlcore.quality.intervals import Interval, wilson

ENOUGH = 50  # checks; with fewer the interval is wider than most differences between people


@dataclass(frozen=True)
class Answered:
    """How many checks of one person are over, and how many of these were right."""

    answered: int
    right: int

    @property
    def share(self) -> float | None:
        return self.right / self.answered if self.answered else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.right, self.answered)

    @property
    def missing(self) -> int:
        """How many more checks it takes until others see the share."""
        return max(ENOUGH - self.answered, 0)


@dataclass(frozen=True)
class Quality:
    """What others may know of one person: nothing at all before there are enough checks."""

    annotator: User
    checks: Answered | None


def own(annotator: User) -> Answered:
    """Return a person's own figures. For nobody else's eyes: see `of`."""
    return _answered([annotator]).get(annotator.pk, Answered(0, 0))


def of(annotators: Iterable[User]) -> list[Quality]:
    """Return what others may know of these people, by name, which ranks nobody."""
    people = sorted(annotators, key=lambda person: (person.shown_name.casefold(), person.pk))
    found = _answered(people)
    enough = {pk: checks for pk, checks in found.items() if not checks.missing}
    return [Quality(person, enough.get(person.pk)) for person in people]


def of_round(round: Round) -> list[Quality]:
    """Return what others may know of those who labelled in a round, from all their checks."""
    answers = Annotation.objects.current().filter(round=round)
    return of(User.objects.filter(pk__in=answers.values("annotator")))


def of_everybody() -> list[Quality]:
    """Return what others may know of all who have met a check that is over."""
    met = CheckShowing.objects.over().values("annotator")
    return of(User.objects.filter(pk__in=met))


def _answered(annotators: Iterable[User]) -> dict[int, Answered]:
    right = Q(is_right=True) | Q(is_upheld=True)
    rows = (
        CheckShowing.objects.over()
        .filter(annotator__in=list(annotators))
        .values("annotator_id")
        .annotate(answered=Count("pk"), right=Count("pk", filter=right))
        .order_by("annotator_id")
    )
    return {row["annotator_id"]: Answered(row["answered"], row["right"]) for row in rows}
