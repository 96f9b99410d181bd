import json

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from labelhub.labelling.models import Annotation, Round, Skip
from tests.factories import (
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    UserFactory,
)
from tests.labelling.calls import held_by, post

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def client(annotator) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(annotator, backend=BACKEND)
    return client


def test_rounds_lists_the_open_rounds_of_the_caller(client, annotator):
    mine = RoundFactory(is_for_everyone=False)
    mine.members.add(annotator)
    RoundFactory(is_for_everyone=False)
    RoundFactory(state=Round.State.CLOSED)

    answer = client.get("/api/v1/rounds")

    assert [round["id"] for round in answer.json()] == [mine.pk]


def test_claim_returns_what_the_round_shows_and_nothing_else(client):
    round = RoundFactory(fields_shown=["mall_name", "brand"])
    waiting = AssignmentFactory(round=round, sample__brand="acme", sample__mall_category="x>y")

    answer = post(client, f"rounds/{round.pk}/claim")

    assert answer.status_code == 201
    [claimed] = answer.json()
    assert claimed.pop("lease_expires_at")
    assert claimed == {
        "id": waiting.pk,
        "round": round.pk,
        "suggestions": [],
        "sample": {
            "product_id": waiting.sample.product_id,
            "is_adult": False,
            "name": waiting.sample.name,
            "images": [],
            "mall_name": "",
            "brand": "acme",
        },
    }


def test_a_blind_round_never_tells_the_given_category_or_what_a_model_says(client):
    secret = CategoryFactory(path="secret>category", code="50000418")
    waiting = AssignmentFactory(
        sample__given_category=secret,
        sample__attributes={"hint": "secret"},
        suggestions=[[secret.pk, 0.9876543]],
    )

    answer = post(client, f"rounds/{waiting.round.pk}/claim")

    said = json.dumps(answer.json())
    assert "secret" not in said
    assert "50000418" not in said
    assert "0.9876543" not in said  # longer than the fraction of a time


def test_an_assisted_round_tells_what_the_model_suggests(client):
    jacket = CategoryFactory(path="jacket")
    waiting = AssignmentFactory(round=RoundFactory(is_blind=False), suggestions=[[jacket.pk, 0.93]])

    [claimed] = post(client, f"rounds/{waiting.round.pk}/claim").json()

    assert claimed["suggestions"] == [
        {"category_id": jacket.pk, "path": "jacket", "probability": 0.93}
    ]


def test_claim_without_anything_left_is_refused_with_a_reason(client):
    answer = post(client, f"rounds/{RoundFactory().pk}/claim")

    assert answer.status_code == 409
    assert answer.json()["code"] == "NothingToClaim"


def test_claim_holds_as_many_as_asked_for(client):
    round = RoundFactory()
    AssignmentFactory.create_batch(4, round=round)

    assert len(post(client, f"rounds/{round.pk}/claim", count=3).json()) == 3
    assert post(client, f"rounds/{round.pk}/claim", count=99).status_code == 400


def test_the_round_of_others_is_not_found(client):
    round = RoundFactory(is_for_everyone=False)

    assert post(client, f"rounds/{round.pk}/claim").status_code == 404


def test_an_answer_is_stored_and_the_next_assignment_returned(client, annotator):
    held = held_by(annotator)
    following = AssignmentFactory(round=held.round, position=99)
    category = CategoryFactory()

    answer = post(client, f"assignments/{held.pk}/annotation", category_id=category.pk)

    assert answer.status_code == 201
    made = Annotation.objects.get()
    assert made.annotator == annotator
    assert [each["id"] for each in answer.json()["next"]] == [following.pk]
    assert answer.json()["annotation"] == {
        "id": made.pk,
        "category_id": category.pk,
        "is_undecidable": False,
        "answered_at": timezone.localtime(made.answered_at).isoformat(),
    }
    assert (answer.json()["outcome"], answer.json()["detail"]) == ("kept", "")


