"""What is recorded is said before anybody labels."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import notice
from tests.factories import NOW, AssignmentFactory, RoundFactory, UserFactory

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "long enough to be one"


@pytest.fixture
def newcomer() -> User:
    person = UserFactory(notice_read=0, notice_read_at=None)
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def client(newcomer) -> Client:
    client = Client()
    client.force_login(newcomer, backend=BACKEND)
    return client


def test_reading_is_kept_with_edition_and_time(newcomer):
    notice.mark_read(person=newcomer, now=NOW)

    newcomer.refresh_from_db()
    assert (newcomer.notice_read, newcomer.notice_read_at) == (notice.EDITION, NOW)
    assert not notice.is_due(newcomer)


def test_reading_again_keeps_the_first_time(newcomer):
    notice.mark_read(person=newcomer, now=NOW)
    notice.mark_read(person=newcomer, now=NOW + timedelta(days=1))

    newcomer.refresh_from_db()
    assert newcomer.notice_read_at == NOW


def test_a_new_edition_is_read_anew(newcomer, monkeypatch):
    notice.mark_read(person=newcomer, now=NOW)
    newcomer.refresh_from_db()

    monkeypatch.setattr(notice, "EDITION", notice.EDITION + 1)

    assert notice.is_due(newcomer)


def test_who_does_not_label_need_not_read_it():
    assert not notice.is_due(UserFactory(role=Role.PM, notice_read=0, notice_read_at=None))


def test_the_first_login_leads_to_the_notice_and_then_on(newcomer):
    client = Client()

    answer = client.post(
        reverse("accounts:login"),
        {"username": newcomer.username, "password": PASSWORD, "next": "/label/history/"},
    )

    assert answer.url == "/accounts/notice/?next=%2Flabel%2Fhistory%2F"
    confirmed = client.post(answer.url, {"next": "/label/history/"})
    assert confirmed.url == "/label/history/"


def test_a_later_login_leads_straight_on(newcomer):
    notice.mark_read(person=newcomer, now=NOW)

    answer = Client().post(
        reverse("accounts:login"), {"username": newcomer.username, "password": PASSWORD}
    )

    assert answer.url == "/"


@pytest.mark.parametrize("name", ["label", "label-round"])
def test_the_label_page_is_closed_until_the_notice_is_read(client, name):
    round = RoundFactory()
    address = reverse(f"labelling:{name}", args=[round.pk] if name == "label-round" else [])

    answer = client.get(address)

    assert answer.url == f"/accounts/notice/?next={address}"


def test_programs_are_told_what_to_read(client):
    assignment = AssignmentFactory()

    answer = client.post(f"/api/v1/rounds/{assignment.round.pk}/claim")

    assert answer.status_code == 409
    assert "/accounts/notice/" in answer.json()["detail"]


def test_an_answer_on_its_way_is_taken_all_the_same(client, newcomer):
    assignment = AssignmentFactory(annotator=newcomer, lease_expires_at=NOW + timedelta(days=9000))

    answer = client.post(
        f"/api/v1/assignments/{assignment.pk}/annotation",
        {"is_undecidable": True},
        content_type="application/json",
    )

    assert answer.status_code == 201


def test_the_notice_names_the_days_of_this_installation(client, settings):
    settings.KEEP_LOGINS = timedelta(days=31)

    html = client.get(
        reverse("accounts:notice"), headers={"Accept-Language": "en"}
    ).content.decode()

    assert "Attempts to log in: 31 days." in html


def test_the_notice_can_be_read_again_later(client, newcomer):
    notice.mark_read(person=newcomer, now=NOW)

    html = client.get(
        reverse("accounts:notice"), headers={"Accept-Language": "en"}
    ).content.decode()

    assert "you read it on" in html
    assert "I have read this" not in html


def test_it_leads_to_no_other_site(client):
    answer = client.post(reverse("accounts:notice"), {"next": "https://evil.example/"})

    assert answer.url == "/"
