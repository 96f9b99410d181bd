"""What a run refurbished, over the API."""

from __future__ import annotations

import pytest
from rest_framework.authtoken.models import Token

from labelhub.registry.models import RefurbishDecision
from tests.factories import UserFactory
from tests.registry.rows import PAN, SHIRT
from tests.registry.test_refurbishing import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return make_run([("a", SHIRT, PAN, 0.96), ("b", SHIRT, PAN, 1.0), ("c", PAN, SHIRT, 0.97)])


def address(run, part=""):
    return f"/api/v1/runs/{run.pk}/refurbished{part}"


def decide(client, run, **body):
    return client.post(address(run, "/decisions"), body, content_type="application/json")


@pytest.mark.parametrize("role", ["curator", "admin"])
def test_curators_read_the_categories(as_role, run, role):
    said = as_role(role).get(address(run)).json()

    counts = {"accepted": 0, "refused": 0}
    assert said == {
        "version": "v1",
        "count": 2,
        "pages": 1,
        "results": [
            {"category_path": SHIRT, "rows": 2, "open": 2, **counts},
            {"category_path": PAN, "rows": 1, "open": 1, **counts},
        ],
    }


def test_categories_and_rows_come_in_pages(as_role, run):
    client = as_role("curator")

    second = client.get(address(run), {"page": 2, "page_size": 1}).json()
    beyond = client.get(address(run, "/rows"), {"page": 9}).json()

    assert [each["category_path"] for each in second["results"]] == [PAN]
    assert (second["count"], second["pages"]) == (2, 2)
    assert beyond == {"count": 3, "pages": 1, "results": []}


def test_the_rows_of_a_category_say_what_the_network_said(as_role, run):
    said = as_role("curator").get(address(run, "/rows"), {"category": SHIRT}).json()

    assert [row["product_id"] for row in said["results"]] == ["b", "a"]
    assert said["results"][1] == {
        "product_id": "a",
        "product_name": "name of a",
        "given_path": SHIRT,
        "new_path": PAN,
        "certainty": 0.96,
        "history": [{"category_path": PAN, "votes": 2}, {"category_path": SHIRT, "votes": 1}],
        "decision": None,
    }


def test_a_row_is_decided_and_the_list_says_so(as_role, run):
    client = as_role("curator")

    answer = decide(client, run, product_id="a", is_accepted=False)

    row = client.get(address(run, "/rows"), {"category": SHIRT}).json()["results"][1]
    assert (answer.status_code, answer.json()) == (200, {"decided": 1})
    assert row["decision"]["is_accepted"] is False
    assert client.get(address(run)).json()["results"][0]["refused"] == 1


def test_a_category_is_decided_but_for_what_was_decided_before(as_role, run):
    client = as_role("curator")
    decide(client, run, product_id="a", is_accepted=False)

    answer = decide(client, run, category_path=SHIRT, is_accepted=True)

    assert answer.json() == {"decided": 1}
    assert RefurbishDecision.objects.get(product_id="b").is_accepted


@pytest.mark.parametrize("body", [{"product_id": "nowhere"}, {"category_path": "nowhere"}])
def test_what_was_not_refurbished_is_refused_with_the_reason(as_role, run, body):
    answer = decide(as_role("curator"), run, is_accepted=True, **body)

    assert (answer.status_code, answer.json()["code"]) == (409, "NotRefurbished")


@pytest.mark.parametrize(
    "body",
    [
        {"is_accepted": True},
        {"is_accepted": True, "product_id": "a", "category_path": SHIRT},
        {"product_id": "a"},
    ],
)
def test_a_body_that_says_too_little_or_too_much_decides_nothing(as_role, run, body):
    assert decide(as_role("curator"), run, **body).status_code == 400
    assert not RefurbishDecision.objects.exists()


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_others_read_and_decide_nothing(as_role, run, role):
    client = as_role(role)

    assert client.get(address(run)).status_code == 403
    assert client.get(address(run, "/rows")).status_code == 403
    assert decide(client, run, product_id="a", is_accepted=True).status_code == 403
    assert not RefurbishDecision.objects.exists()


def test_nobody_is_told_to_log_in(client, run):
    assert client.get(address(run)).status_code == 401
    assert client.get(address(run, "/rows")).status_code == 401
    assert decide(client, run, product_id="a", is_accepted=True).status_code == 401
    assert not RefurbishDecision.objects.exists()


def test_a_token_is_enough(client, run):
    token = Token.objects.create(user=UserFactory(role="curator")).key

    answer = client.post(
        address(run, "/decisions"),
        {"product_id": "a", "is_accepted": True},
        content_type="application/json",
        headers={"Authorization": f"Token {token}"},
    )

    assert answer.json() == {"decided": 1}


def test_a_run_that_is_not_there_is_404(as_role, db):
    assert as_role("curator").get("/api/v1/runs/999/refurbished").status_code == 404
