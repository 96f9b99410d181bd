"""A workplace with something on every page of labelling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.catalog.models import Category
from labelhub.labelling.models import (
    Annotation,
    Assignment,
    Flag,
    Guideline,
    GuidelineExample,
    LateAnswer,
    Question,
    Round,
    Skip,
)
from labelhub.labelling.services import consensus, guidelines
from tests.factories import (
    AnnotationFactory,
    AssignmentFactory,
    CheckShowingFactory,
    GuidelineFactory,
    JudgementFactory,
    ReviewDrawFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)
from tests.journeys.label_pages import annotator, make_round

TEXT = "# Rule\n\n1. Follow the **size**.\n\n| word | means |\n|---|---|\n| 키즈 | children |\n"


@dataclass(frozen=True)
class Workplace:
    """Who looks, and what the addresses of the pages name."""

    anna: User
    curator: User
    open: Round
    closed: Round
    guideline: Guideline
    category: Category


def workplace() -> Workplace:
    """Make rounds, answers, remarks, checks, guidelines and questions."""
    anna = annotator("anna")
    curator = UserFactory(username="carl", role=Role.CURATOR)
    open_round = make_round(12, overlap=2, check_share=0.1)
    jacket, jumper = Category.objects.filter(is_leaf=True).order_by("path")[:2]
    guideline = guided(open_round, anna, curator, jacket)
    closed = answered(anna, jacket, jumper)
    remarked(open_round, closed, anna, jacket)
    checked(anna, jacket)
    category = guidelines.of_category(category=jacket, now=timezone.now()).category
    assert category is not None
    return Workplace(anna, curator, open_round, closed, guideline, category)


def guided(round: Round, anna: User, curator: User, category: Category) -> Guideline:
    """Give the round a guideline of two versions, with examples, an answer and a question."""
    now = timezone.now()
    guideline = GuidelineFactory(name="Clothes", text="Follow the size.")
    guidelines.revise(guideline=guideline, seen=1, text=TEXT, by=curator, now=now)
    Round.objects.filter(pk=round.pk).update(guideline=guideline)
    for belongs in (True, False):
        GuidelineExample.objects.create(
            guideline=guideline,
            sample=SampleFactory(name=f"example {belongs}"),
            category=category,
            belongs=belongs,
            note="because",
            added_at=now,
        )
    asked = {"guideline": guideline, "asked_by": anna, "asked_at": now}
    Question.objects.create(text="Is a tote a bag?", **asked)
    answer = {"answer": "With a zip.", "answered_by": curator, "answered_at": now}
    Question.objects.create(text="Is a clutch a bag?", **asked, **answer)
    return guideline


def answered(anna: User, mine: Category, theirs: Category) -> Round:
    """Return a closed round in which people agreed, differed and took back."""
    now = timezone.now()
    others = [UserFactory(), UserFactory()]
    closed = RoundFactory(name="closed", state="closed", closed_at=now)
    for number in range(12):
        sample = SampleFactory(name=f"라벨링한 상품 {number}")
        values = {"round": closed, "sample": sample, "answered_at": now - timedelta(minutes=number)}
        own = AnnotationFactory(annotator=anna, category=mine, comment="two colours", **values)
        for other in others:
            AnnotationFactory(annotator=other, category=theirs if number % 3 else mine, **values)
        if number == 1:
            JudgementFactory(sample=sample, category=theirs, is_acceptable=True)
            JudgementFactory(sample=sample, category=mine, is_acceptable=False)
        if number == 2:
            Annotation.objects.filter(pk=own.pk).update(superseded_at=now)
    consensus.settle(source="people", now=now)
    return closed


def remarked(open_round: Round, closed: Round, anna: User, category: Category) -> None:
    """Leave flags, skips and an answer that came too late."""
    now = timezone.now()
    first, second, *_ = Assignment.objects.filter(round=open_round).order_by("position")
    by_anna = {"annotator": anna}
    Flag.objects.create(
        assignment=first, kind="wrong_image", comment="a box", flagged_at=now, **by_anna
    )
    Skip.objects.create(assignment=second, reason="image", skipped_at=now, **by_anna)
    late = AssignmentFactory(round=closed)
    LateAnswer.objects.create(
        assignment=late, category=category, key=uuid4(), received_at=now, **by_anna
    )


def checked(anna: User, category: Category) -> None:
    """Let checks be missed, contested and decided, and draw samples for two reviewers."""
    now = timezone.now()
    over = {"annotator": anna, "check_shown__retired_at": now, "check_shown__category": category}
    CheckShowingFactory(**over)
    CheckShowingFactory(**over, contested_at=now, contest="the size says so")
    CheckShowingFactory(**over, is_right=True)
    ReviewDrawFactory()
