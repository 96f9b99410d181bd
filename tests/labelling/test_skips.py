"""Passing on a product, and taking that back."""

from datetime import timedelta

import pytest
from django.test import Client

from labelhub.accounts.models import User
from labelhub.labelling.models import LEASE, Assignment, Round, Skip
from labelhub.labelling.services import annotations, claims
from tests.factories import NOW, AssignmentFactory, RoundFactory, UserFactory
from tests.labelling.calls import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(annotator) -> Client:
    client = Client()
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def held_by(annotator: User, **fields) -> Assignment:
    return AssignmentFactory(
        annotator=annotator, lease_expires_at=NOW + timedelta(minutes=5), **fields
    )


def test_skip_frees_the_assignment_for_somebody_else(annotator):
    held = held_by(annotator)

    annotations.skip(assignment=held, annotator=annotator, reason="blurred", now=NOW)

    with pytest.raises(claims.NothingToClaim):
        claims.claim(round=held.round, annotator=annotator, now=NOW, count=1)
    [claimed] = claims.claim(round=held.round, annotator=UserFactory(), now=NOW, count=1)
    assert claimed.id == held.pk


def test_skipping_twice_counts_once(annotator):
    held = held_by(annotator)

    for _ in range(2):
        annotations.skip(assignment=held, annotator=annotator, reason="blurred", now=NOW)

    assert Skip.objects.get().reason == "blurred"


def test_a_skip_is_taken_back_as_if_it_had_not_been(annotator):
    held = held_by(annotator)
    annotations.skip(assignment=held, annotator=annotator, reason="blurred", now=NOW)

    annotations.unskip(assignment=held, annotator=annotator, now=NOW)

    held.refresh_from_db()
    assert (held.annotator, held.lease_expires_at) == (annotator, NOW + LEASE)
    assert not Skip.objects.exists()


def test_what_was_not_skipped_cannot_be_taken_back(annotator):
    with pytest.raises(annotations.NothingToUndo):
        annotations.unskip(assignment=held_by(annotator), annotator=annotator, now=NOW)


def test_a_skip_stands_once_somebody_else_has_the_product(annotator):
    held, other = held_by(annotator), UserFactory()
    annotations.skip(assignment=held, annotator=annotator, now=NOW)
    claims.claim(round=held.round, annotator=other, now=NOW, count=1)

    with pytest.raises(annotations.NothingToUndo, match="Somebody else"):
        annotations.unskip(assignment=held, annotator=annotator, now=NOW)

    assert Skip.objects.get().annotator == annotator


def test_a_skip_in_a_closed_round_stands(annotator):
    held = held_by(annotator)
    annotations.skip(assignment=held, annotator=annotator, now=NOW)
    Round.objects.update(state=Round.State.CLOSED, closed_at=NOW)
    held.round.refresh_from_db()

    with pytest.raises(claims.RoundNotOpen):
        annotations.unskip(assignment=held, annotator=annotator, now=NOW)


def test_only_the_holder_skips(annotator):
    with pytest.raises(annotations.NotYours):
        annotations.skip(assignment=held_by(UserFactory()), annotator=annotator, now=NOW)


def test_what_passed_to_somebody_else_may_be_skipped_too(annotator):
    other = UserFactory()
    passed = held_by(other, passed_from=[annotator.pk])

    annotations.skip(assignment=passed, annotator=annotator, reason="blurred", now=NOW)

    passed.refresh_from_db()
    assert passed.annotator == other
    assert Skip.objects.get().annotator == annotator


def test_an_answered_assignment_cannot_be_skipped(annotator):
    held = held_by(annotator)
    annotations.submit(assignment=held, annotator=annotator, category=None, now=NOW)

    with pytest.raises(annotations.NotYours):
        annotations.skip(assignment=held, annotator=annotator, now=NOW)


def test_a_skipped_product_comes_back_as_it_was_served(client, annotator):
    held = held_by(annotator)
    post(client, f"assignments/{held.pk}/skip")

    answer = post(client, f"assignments/{held.pk}/unskip")

    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["sample"]["name"]) == (held.pk, held.sample.name)


def test_what_was_not_skipped_is_refused_with_a_reason(client, annotator):
    answer = post(client, f"assignments/{held_by(annotator).pk}/unskip")

    assert answer.status_code == 409
    assert answer.json()["code"] == "NothingToUndo"


def test_a_skip_in_a_round_of_others_is_not_found(client):
    others = AssignmentFactory(round=RoundFactory(is_for_everyone=False))

    assert post(client, f"assignments/{others.pk}/unskip").status_code == 404


def test_a_skip_may_be_sent_again(client, annotator):
    held = held_by(annotator)

    statuses = [post(client, f"assignments/{held.pk}/skip").status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert Skip.objects.count() == 1
