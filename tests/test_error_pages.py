"""Each refusal is a page that says what happened and how to go on."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views import defaults

from labelhub.accounts.roles import Role
from labelhub.errors import DomainError
from labelhub.urls import urlpatterns as real_ones


def broken(request) -> HttpResponse:
    raise RuntimeError("a secret")


def refused(request) -> HttpResponse:
    raise DomainError("This round is closed.")


def unreadable(request) -> HttpResponse:
    raise SuspiciousOperation


urlpatterns = [
    path("broken/", broken),
    path("refused/", refused),
    path("unreadable/", unreadable),
    *real_ones,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(
    ("address", "status"),
    [("/broken/", 500), ("/refused/", 409), ("/unreadable/", 400), ("/no/such/page/", 404)],
)
def test_a_failure_is_a_page_with_a_way_on(address, status):
    client = Client(raise_request_exception=False)

    response = client.get(address)

    assert response.status_code == status
    assert 'href="/"' in response.content.decode()


def test_a_crash_shows_nothing_of_its_inside():
    client = Client(raise_request_exception=False)

    assert "a secret" not in client.get("/broken/").content.decode()


def test_a_refusal_shows_its_reason(client):
    assert "This round is closed." in client.get("/refused/").content.decode()


def test_the_wrong_role_is_told_its_role(as_role):
    shown = as_role(Role.PM).get("/people/").content.decode()

    assert "PM" in shown


@pytest.mark.parametrize("address", ["/samples/?q=%00", "/analysis/categories/%00/"])
def test_a_zero_byte_is_a_bad_request_and_no_crash(as_role, address):
    client = as_role(Role.CURATOR)

    assert client.get(address).status_code == 400


def test_a_form_without_its_token_is_refused_with_an_explanation():
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/login/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert "href" in response.content.decode()


def test_the_page_of_a_bad_request_needs_nothing_of_the_request():
    response = defaults.bad_request(RequestFactory().get("/"), SuspiciousOperation())

    assert response.status_code == 400


def test_no_page_allows_inline_code(client):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
