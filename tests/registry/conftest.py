from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are asserted by their English words."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def long_lease(settings) -> None:
    """A lease is renewed through a connection of its own, which sees no row of an open test."""
    settings.JOB_LEASE = timedelta(hours=1)
