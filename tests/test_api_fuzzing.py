"""Every call of /api/v1 is asked with all kinds of nonsense, made from its own document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from labelhub.accounts.roles import Role, may
from tests import api_world
from tests.test_permissions import ALL_ROUTES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
pytestmark = pytest.mark.django_db

NOBODY = "nobody"
EXAMPLES = 15  # of chance, beside those at the limits of each value

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.app = WSGIHandler()
schema.config.generation.update(
    max_examples=EXAMPLES, deterministic=True, no_shrink=True, with_security_parameters=False
)


@pytest.fixture(scope="module")
def kept_open() -> Iterator[None]:
    """Let no request close the connection, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def world(kept_open, django_db_setup, django_db_blocker) -> Iterator[api_world.World]:
    """Make the world once; what a call changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield api_world.make()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def refurbished() -> None:
    api_world.refurbish()


def is_allowed(who: str, case: schemathesis.Case) -> bool:
    """Tell whether the role table lets the person make the call."""
    address = case.operation.path.replace("{", "").replace("}", "")
    for name in ("round_id", "assignment_id", "category_id", "run_id"):
        address = address.replace(name, "1")
    action = resolve(address).func.view_class.permission_classes[0].action
    return who != NOBODY and may(who, action)


def aim(case: schemathesis.Case, known: dict[str, list[int]]) -> None:
    """Turn most of the made-up numbers of the case into such as are there."""
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            for name in place.keys() & known.keys():
                place[name] = aimed(place[name], known[name])


def aimed(value: Any, known: list[int]) -> Any:
    if isinstance(value, list):
        return [aimed(each, known) for each in value]
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return known[value % len(known)] if is_number and value > 0 and value % 8 else value


def ask(case: schemathesis.Case, who: str, world: api_world.World) -> Any:
    """Make the call, and take back what it changed."""
    headers = {"Accept-Encoding": "identity"}
    if who != NOBODY:
        headers["Authorization"] = f"Token {world.tokens[who]}"
    with transaction.atomic():
        answer = case.call(headers=headers)
        transaction.set_rollback(True)
    return answer


def checks_of(case: schemathesis.Case) -> list[Any]:
    """Return the checks; an empty value in an address is none, as forms send it."""
    is_empty = "" in (case.query or {}).values()
    return [each for each in CHECKS if not (is_empty and each is negative_data_rejection)]


@pytest.mark.parametrize("who", [*map(str, Role), NOBODY])
@schema.parametrize()
def test_every_answer_is_documented(case, who, world):
    aim(case, world.known(who))

    answer = ask(case, who, world)

    case.validate_response(answer, checks=checks_of(case))
    if not is_allowed(who, case):
        assert answer.status_code in (401, 403, 404), "neither refused nor out of reach"


ROUND, ASSIGNMENT = "/api/v1/rounds/{round_id}", "/api/v1/assignments/{assignment_id}"
OPEN, CLOSED = 0, 5  # places among the rounds of the world
HELD, PASSED, ANSWERED, SKIPPED = range(4)  # places among the assignments of a person in a round
REFURBISHED = "/api/v1/runs/{run_id}/refurbished"
ACCEPTED = {"product_id": api_world.MISFILED, "is_accepted": True}
UNDECIDABLE = {"is_undecidable": True, "comment": "why", "ahead": 3}
# Call, place of its round, place of its assignment, body, status.
SUCCESSES = [
    ("GET /api/v1/rounds", OPEN, HELD, None, 200),
    ("GET /api/v1/categories", OPEN, HELD, None, 200),
    ("GET /api/v1/categories/{category_id}/guideline", OPEN, HELD, None, 200),
    ("GET /api/v1/comparison", OPEN, HELD, None, 200),
    (f"GET {REFURBISHED}", OPEN, HELD, None, 200),
    (f"GET {REFURBISHED}/rows", OPEN, HELD, None, 200),
    (f"POST {REFURBISHED}/decisions", OPEN, HELD, ACCEPTED, 200),
    (f"POST {ROUND}/claim", OPEN, HELD, {"count": 5, "filter": {"q": "product"}}, 201),
    (f"POST {ROUND}/renew", OPEN, HELD, {"assignments": [1, 2]}, 200),
    (f"POST {ROUND}/release", OPEN, HELD, {"assignments": [1, 2]}, 204),
    (f"POST {ROUND}/undo", OPEN, HELD, {}, 200),
    (f"POST {ASSIGNMENT}/annotation", OPEN, HELD, UNDECIDABLE, 201),
    (f"POST {ASSIGNMENT}/annotation", OPEN, PASSED, UNDECIDABLE, 201),
    (f"POST {ASSIGNMENT}/annotation", OPEN, ANSWERED, UNDECIDABLE, 200),
    (f"POST {ASSIGNMENT}/annotation", CLOSED, HELD, UNDECIDABLE, 202),
    (f"POST {ASSIGNMENT}/skip", OPEN, HELD, {"reason": "unclear"}, 200),
    (f"POST {ASSIGNMENT}/unskip", OPEN, SKIPPED, None, 200),
    (f"POST {ASSIGNMENT}/flag", OPEN, HELD, {"kind": "adult"}, 201),
]


@pytest.mark.parametrize(("call", "round", "assignment", "body", "status"), SUCCESSES)
def test_each_call_finds_what_it_is_for(world, call, round, assignment, body, status):
    method, path = call.split()
    values = {
        "round_id": world.rounds[round],
        "assignment_id": world.assignments["curator"][4 * round + assignment],
        "category_id": world.categories[0],
        "run_id": world.runs[0],
    }
    named = {name: value for name, value in values.items() if f"{{{name}}}" in path}
    sent = {} if body is None else {"body": body, "media_type": "application/json"}
    case = schema[path][method].Case(path_parameters=named, **sent)

    answer = ask(case, "curator", world)

    assert answer.status_code == status
    case.validate_response(answer, checks=CHECKS)


def test_every_call_is_tried_in_earnest():
    paths = schema.raw_schema["paths"]

    calls = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert {call for call, *_rest in SUCCESSES} == calls


def test_the_document_has_every_call():
    calls = set(schema.raw_schema["paths"])

    routes = {f"/{pattern.pattern}" for pattern in ALL_ROUTES.values()}
    there = {re.sub(r"<int:(\w+)>", r"{\1}", route) for route in routes if "/api/v1/" in route}
    assert calls == there
