"""Every address is asked for by every role and by nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from labelhub.accounts.roles import ALLOWED, Action, Role
from tests.factories import UserFactory
from tests.routes import PUBLIC, ROUTES

METHODS = ("get", "post", "patch", "delete")
DUMMIES = {"int": 1, "str": "x", "slug": "x", "path": "x"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


def walk(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            below = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern, below)
        else:
            yield f"{namespace}{pattern.name}", pattern


ALL_ROUTES = dict(walk(get_resolver()))


def address(name: str) -> str:
    converters = ALL_ROUTES[name].pattern.converters
    values = {
        key: next(DUMMIES[kind] for kind in DUMMIES if kind in type(converter).__name__.lower())
        for key, converter in converters.items()
    }
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:  # the address has a form of its own; the view is asked all the same
        return reverse(name, kwargs=dict.fromkeys(values, "1"))


def ask(client: Client, name: str) -> int:
    """Return the status of the first method that the address knows."""
    client.raise_request_exception = False
    for method in METHODS:
        answer = getattr(client, method)(address(name), content_type="application/json")
        if answer.status_code != 405:
            break
    return answer.status_code


def test_the_role_table_is_the_one_of_the_documentation():
    everybody = {"annotator", "curator", "pm", "admin"}
    curators = {"curator", "admin"}

    assert {action: {str(role) for role in roles} for action, roles in ALLOWED.items()} == {
        Action.ENTER: everybody,
        Action.LABEL: {"annotator", "curator", "admin"},
        Action.RUN_ROUNDS: curators,
        Action.READ_ANALYSIS: {"curator", "pm", "admin"},
        Action.REVIEW: curators,
        Action.CURATE: curators,
        Action.PROMOTE: curators,
        Action.OVERRIDE_GATE: {"admin"},
        Action.READ_REPORT: {"curator", "pm", "admin"},
        Action.EXPORT_ROWS: curators,
        Action.ADMINISTER: {"admin"},
    }


def test_every_route_is_in_the_table_and_the_table_has_no_other():
    assert set(ALL_ROUTES) == set(ROUTES) | PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_nobody_gets_in_without_logging_in(name):
    assert ask(Client(), name) in (302, 401, 403)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_role_that_may_not_is_refused_and_one_that_may_is_not(name):
    for role in Role:
        client = Client()
        client.force_login(UserFactory(role=role), backend=BACKEND)

        status = ask(client, name)

        if role in ALLOWED[ROUTES[name]]:
            assert status not in (401, 403, 500), f"{role} may, but got {status}"
        else:
            assert status == 403, f"{role} may not, but got {status}"
