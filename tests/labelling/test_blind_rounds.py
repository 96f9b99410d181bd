"""
A blind round measures people against the model: nothing that reaches its annotators tells a label.

Whatever must stay hidden is marked, and every response of labelling is searched for the marks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.catalog.models import Sample
from labelhub.labelling.models import (
    Assignment,
    Flag,
    GuidelineExample,
    GuidelineVersion,
    Question,
    Round,
    Skip,
)
from labelhub.labelling.services import sealing
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    CheckShowingFactory,
    ConsensusFactory,
    GuidelineFactory,
    HiddenCheckFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SECRET = "secretive"  # part of every text that must stay hidden
PROBABILITY, REST, OFFERED, PRIORITY = 0.8371946, 0.1628054, 0.9173625, 76543.25
SECRET_ID = 918_273_640  # of categories that somebody or something chose for these products
MARKS = [SECRET, *map(str, (PROBABILITY, REST, OFFERED, PRIORITY)), str(SECRET_ID)[:-1]]
PATH = "plain>shoe"


@dataclass
class Work:
    """A round at work, as one annotator meets it."""

    client: Client
    round: Round
    held: list[Assignment]
    person: str
    category: int

    def number(self, place: int = 0) -> int:
        return sealing.sealed(self.held[place].pk, self.round)

    def post(self, address: str, **body: Any) -> Any:
        return self.client.post(f"/api/v1/{address}", body, content_type="application/json")

    def answer(self, **body: Any) -> Any:
        body |= {"category_id": self.category, "ahead": 5}
        return self.post(f"assignments/{self.number()}/annotation", **body)


def secret_category(number: int) -> Any:
    return CategoryFactory(
        path=f"{SECRET}{number}", pk=SECRET_ID + number, code=f"{SECRET}{number}"
    )


def marked_sample() -> Any:
    """Make a product of which the shop, a model, people and reviewers have said something."""
    sample = SampleFactory(
        brand=SECRET,
        price=SECRET,
        mall_name="open mall",
        attributes={"hint": SECRET},
        given_category=secret_category(1),
        priority=PRIORITY,
    )
    version = ModelVersionFactory(name=f"{SECRET} {uuid4()}")
    PredictionFactory(
        version=version,
        sample=sample,
        category=secret_category(2),
        probability=PROBABILITY,
        rest=REST,
    )
    ConsensusFactory(sample=sample, category=secret_category(3))
    JudgementFactory(sample=sample, category=secret_category(4))
    return sample


def other_person() -> User:
    return UserFactory(username=f"{SECRET}-{uuid4()}", display_name=SECRET)


def marked_assignment(round: Round, **fields: Any) -> Assignment:
    """Ask for a product that others have answered, skipped and flagged already."""
    sample, other = marked_sample(), other_person()
    AnnotationFactory(
        round=round, sample=sample, annotator=other, category=secret_category(5), comment=SECRET
    )
    made = AssignmentFactory(
        round=round, sample=sample, suggestions=[[SECRET_ID + 6, OFFERED]], **fields
    )
    said = {"assignment": made, "annotator": other}
    Skip.objects.create(**said, reason=SECRET, skipped_at=NOW)
    Flag.objects.create(**said, kind="other", comment=SECRET, flagged_at=NOW)
    return made


def written_about(round: Round, sample: Any) -> None:
    """Write guidelines that show a product of which one more answer is wanted, and questions."""
    AssignmentFactory(round=round, sample=sample)
    guideline, shoe = round.guideline, CategoryFactory(path=PATH)
    of_category = GuidelineFactory(name="", category=shoe)
    GuidelineVersion.objects.create(guideline=guideline, number=2, text="open", created_at=NOW)
    example = {"category": shoe, "belongs": True, "note": SECRET, "added_at": NOW}
    for place in (guideline, of_category):
        GuidelineExample.objects.create(guideline=place, sample=sample, **example)
    asked = {"guideline": guideline, "asked_by": other_person(), "asked_at": NOW}
    Question.objects.create(**asked, text=SECRET)
    Question.objects.create(**asked, text="open", sample=SampleFactory(name="open"))


@pytest.fixture
def work(annotator: User) -> Work:
    secret_category(6)
    round = RoundFactory(
        guideline=GuidelineFactory(),
        check_share=0.1,
        fields_shown=["mall_name"],
        created_by=other_person(),
    )
    RoundFactory(name="another, so that there is a choice")
    soon = timezone.now() + timedelta(minutes=9)
    mine = {"annotator": annotator, "lease_expires_at": soon}
    held = [marked_assignment(round, **mine) for _ in range(3)]
    for _ in range(3):
        marked_assignment(round)
    answered = marked_assignment(round, annotator=annotator, answered_at=NOW)
    shoe = CategoryFactory(path=PATH)
    AnnotationFactory(
        assignment=answered, round=round, sample=answered.sample, annotator=annotator, category=shoe
    )
    check = HiddenCheckFactory(sample=marked_sample(), category=secret_category(7))
    CheckShowingFactory(check_shown=check, annotator=annotator, round=round)
    HiddenCheckFactory(sample=marked_sample(), category=secret_category(7))
    written_about(round, held[0].sample)
    client = Client(headers={"accept-language": "en"})
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return Work(client, round, held, annotator.username, shoe.pk)


PAGES = {
    "home": "/",
    "choice of rounds": "/label/",
    "label page": "/label/{round}/",
    "label page, filtered": "/label/{round}/?words=product",
    "label page, a category searched": "/label/{round}/?q=shoe",
    "label page, nothing fits": "/label/{round}/?words=nowhere",
    "own pace in the round": "/label/{round}/pace/",
    "own answers": "/label/history/",
    "own answers, filtered": "/label/history/?round={round}&undone=on",
    "what review changed": "/label/history/changed/",
    "own pace": "/label/history/pace/",
    "own history as CSV": "/label/history/export/?format=csv",
    "own history as lines": "/label/history/export/?format=jsonl",
    "own checks": "/label/checks/",
    "guidelines": "/guidelines/",
    "guideline": "/guidelines/{guideline}/",
    "its versions": "/guidelines/{guideline}/versions/",
    "guideline of a category": "/api/v1/categories/{category}/guideline",
    "rounds": "/api/v1/rounds",
    "jobs": "/jobs/",
}
CALLS: dict[str, Callable[[Work], Any]] = {
    "claim": lambda work: work.post(f"rounds/{work.round.pk}/claim", count=25),
    "filtered claim": lambda work: work.post(
        f"rounds/{work.round.pk}/claim", count=25, filter={"q": "product", "mall_name": "open mall"}
    ),
    "refused filter": lambda work: work.post(
        f"rounds/{work.round.pk}/claim", filter={"brand": "x"}
    ),
    "renewal": lambda work: work.post(f"rounds/{work.round.pk}/renew", assignments=[work.number()]),
    "release": lambda work: work.post(
        f"rounds/{work.round.pk}/release", assignments=[work.number()]
    ),
    "undo": lambda work: work.post(f"rounds/{work.round.pk}/undo"),
    "answer": lambda work: work.answer(comment="open", missed="sneaker"),
    "answer sent twice": lambda work: work.answer() and work.answer(),
    "answer with another's category": lambda work: work.post(
        f"assignments/{work.number()}/annotation", category_id=CategoryFactory(path="plain").pk
    ),
    "skip": lambda work: work.post(f"assignments/{work.number()}/skip", reason="open"),
    "flag": lambda work: work.post(f"assignments/{work.number()}/flag", kind="adult"),
    "form": lambda work: work.client.post(
        f"/label/{work.round.pk}/answer/",
        {"assignment": work.number(), "category": work.category},
        follow=True,
    ),
    "form of a skip": lambda work: work.client.post(
        f"/label/{work.round.pk}/skip/", {"assignment": work.number()}, follow=True
    ),
    "form of an undo": lambda work: work.client.post(f"/label/{work.round.pk}/undo/", follow=True),
    "question": lambda work: work.client.post(
        f"/label/{work.round.pk}/ask/".replace("label", "rounds"),
        {"text": "which?", "assignment": work.number()},
        headers={"hx-request": "true"},
    ),
}


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


def marks_in(text: str) -> list[str]:
    """Return the marks with what stands around them."""
    found = (text.find(mark) for mark in MARKS)
    return [text[max(place - 60, 0) : place + 20] for place in found if place >= 0]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_page_of_an_annotator_holds_a_mark(work, page):
    address = page.format(
        round=work.round.pk, guideline=work.round.guideline_id, category=work.category
    )

    response = work.client.get(address)

    assert response.status_code == 200
    assert marks_in(text_of(response)) == []


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_call_of_an_annotator_answers_with_a_mark(work, call):
    response = call(work)

    assert response.status_code < 500
    assert marks_in(text_of(response)) == []


def test_the_file_of_the_finder_tells_of_categories_only_what_the_tree_does(work):
    tree = work.client.get("/api/v1/categories").json()

    assert set(tree) == {"version", "ids", "parents", "names", "codes", "leaves", "synonyms"}
    assert len(set(tree["ids"])) == len(tree["ids"])
    assert tree["ids"].index(SECRET_ID + 1) < tree["ids"].index(SECRET_ID + 7)  # by their names


def test_the_queue_of_a_blind_round_knows_no_priority(work):
    last = work.round.assignments.filter(annotator=None).order_by("-position")[0]
    Sample.objects.filter(pk=last.sample_id).update(priority=10 * PRIORITY)

    claimed = work.post(f"rounds/{work.round.pk}/claim", count=25).json()

    mine = work.round.assignments.filter(annotator__username=work.person, answered_at=None)
    positions = dict(mine.values_list("sample__product_id", "position"))
    order = [positions[each["sample"]["product_id"]] for each in claimed]
    assert order == sorted(order)


def test_an_assisted_round_does_show_what_is_marked_here(work):
    Round.objects.filter(pk=work.round.pk).update(is_blind=False)

    response = work.post(f"rounds/{work.round.pk}/claim", count=25)

    assert str(OFFERED) in text_of(response)


@pytest.mark.parametrize("role", [Role.CURATOR, Role.ADMIN])
def test_curators_label_as_blindly_as_everybody(work, role):
    client = Client()
    client.force_login(UserFactory(role=role), backend="django.contrib.auth.backends.ModelBackend")

    claimed = client.post(
        f"/api/v1/rounds/{work.round.pk}/claim", {"count": 25}, content_type="application/json"
    )

    assert marks_in(text_of(claimed)) == []
