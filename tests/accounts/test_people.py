"""What administrators do with people, and what the rules refuse."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rest_framework.authtoken.models import Token

from labelhub.accounts.models import AuditEntry, User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import invitations, people
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_a_new_person_has_no_password_but_a_link(admin):
    person, token = people.create(
        username="lee", display_name="이", role=Role.ANNOTATOR, by=admin, now=NOW
    )

    assert not person.has_usable_password()
    assert invitations.find(token=token, now=NOW).user == person


def test_a_taken_username_is_refused(admin):
    UserFactory(username="lee")

    with pytest.raises(people.UsernameTaken):
        people.create(username="lee", display_name="", role=Role.PM, by=admin, now=NOW)


def test_a_change_of_role_leaves_what_was_before_in_the_trail(admin):
    person = UserFactory(role=Role.ANNOTATOR)

    people.change(person=person, display_name="", role=Role.CURATOR, by=admin, now=NOW)

    entry = AuditEntry.objects.get(verb="changed a person")
    assert entry.details["role"] == ["annotator", "curator"]
    assert entry.by == admin


def test_a_change_that_changes_nothing_leaves_no_entry(admin):
    person = UserFactory(role=Role.ANNOTATOR)

    people.change(person=person, display_name="", role=Role.ANNOTATOR, by=admin, now=NOW)

    assert not AuditEntry.objects.exists()


def test_the_last_administrator_keeps_the_role(admin):
    with pytest.raises(people.LastAdministrator):
        people.change(person=admin, display_name="", role=Role.PM, by=admin, now=NOW)


def test_one_of_two_administrators_can_step_down(admin):
    UserFactory(role=Role.ADMIN)

    people.change(person=admin, display_name="", role=Role.PM, by=admin, now=NOW)

    admin.refresh_from_db()
    assert admin.role == Role.PM


def test_nobody_deactivates_themselves(admin):
    UserFactory(role=Role.ADMIN)

    with pytest.raises(people.NotForOneself):
        people.deactivate(person=admin, by=admin, now=NOW)


def test_deactivating_ends_token_and_links(admin):
    person, link = people.create(
        username="lee", display_name="", role=Role.ANNOTATOR, by=admin, now=NOW
    )
    people.issue_token(person=person, by=admin, now=NOW)

    people.deactivate(person=person, by=admin, now=NOW)

    assert not Token.objects.exists()
    with pytest.raises(invitations.InvitationSpent):
        invitations.find(token=link, now=NOW)


def test_deactivating_twice_leaves_one_entry(admin):
    person = UserFactory()
    people.deactivate(person=person, by=admin, now=NOW)

    people.deactivate(person=person, by=admin, now=NOW)

    assert AuditEntry.objects.filter(verb="deactivated a person").count() == 1


def test_an_activated_person_is_active_again(admin):
    person = UserFactory(is_active=False)

    people.activate(person=person, by=admin, now=NOW)

    assert User.objects.get(pk=person.pk).is_active


def test_a_new_token_ends_the_former_one(admin):
    person = UserFactory()
    former = people.issue_token(person=person, by=admin, now=NOW)

    new = people.issue_token(person=person, by=admin, now=NOW)

    assert list(Token.objects.values_list("key", flat=True)) == [new]
    assert new != former


def test_a_revoked_token_is_gone(admin):
    person = UserFactory()
    people.issue_token(person=person, by=admin, now=NOW)

    people.revoke_token(person=person, by=admin, now=NOW)

    assert not Token.objects.exists()


def test_a_deactivated_person_gets_no_token(admin):
    with pytest.raises(people.Inactive):
        people.issue_token(person=UserFactory(is_active=False), by=admin, now=NOW)
