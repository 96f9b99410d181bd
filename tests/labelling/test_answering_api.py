"""What becomes of an answer sent twice, too late or from a page that holds more than one."""

from uuid import uuid4

import pytest
from django.test import Client

from labelhub.labelling.models import Annotation, Assignment, Flag, LateAnswer, Round
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


def answer(client: Client, assignment: Assignment, **body):
    body = body or {"is_undecidable": True}
    return post(client, f"assignments/{assignment.pk}/annotation", **body)


def test_an_answer_sent_again_with_its_key_is_kept_once(client, annotator):
    held, category, key = held_by(annotator), CategoryFactory(), str(uuid4())

    first = answer(client, held, category_id=category.pk, key=key)
    again = answer(client, held, category_id=category.pk, key=key)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["annotation"] == first.json()["annotation"]
    assert again.json()["detail"] == ""


def test_an_answer_taken_back_is_not_given_anew_when_it_is_sent_again(client, annotator):
    held, category, key = held_by(annotator), CategoryFactory(), str(uuid4())
    answer(client, held, category_id=category.pk, key=key)
    post(client, f"rounds/{held.round.pk}/undo")

    again = answer(client, held, category_id=category.pk, key=key)

    assert again.status_code == 200
    assert not Annotation.objects.current().exists()


def test_one_key_does_not_serve_two_assignments(client, annotator):
    held, key = held_by(annotator), str(uuid4())
    other = held_by(annotator, round=held.round)
    answer(client, held, is_undecidable=True, key=key)

    refused = answer(client, other, is_undecidable=True, key=key)

    assert (refused.status_code, refused.json()["code"]) == (409, "KeyTaken")
    assert Annotation.objects.count() == 1


def test_the_key_of_somebody_else_is_refused(client, annotator):
    key = uuid4()
    AnnotationFactory(key=key)

    refused = answer(client, held_by(annotator), is_undecidable=True, key=str(key))

    assert (refused.status_code, refused.json()["code"]) == (409, "KeyTaken")


def test_an_answer_after_the_lease_passed_on_is_kept_and_explained(client, annotator):
    passed = held_by(UserFactory(), passed_from=[annotator.pk])

    kept = answer(client, passed)

    assert (kept.status_code, kept.json()["outcome"]) == (201, "late")
    assert "kept and counts" in kept.json()["detail"]


def test_an_answer_to_a_closed_round_is_kept_and_not_counted(client, annotator):
    held = held_by(annotator, round=RoundFactory(state=Round.State.CLOSED))
    category = CategoryFactory()

    kept = answer(client, held, category_id=category.pk, comment="worn", key=str(uuid4()))

    assert kept.status_code == 202
    assert {name: kept.json()[name] for name in ("annotation", "next", "outcome")} == {
        "annotation": None,
        "next": [],
        "outcome": "closed",
    }
    assert "kept and counts if it reopens" in kept.json()["detail"]
    late = LateAnswer.objects.get()
    assert (late.annotator, late.category, late.comment) == (annotator, category, "worn")
    assert not Annotation.objects.exists()


def test_an_answer_to_a_closed_round_sent_again_is_kept_once(client, annotator):
    held = held_by(annotator, round=RoundFactory(state=Round.State.CLOSED))
    body = {"is_undecidable": True, "key": str(uuid4())}

    statuses = [answer(client, held, **body).status_code for _ in range(2)]

    assert statuses == [202, 202]
    assert LateAnswer.objects.count() == 1


def test_the_key_of_a_late_answer_serves_no_other_assignment(client, annotator):
    held = held_by(annotator, round=RoundFactory(state=Round.State.CLOSED))
    other, key = held_by(annotator, round=held.round), str(uuid4())
    answer(client, held, is_undecidable=True, key=key)

    assert answer(client, other, is_undecidable=True, key=key).status_code == 409


def test_a_stranger_to_the_assignment_answers_no_closed_round(client):
    held = held_by(UserFactory(), round=RoundFactory(state=Round.State.CLOSED))

    assert answer(client, held).status_code == 409


def test_a_paused_round_keeps_the_answer_and_serves_nothing(client, annotator):
    held = held_by(annotator, round=RoundFactory(state=Round.State.PAUSED))
    AssignmentFactory(round=held.round)

    kept = answer(client, held)

    assert (kept.status_code, kept.json()["next"]) == (201, [])


