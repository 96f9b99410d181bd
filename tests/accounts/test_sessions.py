"""Who a session belongs to: a person in order, or nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.crypto import salted_hmac

from labelhub.accounts.models import User
from labelhub.accounts.sessions import SessionStore, SessionUserMiddleware
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/rounds"


@pytest.fixture
def kim() -> User:
    return UserFactory(username="kim")


@pytest.fixture
def client_of_kim(client: Client, kim: User) -> Client:
    client.force_login(kim)
    return client


def change(client: Client, **values: object) -> None:
    session = client.session
    session.update(values)
    session.save()


def test_a_session_in_order_is_its_persons(client_of_kim, kim):
    response = client_of_kim.get("/label/")

    assert response.wsgi_request.user == kim


def test_the_person_is_found_by_two_statements(client_of_kim, rf, django_assert_num_queries):
    request = rf.get("/")
    request.session = SessionStore(client_of_kim.session.session_key)

    with django_assert_num_queries(2):
        SessionUserMiddleware(lambda _request: HttpResponse()).process_request(request)
        assert request.user.is_authenticated


@pytest.mark.parametrize(
    "spoilt",
    [
        {SESSION_KEY: "0"},
        {HASH_SESSION_KEY: "another password's"},
        {BACKEND_SESSION_KEY: "some.other.Backend"},
    ],
)
def test_a_session_that_does_not_fit_its_person_is_nobodys(client_of_kim, spoilt):
    change(client_of_kim, **spoilt)

    assert client_of_kim.get(API).status_code == 401


def test_whoever_was_deactivated_is_out_at_once(client_of_kim, kim):
    User.objects.filter(pk=kim.pk).update(is_active=False)

    assert client_of_kim.get(API).status_code == 401


def test_an_expired_session_is_nobodys(client_of_kim):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client_of_kim.get(API).status_code == 401


def test_a_session_that_was_tampered_with_is_nobodys(client_of_kim):
    Session.objects.update(session_data="nonsense")

    assert client_of_kim.get(API).status_code == 401


def test_a_new_password_ends_the_other_sessions(client_of_kim, kim):
    kim.set_password("something entirely new")
    kim.save()

    assert client_of_kim.get(API).status_code == 401


def test_a_session_signed_with_the_secret_before_stays_good(client_of_kim, kim, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret that is new and long enough for anything"
    salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
    former = salted_hmac(
        salt, kim.password, secret=settings.SECRET_KEY_FALLBACKS[0], algorithm="sha256"
    )
    session = client_of_kim.session
    session[HASH_SESSION_KEY] = former.hexdigest()
    session.save()

    assert get_user(client_of_kim) == kim
