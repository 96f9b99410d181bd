"""Whatever an annotator does to a hidden check, the answer looks like any other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from labelhub.accounts.models import User
from labelhub.labelling.models import Assignment, CheckShowing, Round
from labelhub.labelling.services import sealing
from tests.factories import (
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    HiddenCheckFactory,
    RoundFactory,
)
from tests.labelling.calls import post
from tests.labelling.test_checks_hidden import shape

pytestmark = pytest.mark.django_db

BAG, SHOE = "bag", "shoe"


@pytest.fixture
def round(db: Any) -> Round:
    """A round with plenty of checks."""
    made = RoundFactory(check_share=0.2, guideline=GuidelineFactory())
    for position in range(60):
        AssignmentFactory(round=made, position=position * 10)
    for _ in range(30):
        HiddenCheckFactory(category=CategoryFactory(path=BAG))
    return made


@pytest.fixture
def client(annotator: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def both(client: Client, round: Round) -> tuple[int, int]:
    """Hold a check and another product, and return their numbers, the check's first."""
    while True:
        held = post(client, f"rounds/{round.pk}/claim", count=25).json()
        numbers = {
            each["id"]: Assignment.objects.get(pk=sealing.opened(each["id"])) for each in held
        }
        checks = [number for number, each in numbers.items() if each.is_check]
        if checks:
            return checks[0], next(number for number, each in numbers.items() if not each.is_check)
        answered(client, held[0]["id"])


def answered(client: Client, number: int, path: str = SHOE) -> Any:
    return post(
        client, f"assignments/{number}/annotation", category_id=CategoryFactory(path=path).pk
    )


def answered_and(then: Callable[[Client, Round, int], Any]) -> Callable[[Client, Round, int], Any]:
    def both(client: Client, round: Round, number: int) -> Any:
        answered(client, number)
        return then(client, round, number)

    return both


def skipped_and_back(client: Client, number: int) -> Any:
    post(client, f"assignments/{number}/skip", ahead=0)
    return post(client, f"assignments/{number}/unskip")


def undone_twice(client: Client, round: Round, number: int) -> Any:
    undone(client, round, number)
    return undone(client, round, number)


def undone(client: Client, round: Round, number: int) -> Any:
    return post(client, f"rounds/{round.pk}/undo", assignment=number)


CALLS: dict[str, Callable[[Client, Round, int], Any]] = {
    "right answer": lambda client, round, number: answered(client, number, BAG),
    "wrong answer": lambda client, round, number: answered(client, number),
    "undecidable": lambda client, round, number: post(
        client, f"assignments/{number}/annotation", is_undecidable=True
    ),
    "second answer": answered_and(lambda client, round, number: answered(client, number, BAG)),
    "undo": answered_and(undone),
    "undo twice": answered_and(undone_twice),
    "skip": lambda client, round, number: post(client, f"assignments/{number}/skip"),
    "skip of an answered one": answered_and(
        lambda client, round, number: post(client, f"assignments/{number}/skip")
    ),
    "skip taken back": lambda client, round, number: skipped_and_back(client, number),
    "flag": lambda client, round, number: post(client, f"assignments/{number}/flag", kind="adult"),
    "renewal": lambda client, round, number: post(
        client, f"rounds/{round.pk}/renew", assignments=[number]
    ),
    "release": lambda client, round, number: post(
        client, f"rounds/{round.pk}/release", assignments=[number]
    ),
    "question": lambda client, round, number: client.post(
        f"/rounds/{round.pk}/ask/",
        {"text": "which?", "assignment": number},
        headers={"hx-request": "true"},
    ),
    "form": lambda client, round, number: client.post(
        f"/label/{round.pk}/answer/", {"assignment": number, "undecidable": "1"}
    ),
    "form of a skip": lambda client, round, number: client.post(
        f"/label/{round.pk}/skip/", {"assignment": number}
    ),
}


def looks(response: Any) -> Any:
    if response.headers.get("Content-Type") == "application/json":
        return response.status_code, shape(json.loads(response.content))
    return response.status_code, response.headers.get("Location"), len(response.content)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_answers_for_a_check_as_for_any_other(client, round, both, call):
    check, other = both

    first, second = looks(call(client, round, check)), looks(call(client, round, other))

    assert first == second
    assert first[0] < 500


def test_leases_of_one_claim_end_together(client, round, both):
    held = post(client, f"rounds/{round.pk}/claim", count=25).json()

    assert len({each["lease_expires_at"] for each in held}) == 1
    assert CheckShowing.objects.exists()


@pytest.mark.parametrize("path", [BAG, SHOE])
def test_own_pages_say_nothing_of_an_answered_check_while_the_round_is_open(
    client, round, both, path
):
    check, _other = both
    before = main_of(client, "/label/checks/")

    answered(client, check, path)

    assert main_of(client, "/label/checks/") == before
    assert "check" not in main_of(client, "/label/history/").partition("<tbody>")[2]


def main_of(client: Client, page: str) -> str:
    """Return the part of a page that is not the same on all."""
    return client.get(page).content.decode().partition("<main")[2].partition("</main>")[0]
