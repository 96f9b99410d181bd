"""A small LabelHub in which every call of the API reaches something, for each role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.authtoken.models import Token

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.labelling.models import Annotation, Assignment, GuidelineExample, Round, Skip
from labelhub.labelling.services import sealing
from labelhub.registry.models import Run
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    ConsensusFactory,
    CorpusFactory,
    GuidelineFactory,
    HiddenCheckFactory,
    JobFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)
from tests.registry.rows import PAN, SHIRT
from tests.registry.test_refurbishing import write_log

LABELLERS = (Role.ANNOTATOR, Role.CURATOR, Role.ADMIN)
VERSION, TRAINED = "imported one", "trained one"
MISFILED = "misfiled"  # a product that the trained one refurbished


@dataclass
class World:
    """Who is there, and the numbers under which things leave."""

    people: dict[str, User]
    tokens: dict[str, str]
    rounds: list[int] = field(default_factory=list)
    assignments: dict[str, list[int]] = field(default_factory=dict)  # by who holds or held them
    categories: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)

    def known(self, who: str) -> dict[str, list[int]]:
        """Return what a parameter or a field of this name may hold for the caller."""
        mine = self.assignments.get(who, []) + self.assignments["stranger"]
        return {
            "round_id": self.rounds,
            "assignment_id": mine,
            "assignment": mine,
            "assignments": mine,
            "holding": mine,
            "category_id": self.categories,
            "run_id": self.runs,
        }


def make() -> World:
    """Make people, a tree, rounds of every kind at work, and a model that was judged."""
    people = {str(role): UserFactory(role=role) for role in Role} | {"stranger": UserFactory()}
    tokens = {who: Token.objects.create(user=user).key for who, user in people.items()}
    world = World(people, tokens, categories=_tree())
    for round in _rounds(people["stranger"]):
        world.rounds.append(round.pk)
        for who, user in people.items():
            world.assignments.setdefault(who, []).extend(_work(round, user))
    _measure()
    run = Run.objects.create(version_name=TRAINED, corpus=CorpusFactory(), seed=0, created_at=NOW)
    ModelVersionFactory(name=TRAINED, origin="trained", run=run, folder=TRAINED)
    world.runs.append(run.pk)
    JobFactory()
    return world


def refurbish() -> None:
    """Write what the trained one refurbished into the data folder, which each test has anew."""
    write_log(TRAINED, [(MISFILED, SHIRT, PAN, 1.0)])


def _tree() -> list[int]:
    retired = CategoryFactory(path="cloth>old", retired_at=NOW)
    paths = ("cloth>shirt", "cloth>coat>long", "bag")
    made = [CategoryFactory(path=path, code=path[-3:]) for path in paths]
    guided = GuidelineFactory(name="", category=made[0], text="**Shirts** have sleeves.")
    GuidelineExample.objects.create(
        guideline=guided, sample=SampleFactory(), category=made[0], belongs=True, added_at=NOW
    )
    return [*(each.pk for each in made), made[1].parent.pk, retired.pk]


def _rounds(stranger: User) -> list[Round]:
    guideline = GuidelineFactory()
    closed = RoundFactory(is_for_everyone=False)
    closed.members.add(stranger)
    return [
        RoundFactory(guideline=guideline),
        RoundFactory(is_blind=False),
        RoundFactory(answer_level=1, fields_shown=["brand", "price"]),
        RoundFactory(check_share=0.2),
        RoundFactory(state=Round.State.PAUSED),
        RoundFactory(state=Round.State.CLOSED),
        RoundFactory(source="given"),
        closed,
    ]


def _work(round: Round, user: User) -> list[int]:
    """Give the person something held, passed on, answered and skipped."""
    suggestions = [] if round.is_blind else [[CategoryFactory(path="bag").pk, 0.7]]
    asked: dict[str, Any] = {"round": round, "suggestions": suggestions}
    soon = timezone.now() + timedelta(minutes=5)
    for _ in range(4):
        AssignmentFactory(**asked)
    HiddenCheckFactory(category=CategoryFactory(path="bag"))
    made = [
        AssignmentFactory(**asked, annotator=user, lease_expires_at=soon),
        AssignmentFactory(**asked, passed_from=[user.pk]),
        _answered(round, user).assignment,
        _skipped(round, user),
    ]
    return [sealing.sealed(each.pk, round) for each in made]


def _answered(round: Round, user: User) -> Annotation:
    return AnnotationFactory(
        round=round, annotator=user, category=CategoryFactory(path="cloth>shirt")
    )


def _skipped(round: Round, user: User) -> Assignment:
    skipped = AssignmentFactory(round=round)
    Skip.objects.create(assignment=skipped, annotator=user, skipped_at=NOW)
    return skipped


def _measure() -> None:
    version = ModelVersionFactory(name=VERSION)
    shirt, bag = CategoryFactory(path="cloth>shirt"), CategoryFactory(path="bag")
    for predicted in (shirt, bag, bag):
        label = ConsensusFactory(category=shirt)
        PredictionFactory(version=version, sample=label.sample, category=predicted)
    JudgementFactory(sample=label.sample, category=bag)
    assert Assignment.objects.exists()
