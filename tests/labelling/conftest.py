"""What every test of labelling needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are compared as they are written in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def reading(as_role):
    """Return a function that gives a client logged in with the role, who reads English."""

    def login(role):
        client = as_role(role)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return login