def test_the_last_answer_has_no_next(client, annotator):
    held = held_by(annotator)

    answer = post(client, f"assignments/{held.pk}/annotation", is_undecidable=True)

    assert answer.json()["next"] == []
    assert Annotation.objects.get().is_undecidable


def test_a_repeated_answer_shows_the_first(client, annotator):
    held, first = held_by(annotator), CategoryFactory()

    post(client, f"assignments/{held.pk}/annotation", category_id=first.pk)
    again = post(client, f"assignments/{held.pk}/annotation", category_id=CategoryFactory().pk)

    assert again.status_code == 200
    assert again.json()["annotation"]["category_id"] == first.pk
    assert again.json()["outcome"] == "repeated"
    assert "first answer stands" in again.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"category_id": 1, "is_undecidable": True}])
def test_an_answer_says_one_thing(client, annotator, body):
    held = held_by(annotator)

    assert post(client, f"assignments/{held.pk}/annotation", **body).status_code == 400


def test_an_answer_to_somebody_elses_assignment_is_refused(client):
    held = held_by(UserFactory())

    answer = post(client, f"assignments/{held.pk}/annotation", is_undecidable=True)

    assert (answer.status_code, answer.json()["code"]) == (409, "NotYours")


def test_an_answer_in_a_round_of_others_is_not_found(client):
    held = held_by(UserFactory(), round=RoundFactory(is_for_everyone=False))

    answer = post(client, f"assignments/{held.pk}/annotation", is_undecidable=True)

    assert answer.status_code == 404


def test_an_unknown_category_is_not_found(client, annotator):
    held = held_by(annotator)

    assert post(client, f"assignments/{held.pk}/annotation", category_id=9999999).status_code == 404


def test_skip_gives_the_assignment_back_and_returns_the_next(client, annotator):
    held = held_by(annotator)
    following = AssignmentFactory(round=held.round, position=99)

    answer = post(client, f"assignments/{held.pk}/skip", reason="blurred")

    assert [each["id"] for each in answer.json()["next"]] == [following.pk]
    assert Skip.objects.get().reason == "blurred"


def test_undo_returns_the_assignment_of_the_last_answer(client, annotator):
    last = AnnotationFactory(annotator=annotator)

    answer = post(client, f"rounds/{last.round.pk}/undo")

    assert answer.status_code == 200
    assert answer.json()["id"] == last.assignment_id
    assert answer.json()["was"] == {
        "category_id": last.category_id,
        "path": last.category.path,
        "is_undecidable": False,
        "comment": "",
    }


def test_undo_without_an_answer_is_refused(client):
    answer = post(client, f"rounds/{RoundFactory().pk}/undo")

    assert (answer.status_code, answer.json()["code"]) == (409, "NothingToUndo")


ADDRESSES = [
    "rounds/1/claim",
    "rounds/1/renew",
    "rounds/1/release",
    "rounds/1/undo",
    "assignments/1/annotation",
    "assignments/1/skip",
    "assignments/1/unskip",
    "assignments/1/flag",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_pm_may_not_label(as_role, address):
    assert post(as_role("pm"), address).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_labels_without_logging_in(address):
    assert post(Client(), address).status_code == 401


def test_a_token_opens_the_api_too(annotator):
    token = Token.objects.create(user=annotator)

    answer = Client().get("/api/v1/rounds", headers={"Authorization": f"Token {token.key}"})

    assert answer.status_code == 200


def test_claim_and_answer_cost_a_bounded_number_of_statements(
    client, annotator, django_assert_max_num_queries
):
    round = RoundFactory()
    AssignmentFactory.create_batch(20, round=round)
    [held] = post(client, f"rounds/{round.pk}/claim", count=1).json()
    category = CategoryFactory()

    with django_assert_max_num_queries(8):
        post(client, f"assignments/{held['id']}/annotation", category_id=category.pk)
