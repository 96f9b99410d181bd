"""Answers under the numbers that assignments had before there were hidden checks in their round."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.labelling.models import Assignment, Round
from labelhub.labelling.services import round_settings
from labelhub.labelling.services.round_settings import Settings
from tests.factories import CategoryFactory, UserFactory
from tests.labelling.calls import held_by, post

pytestmark = pytest.mark.django_db

BAG = "bag"


@pytest.fixture
def client(annotator: User) -> Client:
    client = Client()
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_answer_sent_again_is_known_though_checks_were_switched_on_meanwhile(
    client, annotator, curator
):
    held = held_by(annotator)
    said = {"category_id": CategoryFactory(path=BAG).pk, "key": str(uuid4())}
    first = post(client, f"assignments/{held.pk}/annotation", **said).json()
    switch_checks_on(held.round, curator)

    again = post(client, f"assignments/{held.pk}/annotation", **said)

    assert (again.status_code, again.json()["outcome"]) == (200, "repeated")
    assert again.json()["annotation"] == first["annotation"]


def test_an_answer_sent_again_under_any_open_number_tells_nothing_of_the_right_one(
    client, annotator, curator
):
    held = held_by(annotator)
    said = {"category_id": CategoryFactory(path=BAG).pk, "key": str(uuid4())}
    post(client, f"assignments/{held.pk}/annotation", **said)
    switch_checks_on(held.round, curator)

    right, wrong = (
        post(client, f"assignments/{number}/annotation", **said).json()
        for number in (held.pk, held.pk + 1_000)
    )

    assert right == wrong


def test_a_late_answer_comes_under_its_open_number_though_the_product_was_answered_by_then(
    client, annotator, curator
):
    passed = held_by(UserFactory(), passed_from=[annotator.pk])
    bag = CategoryFactory(path=BAG)
    Assignment.objects.filter(pk=passed.pk).update(answered_at=timezone.now())
    switch_checks_on(passed.round, curator)

    late = post(client, f"assignments/{passed.pk}/annotation", category_id=bag.pk)

    assert (late.status_code, late.json()["outcome"]) == (201, "late")


def switch_checks_on(round: Round, curator: User) -> None:
    settings = Settings(
        name=round.name,
        guideline=round.guideline,
        fields_shown=tuple(round.fields_shown),
        check_share=0.1,
        is_for_everyone=True,
        members=[],
    )
    round_settings.change(round=round, settings=settings, by=curator, now=timezone.now())
