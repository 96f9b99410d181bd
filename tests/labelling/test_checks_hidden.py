"""What an annotator sees of a round with hidden checks: nothing that tells which these are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from labelhub.accounts.models import User
from labelhub.labelling.models import (
    Annotation,
    Assignment,
    CheckShowing,
    Consensus,
    Round,
    Skip,
)
from labelhub.labelling.services import progress
from labelhub.labelling.services import rounds as changing
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    HiddenCheckFactory,
    RoundFactory,
    UserFactory,
)
from tests.labelling.calls import post
from tests.labelling.check_rows import NUMBER

pytestmark = pytest.mark.django_db

BAG = "bag"


@pytest.fixture
def round(db) -> Round:
    """A round of 60 samples with checks, of which there are plenty."""
    made = RoundFactory(check_share=0.2, guideline=GuidelineFactory())
    for position in range(60):
        AssignmentFactory(round=made, position=position * 10)
    for _ in range(30):
        HiddenCheckFactory(category=CategoryFactory(path=BAG))
    return made


@pytest.fixture
def annotator(db) -> User:
    return UserFactory(pk=NUMBER)


@pytest.fixture
def client(annotator: User) -> Client:
    client = Client()
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def claimed(client: Client, round: Round, count: int = 10) -> list[dict[str, Any]]:
    return post(client, f"rounds/{round.pk}/claim", count=count).json()


def checks_of(round: Round) -> set[str]:
    """Return the product ids of the checks that somebody met in the round."""
    shown = Assignment.objects.filter(round=round, is_check=True)
    return set(shown.values_list("sample__product_id", flat=True))


def product(assignment: dict[str, Any]) -> str:
    return str(assignment["sample"]["product_id"])


def until_a_check(client: Client, round: Round) -> dict[str, Any]:
    """Answer until the page holds a check, and return that as it came."""
    held = claimed(client, round, 1)
    while product(held[0]) not in checks_of(round):
        sent = {"category_id": CategoryFactory(path="shoe").pk, "ahead": 1}
        held = post(client, f"assignments/{held[0]['id']}/annotation", **sent).json()["next"]
    return held[0]


def answered(client: Client, assignment: dict[str, Any], path: str = BAG) -> Any:
    sent = {"category_id": CategoryFactory(path=path).pk}
    return post(client, f"assignments/{assignment['id']}/annotation", **sent)


def label_everything(client: Client, round: Round) -> int:
    """Answer all that is there to answer, and return how often."""
    answers, waiting = 0, claimed(client, round)
    while waiting:
        for each in waiting:
            answered(client, each)
        answers += len(waiting)
        answer = post(client, f"rounds/{round.pk}/claim", count=10)
        waiting = answer.json() if answer.status_code == 201 else []
    return answers


def shape(value: Any) -> Any:
    """Return which keys and kinds of values a part of a response has."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value).__name__


def test_all_of_a_round_is_labelled_with_checks_among_it(client, round):
    answers = label_everything(client, round)

    checks = len(checks_of(round))
    assert answers == 60 + checks
    assert 5 <= checks <= 30
    assert CheckShowing.objects.filter(annotation__is_check=True, is_right=True).count() == checks


def test_a_check_has_the_same_keys_and_kinds_as_any_other(client, round):
    shapes = set()
    while len(checks_of(round)) < 2:
        for each in claimed(client, round):
            shapes.add(json.dumps(shape(each)))
            shapes.add(json.dumps(shape(answered(client, each).json())))

    assert len(shapes) == 2  # one of assignments, one of answers


