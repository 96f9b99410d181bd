"""The list of contested checks."""

from __future__ import annotations

import pytest

from labelhub.labelling import checks_views
from tests.factories import NOW, CheckShowingFactory

pytestmark = pytest.mark.django_db


def test_contested_checks_come_page_by_page(as_role, monkeypatch):
    monkeypatch.setattr(checks_views, "ROWS", 2)
    for _ in range(3):
        CheckShowingFactory(check_shown__retired_at=NOW, contested_at=NOW, contest="look again")
    client = as_role("curator")

    first, second = (client.get(f"/checks/?page={number}") for number in (1, 2))

    assert [len(page.context["contested"]) for page in (first, second)] == [2, 1]
    assert "?page=2" in first.content.decode()
