"""Tokens, bodies and addresses that nobody could mean."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.authtoken.models import Token

from labelhub.accounts.models import User
from tests.factories import RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(annotator: User) -> Client:
    client = Client()
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_body_larger_than_any_call_needs_is_not_read(client):
    body = b'{"count": 1, "filter": {"q": "' + b"a" * 2**20 + b'"}}'

    answer = client.post("/api/v1/rounds/1/claim", body, content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


def test_a_body_larger_than_django_reads_is_too_large_too(client):
    body = b"[" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    answer = client.post("/api/v1/rounds/1/claim", body, content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


def test_a_body_in_pieces_is_not_taken_for_none(client):
    answer = client.post("/api/v1/rounds/1/claim", headers={"transfer-encoding": "chunked"})

    assert (answer.status_code, list(answer.json())) == (411, ["detail"])


def test_a_body_nested_without_end_is_a_bad_request(client):
    body = b"[" * 50_000 + b"]" * 50_000

    answer = client.post("/api/v1/rounds/1/claim", body[:60_000], content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"count": NaN}', "application/json", 400),
        (b'{"count": 1e400}', "application/json", 400),
        (b'{"count": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{}", "application/json; charset=bz2_codec", 400),
        (b"count=1", "application/x-www-form-urlencoded", 415),
        (b"<count/>", "text/xml", 415),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_in_json(client, body, kind, status):
    address = f"/api/v1/rounds/{RoundFactory().pk}/claim"

    answer = client.generic("POST", address, body, content_type=kind)

    assert answer.status_code == status
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing", "/api/v1/rounds/x/claim", "/api/v1/rounds/"]
)
def test_an_unknown_address_answers_programs_in_json(client, address):
    answer = client.get(address)

    assert (answer.status_code, list(answer.json())) == (404, ["detail"])


def test_a_token_of_somebody_who_may_no_longer_enter_is_none(annotator):
    token = Token.objects.create(user=annotator)
    User.objects.update(is_active=False)

    answer = Client().get("/api/v1/rounds", headers={"authorization": f"Token {token.key}"})

    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a b", "'; --", "\xff", "0" * 10_000])
def test_a_token_that_is_none_is_refused(token):
    answer = Client().get("/api/v1/rounds", headers={"authorization": f"Token {token}"})

    assert answer.status_code == 401
