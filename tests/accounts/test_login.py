"""The way in and out: password, lock, language, own password."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import notice
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LOGIN = reverse("accounts:login")
PASSWORD = "a good long password"


@pytest.fixture
def kim() -> User:
    person = User.objects.create_user("kim", PASSWORD, role=Role.CURATOR)
    notice.mark_read(person=person, now=NOW)
    return person


def test_the_right_password_lets_a_person_in(client, kim):
    client.post(LOGIN, {"username": "kim", "password": PASSWORD})

    assert get_user(client) == kim


def test_a_wrong_password_says_so_and_keeps_the_username(client, kim):
    response = client.post(LOGIN, {"username": "kim", "password": "wrong"})

    assert response.status_code == 200
    assert 'value="kim"' in response.content.decode()
    assert not get_user(client).is_authenticated


def test_after_login_the_page_that_was_asked_for_opens(client, kim):
    response = client.post(LOGIN, {"username": "kim", "password": PASSWORD, "next": "/jobs/"})

    assert response.url == "/jobs/"


def test_login_never_leads_to_another_site(client, kim):
    elsewhere = "https://example.com/"

    response = client.post(LOGIN, {"username": "kim", "password": PASSWORD, "next": elsewhere})

    assert response.url == "/"


def test_a_deactivated_person_cannot_log_in(client, kim):
    User.objects.update(is_active=False)

    client.post(LOGIN, {"username": "kim", "password": PASSWORD})

    assert not get_user(client).is_authenticated


def test_too_many_wrong_passwords_lock_that_name_from_that_address(client, kim, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _attempt in range(3):
        response = client.post(LOGIN, {"username": "kim", "password": "wrong"})

    assert response.status_code == 429
    assert "kim" in response.content.decode()


def test_another_address_is_not_locked_by_the_first(client, kim, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _attempt in range(3):
        client.post(LOGIN, {"username": "kim", "password": "wrong"}, REMOTE_ADDR="10.0.0.1")

    client.post(LOGIN, {"username": "kim", "password": PASSWORD}, REMOTE_ADDR="10.0.0.2")

    assert get_user(client) == kim


def test_behind_a_proxy_the_address_that_it_saw_is_locked_and_no_other(client, kim, settings):
    settings.AXES_FAILURE_LIMIT = 3
    settings.AXES_CLIENT_IP_CALLABLE = "labelhub.http.address_behind_proxy"
    for invented in ("1.1.1.1", "2.2.2.2", "3.3.3.3"):
        seen = {"HTTP_X_FORWARDED_FOR": f"{invented}, 10.0.0.1"}
        locked = client.post(LOGIN, {"username": "kim", "password": "wrong"}, **seen)
    seen = {"HTTP_X_FORWARDED_FOR": "10.0.0.2"}

    client.post(LOGIN, {"username": "kim", "password": PASSWORD}, **seen)

    assert locked.status_code == 429
    assert get_user(client) == kim


def test_logging_out_ends_the_session(as_role):
    client = as_role(Role.ANNOTATOR)

    client.post(reverse("accounts:logout"))

    assert not get_user(client).is_authenticated


def test_a_link_alone_never_logs_anybody_out(as_role):
    client = as_role(Role.ANNOTATOR)

    response = client.get(reverse("accounts:logout"))

    assert response.status_code == 405
    assert get_user(client).is_authenticated


def test_a_person_changes_their_own_password_and_stays_logged_in(client, kim):
    client.force_login(kim, backend="django.contrib.auth.backends.ModelBackend")
    new = "another good password"

    client.post(
        reverse("accounts:password"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    kim.refresh_from_db()
    assert kim.check_password(new)
    assert get_user(client) == kim


def test_a_common_password_is_refused(client, kim):
    client.force_login(kim, backend="django.contrib.auth.backends.ModelBackend")

    client.post(
        reverse("accounts:password"),
        {"old_password": PASSWORD, "new_password1": "password1", "new_password2": "password1"},
    )

    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)


def test_the_language_stays_switched(client):
    client.post(reverse("set_language"), {"language": "en", "next": LOGIN})

    assert '<html lang="en">' in client.get(LOGIN).content.decode()


def test_pages_are_korean_unless_the_browser_asks_otherwise(client):
    assert '<html lang="ko">' in client.get(LOGIN).content.decode()