def test_numbers_say_nothing_of_what_is_a_check(client, round):
    numbers = []
    while len(checks_of(round)) < 3:
        for each in claimed(client, round):
            numbers.append((each["id"], product(each)))
            answered(client, each)

    checks = checks_of(round)
    ranks = [name in checks for _number, name in sorted(numbers)]
    assert True in ranks[: len(ranks) // 2] or False in ranks[len(ranks) // 2 :]
    assert not Assignment.objects.filter(pk__in=[number for number, _name in numbers]).exists()
    assert min(numbers)[0] > 2**50


def test_a_reload_shows_the_same_products_in_the_same_order(client, round):
    first = claimed(client, round)

    assert [product(each) for each in claimed(client, round)] == [product(each) for each in first]


def test_the_page_without_a_script_answers_checks_too(client, round):
    check = until_a_check(client, round)
    sent = {"assignment": check["id"], "category": CategoryFactory(path=BAG).pk}

    client.post(f"/label/{round.pk}/answer/", sent)

    assert CheckShowing.objects.filter(is_right=True).exists()


def test_a_check_taken_back_comes_again_and_is_marked_anew(client, round):
    check = until_a_check(client, round)
    answered(client, check, "shoe")

    undone = post(client, f"rounds/{round.pk}/undo").json()

    assert (undone["id"], product(undone)) == (check["id"], product(check))
    assert not CheckShowing.objects.filter(assignment__annotations__isnull=False, is_right=False)
    answered(client, check)
    assert CheckShowing.objects.get(assignment__sample__product_id=product(check)).is_right
    answers = Annotation.objects.filter(sample__product_id=product(check))
    assert answers.count() == 2
    assert answers.filter(is_check=True).count() == 2


def test_a_check_answered_twice_is_one_answer(client, round):
    check = until_a_check(client, round)

    first, again = answered(client, check), answered(client, check, "shoe")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["annotation"]["id"] == first.json()["annotation"]["id"]


def test_a_check_passed_on_goes_to_nobody(client, round):
    check = until_a_check(client, round)

    said = post(client, f"assignments/{check['id']}/skip", reason="unclear")

    assert said.status_code == 200
    assert Skip.objects.filter(assignment__is_check=True).exists()
    other = Client()
    other.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    label_everything(other, round)
    assert (
        not Annotation.objects.filter(
            sample__product_id=product(check), annotator__role="annotator", round=round
        )
        .exclude(assignment__showing__annotator__isnull=False)
        .exists()
    )


def test_a_check_given_back_when_the_page_closes_comes_again(client, round):
    check = until_a_check(client, round)

    post(client, f"rounds/{round.pk}/release", assignments=[check["id"]])

    assert product(claimed(client, round, 1)[0]) == product(check)


def test_an_answer_to_a_check_given_back_is_still_one_to_a_check(client, round):
    check = until_a_check(client, round)
    post(client, f"rounds/{round.pk}/release", assignments=[check["id"]])

    answered(client, check)

    assert Annotation.objects.get(sample__product_id=product(check)).is_check
    assert CheckShowing.objects.get(assignment__sample__product_id=product(check)).is_right


def test_leases_are_renewed_under_the_numbers_that_left(client, round):
    numbers = [each["id"] for each in claimed(client, round)]

    renewed = post(client, f"rounds/{round.pk}/renew", assignments=numbers).json()

    assert (sorted(renewed["held"]), renewed["passed"]) == (sorted(numbers), [])


def test_what_the_page_holds_is_not_sent_again(client, round):
    first, *others = claimed(client, round, 5)
    sent = {
        "category_id": CategoryFactory(path=BAG).pk,
        "holding": [each["id"] for each in others],
        "ahead": 5,
    }

    following = post(client, f"assignments/{first['id']}/annotation", **sent).json()["next"]

    assert len(following) == 1
    assert following[0]["id"] not in [each["id"] for each in others]


def test_a_check_may_be_flagged(client, round):
    check = until_a_check(client, round)

    said = post(client, f"assignments/{check['id']}/flag", kind="adult")

    assert said.status_code == 201


def test_answers_to_checks_make_no_consensus(client, round):
    check = until_a_check(client, round)

    answered(client, check)

    assert not Consensus.objects.filter(sample__product_id=product(check)).exists()


def test_an_answer_to_a_check_of_a_closed_round_counts_when_it_reopens(client, round, curator):
    check = until_a_check(client, round)
    changing.close(round=round, by=curator, now=NOW)

    assert answered(client, check).status_code == 202

    round.refresh_from_db()
    changing.reopen(round=round, by=curator, now=NOW)
    assert Annotation.objects.get(sample__product_id=product(check)).is_check
    assert CheckShowing.objects.get(assignment__sample__product_id=product(check)).is_right


def test_the_progress_that_annotators_see_goes_on_with_every_answer(client, round):
    seen, total = [], set()
    for _ in range(20):
        shown = progress.one_as_seen(round)
        seen.append(shown.done)
        total.add(shown.total)
        answered(client, claimed(client, round, 1)[0])

    assert len(checks_of(round)) > 0
    assert seen == list(range(20))
    assert total == {75}  # 60 and what a fifth of checks adds: 60 · .2 / .8 = 15


def test_in_the_end_the_progress_is_complete(client, round):
    answers = label_everything(client, round)

    assert progress.one_as_seen(round) == progress.Progress(done=answers, total=answers)


def test_without_checks_to_show_none_are_expected():
    round = RoundFactory(check_share=0.2)
    AssignmentFactory(round=round)

    assert progress.one_as_seen(round) == progress.Progress(done=0, total=1)