def test_the_reply_makes_up_what_the_page_wants_ahead(client, annotator):
    round = RoundFactory()
    shown, waiting = (held_by(annotator, round=round, position=n) for n in (1, 2))
    free = [AssignmentFactory(round=round, position=n) for n in (3, 4, 5)]

    kept = answer(client, shown, is_undecidable=True, holding=[waiting.pk], ahead=3)

    assert [each["id"] for each in kept.json()["next"]] == [free[0].pk, free[1].pk]


def test_the_reply_brings_what_is_held_elsewhere_before_anything_new(client, annotator):
    round = RoundFactory()
    shown, elsewhere = (held_by(annotator, round=round, position=n) for n in (1, 9))
    AssignmentFactory(round=round, position=2)

    kept = answer(client, shown, is_undecidable=True, ahead=1)

    assert [each["id"] for each in kept.json()["next"]] == [elsewhere.pk]


def test_a_page_that_wants_nothing_ahead_gets_nothing(client, annotator):
    held = held_by(annotator)
    AssignmentFactory(round=held.round)

    assert answer(client, held, is_undecidable=True, ahead=0).json()["next"] == []


def test_the_reply_follows_the_filter_from_where_the_annotator_is(client, annotator):
    round = RoundFactory()
    held = held_by(annotator, round=round, position=5)
    AssignmentFactory(round=round, position=6, sample__brand="other")
    fitting = AssignmentFactory(round=round, position=7, sample__brand="acme")

    kept = answer(client, held, is_undecidable=True, filter={"brand": "acme"})

    assert [each["id"] for each in kept.json()["next"]] == [fitting.pk]


def test_the_filter_finds_what_lies_before_the_annotator_when_nothing_is_left_behind(
    client, annotator
):
    round = RoundFactory()
    held = held_by(annotator, round=round, position=5)
    before = AssignmentFactory(round=round, position=1, sample__brand="acme")

    kept = answer(client, held, is_undecidable=True, filter={"brand": "acme"})

    assert [each["id"] for each in kept.json()["next"]] == [before.pk]


def test_an_answer_is_never_lost_to_a_filter_of_a_hidden_field(client, annotator):
    held = held_by(annotator, round=RoundFactory(fields_shown=[]))

    kept = answer(client, held, is_undecidable=True, filter={"brand": "acme"})

    assert (kept.status_code, kept.json()["next"]) == (201, [])


def test_an_assignment_beyond_the_databases_numbers_is_not_found(client):
    assert post(client, f"assignments/{2**63}/annotation", is_undecidable=True).status_code == 404


def test_a_flag_is_raised_once_and_ends_nothing(client, annotator):
    held = held_by(annotator)
    body = {"kind": "wrong_image", "comment": "a shoe"}

    first, again = (post(client, f"assignments/{held.pk}/flag", **body) for _ in range(2))

    flag = Flag.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"id": flag.pk, "kind": "wrong_image"}
    assert (flag.annotator, flag.comment) == (annotator, "a shoe")
    held.refresh_from_db()
    assert held.annotator == annotator


def test_a_flag_of_no_known_kind_is_refused(client, annotator):
    held = held_by(annotator)

    assert post(client, f"assignments/{held.pk}/flag", kind="ugly").status_code == 400


def test_only_who_held_a_product_flags_it(client):
    held = held_by(UserFactory())

    assert post(client, f"assignments/{held.pk}/flag", kind="adult").status_code == 409


def test_renewing_says_what_is_held_and_what_has_passed_on(client, annotator):
    round = RoundFactory()
    held = held_by(annotator, round=round)
    passed = held_by(UserFactory(), round=round, passed_from=[annotator.pk])
    answered = AnnotationFactory(annotator=annotator, round=round).assignment
    before = held.lease_expires_at

    ids = [held.pk, passed.pk, answered.pk]
    renewed = post(client, f"rounds/{round.pk}/renew", assignments=ids)

    assert renewed.json() == {"held": [held.pk], "passed": [passed.pk]}
    held.refresh_from_db()
    assert held.lease_expires_at > before


def test_releasing_frees_the_assignment_and_remembers_who_had_it(client, annotator):
    held = held_by(annotator)

    released = post(client, f"rounds/{held.round.pk}/release", assignments=[held.pk])

    assert released.status_code == 204
    held.refresh_from_db()
    assert (held.annotator, held.lease_expires_at) == (None, None)
    assert held.passed_from == [annotator.pk]


def test_nobody_releases_what_somebody_else_holds(client):
    other = UserFactory()
    held = held_by(other)

    post(client, f"rounds/{held.round.pk}/release", assignments=[held.pk])

    held.refresh_from_db()
    assert held.annotator == other
