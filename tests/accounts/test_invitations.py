"""One-time links open once, for a while, and never after a person was let out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from labelhub.accounts.models import AuditEntry, Invitation, User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import invitations
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "a good long password"


def accept(token: str, *, now: datetime = NOW, username: str = "boss") -> User:
    return invitations.accept(
        token=token, username=username, display_name="", password=PASSWORD, now=now
    )


def test_the_first_link_makes_an_administrator():
    token = invitations.invite_first_admin(now=NOW)

    person = accept(token)

    assert person.role == Role.ADMIN
    assert person.check_password(PASSWORD)


def test_a_link_of_a_person_sets_that_persons_password(admin):
    person = UserFactory(role=Role.ANNOTATOR)
    token = invitations.invite(person=person, role=person.role, by=admin, now=NOW)

    accepted = accept(token)

    assert accepted == person
    assert accepted.check_password(PASSWORD)


def test_a_link_works_once():
    token = invitations.invite_first_admin(now=NOW)
    accept(token)

    with pytest.raises(invitations.InvitationSpent):
        accept(token, username="another")


def test_a_link_expires():
    token = invitations.invite_first_admin(now=NOW)

    with pytest.raises(invitations.InvitationSpent):
        accept(token, now=NOW + invitations.LIFETIME)


def test_a_new_link_ends_the_former_one(admin):
    person = UserFactory()
    former = invitations.invite(person=person, role=person.role, by=admin, now=NOW)
    invitations.invite(person=person, role=person.role, by=admin, now=NOW + timedelta(hours=1))

    with pytest.raises(invitations.InvitationSpent):
        accept(former, now=NOW + timedelta(hours=2))


def test_a_taken_username_leaves_the_link_unused():
    UserFactory(username="boss")
    token = invitations.invite_first_admin(now=NOW)

    with pytest.raises(invitations.UsernameTaken):
        accept(token)

    assert Invitation.objects.get().used_at is None


def test_the_token_itself_is_not_stored():
    token = invitations.invite_first_admin(now=NOW)

    assert token not in str(Invitation.objects.values())
    assert token not in str(AuditEntry.objects.values())


def test_the_command_prints_the_address_of_the_link(capsys):
    call_command("invite_admin", address="http://127.0.0.1:8000/")

    printed = capsys.readouterr().out.strip()
    assert printed.startswith("http://127.0.0.1:8000/accounts/welcome/")


def test_the_welcome_page_logs_the_new_administrator_in(client):
    token = invitations.invite_first_admin(now=timezone.now())
    page = reverse("accounts:welcome", args=[token])

    client.post(page, {"username": "boss", "password": PASSWORD, "again": PASSWORD})

    assert get_user(client).username == "boss"


def test_the_welcome_page_refuses_two_different_passwords(client):
    token = invitations.invite_first_admin(now=timezone.now())
    page = reverse("accounts:welcome", args=[token])

    client.post(page, {"username": "boss", "password": PASSWORD, "again": "something else"})

    assert not User.objects.exists()


def test_the_welcome_page_refuses_a_short_password(client):
    token = invitations.invite_first_admin(now=timezone.now())

    client.post(
        reverse("accounts:welcome", args=[token]),
        {"username": "boss", "password": "short", "again": "short"},
    )

    assert not User.objects.exists()


def test_a_spent_link_says_whom_to_ask(client):
    response = client.get(reverse("accounts:welcome", args=["no-such-token"]))

    assert response.status_code == 410
