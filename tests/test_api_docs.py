"""The page of the API says what the schema says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from labelhub.accounts.roles import Role
from labelhub.api_docs import example, operations

SCHEMA = {
    "paths": {
        "/api/v1/things/{id}": {
            "post": {
                "operationId": "things_create",
                "description": "Make a thing.",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/c/s/Thing"}}}
                },
                "responses": {"201": {"description": "Made."}},
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "parts": {"type": "array", "items": {"$ref": "#/c/s/Thing"}},
                },
            }
        }
    },
}


def test_an_operation_carries_address_parameters_and_answers():
    [operation] = operations(SCHEMA)

    assert (operation.method, operation.path) == ("POST", "/api/v1/things/{id}")
    assert operation.parameters[0].is_required
    assert operation.answers[0].status == "201"
    assert '"name": "…"' in operation.body


def test_an_example_of_a_choice_is_its_first_value():
    assert example({"enum": ["csv", "json"]}, {}) == "csv"


def test_a_schema_that_contains_itself_has_an_end():
    assert example({"$ref": "#/c/s/Thing"}, SCHEMA["components"]["schemas"])["name"] == "…"


@pytest.mark.django_db
def test_the_page_shows_every_call_under_v1(as_role):
    html = as_role(Role.ANNOTATOR).get(reverse("docs")).content.decode()

    assert "/api/v1/" in html


@pytest.mark.django_db
def test_nobody_logs_in_first(client):
    assert client.get(reverse("docs")).status_code == 302
