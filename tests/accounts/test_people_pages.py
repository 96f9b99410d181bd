"""The administrators' pages, for the right role, the wrong role and nobody."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = reverse("accounts:people")


def page_of(name: str, person: User) -> str:
    return reverse(f"accounts:{name}", args=[person.pk])


def test_administrators_see_everybody(as_role):
    UserFactory(username="somebody")

    assert "somebody" in as_role(Role.ADMIN).get(PEOPLE).content.decode()


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.CURATOR, Role.PM])
@pytest.mark.parametrize("name", ["people", "new_person", "audit"])
def test_others_are_refused(as_role, role, name):
    assert as_role(role).get(reverse(f"accounts:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["people", "new_person", "audit", "password"])
def test_nobody_is_sent_to_the_login_page(client, name):
    response = client.get(reverse(f"accounts:{name}"))

    assert response.url.startswith(reverse("accounts:login"))


def test_the_filter_finds_by_part_of_a_name(as_role):
    UserFactory(username="kim", display_name="김하나")
    UserFactory(username="lee", display_name="이두리")

    shown = as_role(Role.ADMIN).get(PEOPLE, {"q": "하나"}).content.decode()

    assert "김하나" in shown
    assert "이두리" not in shown


def test_the_filter_by_state_shows_who_was_let_out(as_role):
    UserFactory(username="inside")
    UserFactory(username="outside", is_active=False)

    shown = as_role(Role.ADMIN).get(PEOPLE, {"state": "inactive"}).content.decode()

    assert "outside" in shown
    assert "inside" not in shown.replace("outside", "")


def test_the_table_needs_the_same_queries_for_one_person_and_for_many(
    as_role, django_assert_max_num_queries
):
    client = as_role(Role.ADMIN)
    UserFactory.create_batch(20)

    with django_assert_max_num_queries(6):
        client.get(PEOPLE)


def test_a_new_person_gets_a_link_that_is_shown_once(as_role):
    response = as_role(Role.ADMIN).post(
        reverse("accounts:new_person"),
        {"username": "lee", "display_name": "이", "role": "annotator"},
    )

    assert "/accounts/welcome/" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_username_with_a_space_is_refused_with_a_reason(as_role):
    response = as_role(Role.ADMIN).post(
        reverse("accounts:new_person"), {"username": "two words", "role": "annotator"}
    )

    assert 'aria-invalid="true"' in response.content.decode()
    assert not User.objects.filter(username="two words").exists()


def test_the_person_page_changes_the_role(as_role):
    person = UserFactory(role=Role.ANNOTATOR)

    as_role(Role.ADMIN).post(page_of("person", person), {"display_name": "", "role": "pm"})

    person.refresh_from_db()
    assert person.role == Role.PM


def test_a_refused_change_is_explained_on_the_page(client, admin):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post(page_of("person", admin), {"display_name": "", "role": "pm"})

    assert 'role="alert"' in response.content.decode()
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_a_deactivated_person_loses_the_session_at_once(as_role, client):
    person = UserFactory(role=Role.CURATOR)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    as_role(Role.ADMIN).post(page_of("deactivate", person))

    assert client.get(reverse("accounts:password")).status_code == 302


def test_a_token_is_shown_once_and_works(as_role):
    person = UserFactory()

    response = as_role(Role.ADMIN).post(page_of("token", person))

    assert Token.objects.get(user=person).key in response.content.decode()


def test_a_link_for_a_deactivated_person_is_refused(as_role):
    person = UserFactory(is_active=False)

    assert as_role(Role.ADMIN).post(page_of("link", person)).status_code == 409


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_people_are_exported_as_the_table_shows_them(as_role, form):
    response = as_role(Role.ADMIN).get(PEOPLE, {"format": form})

    assert f"people.{form}" in response["Content-Disposition"]
