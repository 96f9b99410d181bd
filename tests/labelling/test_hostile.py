"""A person who labels and tries to reach more than is theirs."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.labelling.models import Annotation, Assignment, Flag, Round, Skip
from labelhub.labelling.services import claims, round_settings, sealing
from labelhub.labelling.services.round_settings import Settings
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    UserFactory,
)
from tests.labelling.calls import held_by, post

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
CALLS = {
    "claim": "rounds/{round}/claim",
    "renew": "rounds/{round}/renew",
    "release": "rounds/{round}/release",
    "undo": "rounds/{round}/undo",
    "answer": "assignments/{assignment}/annotation",
    "skip": "assignments/{assignment}/skip",
    "flag": "assignments/{assignment}/flag",
    "unskip": "assignments/{assignment}/unskip",
}
BODY = {"assignments": [1], "is_undecidable": True, "kind": "adult"}


@pytest.fixture
def client(annotator: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(annotator, backend=BACKEND)
    return client


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_round_of_others_does_not_exist_for_a_stranger(client, call):
    held = held_by(UserFactory(), round=RoundFactory(is_for_everyone=False))

    answer = post(client, call.format(round=held.round_id, assignment=held.pk), **BODY)

    assert answer.status_code == 404


@pytest.mark.parametrize("page", ["", "pace/", "answer/", "skip/", "undo/"])
def test_the_pages_of_a_round_of_others_do_not_exist_for_a_stranger(client, page):
    held = held_by(UserFactory(), round=RoundFactory(is_for_everyone=False))
    ask = client.get if page in ("", "pace/") else client.post

    answer = ask(f"/label/{held.round_id}/{page}", {"assignment": held.pk, "undecidable": "1"})

    assert answer.status_code == 404


@pytest.mark.parametrize("call", ["annotation", "skip", "flag"])
def test_what_another_holds_stays_as_it_is(client, call):
    other = UserFactory()
    held = held_by(other)

    answer = post(client, f"assignments/{held.pk}/{call}", **BODY)

    held.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (409, "NotYours")
    assert (held.annotator, held.answered_at) == (other, None)
    assert not any(kind.objects.exists() for kind in (Annotation, Skip, Flag))


def test_nobody_takes_back_the_answer_of_another(client):
    answered = AnnotationFactory()

    refused = post(client, f"rounds/{answered.round_id}/undo", assignment=answered.assignment_id)

    assert (refused.status_code, refused.json()["code"]) == (409, "NothingToUndo")
    answered.refresh_from_db()
    assert answered.superseded_at is None


def test_undo_shows_no_assignment_that_passed_to_another_since(client, annotator):
    mine = AnnotationFactory(annotator=annotator, superseded_at=timezone.now())
    expires = timezone.now() + timedelta(minutes=5)
    Assignment.objects.filter(pk=mine.assignment_id).update(
        annotator=UserFactory(), answered_at=None, lease_expires_at=expires
    )

    refused = post(client, f"rounds/{mine.round_id}/undo", assignment=mine.assignment_id)

    assert (refused.status_code, refused.json()["code"]) == (409, "NothingToUndo")


def test_a_skip_is_not_taken_back_once_another_copy_is_answered(client, annotator):
    answered = AnnotationFactory(annotator=annotator)
    copy = AssignmentFactory(round=answered.round, sample=answered.sample)
    Skip.objects.create(assignment=copy, annotator=annotator, skipped_at=NOW)

    refused = post(client, f"assignments/{copy.pk}/unskip")

    assert (refused.status_code, refused.json()["code"]) == (409, "NothingToUndo")


def test_the_key_of_anothers_answer_tells_nothing_of_it(client, annotator):
    theirs = AnnotationFactory(key=uuid4())
    held = held_by(annotator, round=theirs.round)

    answer = post(
        client, f"assignments/{held.pk}/annotation", is_undecidable=True, key=str(theirs.key)
    )

    assert answer.status_code == 409
    assert set(answer.json()) == {"detail", "code"}


def test_the_list_of_own_answers_shows_nobody_elses(client):
    theirs = AnnotationFactory(sample__name="of another")

    page = client.get(f"/label/history/?round={theirs.round_id}").content.decode()

    assert "of another" not in page


def test_the_own_history_holds_nobody_elses_answers(client, annotator):
    AnnotationFactory(sample__product_id="theirs")
    AnnotationFactory(sample__product_id="mine", annotator=annotator)

    file = client.get("/label/history/export/?format=csv")

    lines = b"".join(file.streaming_content).decode()
    assert "mine" in lines
    assert "theirs" not in lines


def test_taking_and_giving_back_again_and_again_leaves_one_trace(annotator):
    asked = AssignmentFactory()
    for _ in range(3):
        claims.claim(round=asked.round, annotator=annotator, now=NOW, count=1)
        claims.release(round=asked.round, annotator=annotator, numbers=[asked.pk])

    asked.refresh_from_db()
    assert asked.passed_from == [annotator.pk]


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_a_sign_that_the_database_knows_is_a_sign_like_others(client, sign):
    round = RoundFactory()
    AssignmentFactory(round=round, sample__name="plain")
    wanted = AssignmentFactory(round=round, sample__name=f"with {sign} in it")

    claimed = post(client, f"rounds/{round.pk}/claim", count=5, filter={"q": sign}).json()

    assert [each["id"] for each in claimed] == [wanted.pk]


@pytest.mark.parametrize("field", ["mall_category", "mall_name", "brand", "maker"])
def test_a_wildcard_as_a_value_fits_nothing(client, field):
    asked = AssignmentFactory(**{f"sample__{field}": "a>b"})

    answer = post(client, f"rounds/{asked.round_id}/claim", filter={field: "%"})

    assert (answer.status_code, answer.json()["code"]) == (409, "NothingToClaim")


@pytest.mark.parametrize("field", ["q", "mall_category", "mall_name", "brand", "maker"])
def test_a_zero_byte_in_a_filter_is_explained(client, field):
    asked = AssignmentFactory()

    answer = post(client, f"rounds/{asked.round_id}/claim", filter={field: "a\x00b"})

    assert answer.status_code == 400
    assert field in answer.json()["filter"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"retired_at": NOW}, "retired"), ({"is_leaf": False}, "without further categories")],
)
def test_a_category_that_the_round_does_not_take_is_refused(client, annotator, fields, says):
    held, category = held_by(annotator), CategoryFactory(path="a>b", **fields)

    answer = post(client, f"assignments/{held.pk}/annotation", category_id=category.pk)

    assert (answer.status_code, answer.json()["code"]) == (409, "NotAnAnswer")
    assert says in answer.json()["detail"]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_session_alone_changes_nothing_without_its_token(annotator, call):
    held = held_by(annotator)
    client = Client(enforce_csrf_checks=True)
    client.force_login(annotator, backend=BACKEND)

    answer = post(client, call.format(round=held.round_id, assignment=held.pk), **BODY)

    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "1.5", "٣", "0x1", ""])
@pytest.mark.parametrize("field", ["assignment", "category"])
def test_a_number_in_a_form_that_is_none_finds_nothing(client, annotator, field, number):
    held = held_by(annotator)
    sent = {"assignment": held.pk, "category": CategoryFactory().pk, field: number}

    answer = client.post(f"/label/{held.round_id}/answer/", sent)

    assert answer.status_code in (302, 404)
    assert not Annotation.objects.exists()


def test_the_id_of_an_assignment_opens_nothing_in_a_round_with_checks(client, annotator):
    held = held_by(annotator, round=RoundFactory(check_share=0.2))
    statuses = [
        post(client, f"assignments/{held.pk}/{call}", **BODY).status_code
        for call in ("annotation", "skip", "flag")
    ]

    renewed = post(client, f"rounds/{held.round_id}/renew", assignments=[held.pk]).json()
    post(client, f"rounds/{held.round_id}/release", assignments=[held.pk])

    assert statuses == [404, 404, 404]
    assert renewed == {"held": [], "passed": [held.pk]}
    held.refresh_from_db()
    assert held.annotator == annotator


def test_the_id_of_an_assignment_is_not_held_in_a_round_with_checks(client, annotator):
    round = RoundFactory(check_share=0.2)
    first, second = held_by(annotator, round=round), held_by(annotator, round=round)

    answer = post(
        client,
        f"assignments/{sealing.sealed(first.pk, round)}/annotation",
        is_undecidable=True,
        holding=[second.pk],
        ahead=2,
    )

    assert [each["id"] for each in answer.json()["next"]] == [sealing.sealed(second.pk, round)]


def test_the_order_of_renewed_leases_is_the_one_asked_for(client, annotator):
    round = RoundFactory(check_share=0.2)
    made = [held_by(annotator, round=round) for _ in range(6)]
    numbers = [sealing.sealed(each.pk, round) for each in reversed(made)]

    renewed = post(client, f"rounds/{round.pk}/renew", assignments=numbers)

    assert renewed.json()["held"] == numbers


def test_what_was_at_work_when_checks_were_switched_on_is_answered_as_before(
    client, annotator, curator
):
    held = held_by(annotator)
    later = AssignmentFactory(round=held.round, position=held.position + 1)
    settings = Settings(
        name="checked", guideline=None, fields_shown=(), check_share=0.2, is_for_everyone=True,
        members=(),
    )  # fmt: skip
    round_settings.change(round=held.round, settings=settings, by=curator, now=NOW)

    kept = post(client, f"assignments/{held.pk}/annotation", is_undecidable=True)

    round = Round.objects.get(pk=held.round_id)
    assert kept.status_code == 201
    assert [each["id"] for each in kept.json()["next"]] == [sealing.sealed(later.pk, round)]
    assert sealing.sealed(later.pk, round) != later.pk
