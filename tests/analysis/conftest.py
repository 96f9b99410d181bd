from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english(settings) -> Iterator[None]:
    """Refusals and pages are compared as they are written in the source."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
