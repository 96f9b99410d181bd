"""The way through the pages: what this person may open, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.roles import Action, may

# Daily work first, in the order of the road; the rest is one click further.
FIRST = (
    ("analysis:home", _("Home"), Action.ENTER),
    ("labelling:label", _("Label"), Action.LABEL),
    ("analysis:review", _("Review"), Action.READ_ANALYSIS),
    ("analysis:comparison", _("Categories"), Action.READ_ANALYSIS),
    ("analysis:rules", _("Exclusion rules"), Action.READ_ANALYSIS),
    ("analysis:runs", _("Runs"), Action.READ_ANALYSIS),
    ("analysis:report", _("Report"), Action.READ_REPORT),
)
MORE = (
    ("labelling:rounds", _("Rounds"), Action.RUN_ROUNDS),
    ("labelling:guidelines", _("Guidelines"), Action.ENTER),
    ("labelling:checks", _("Hidden checks"), Action.RUN_ROUNDS),
    ("labelling:remarks", _("Flags and skips"), Action.RUN_ROUNDS),
    ("catalog:samples", _("Samples"), Action.RUN_ROUNDS),
    ("catalog:categories", _("Category tree"), Action.RUN_ROUNDS),
    ("catalog:synonyms", _("Synonyms"), Action.RUN_ROUNDS),
    ("catalog:imports", _("Imports"), Action.RUN_ROUNDS),
    ("jobs:list", _("Jobs"), Action.ENTER),
    ("accounts:people", _("People"), Action.ADMINISTER),
    ("accounts:audit", _("Audit trail"), Action.ADMINISTER),
    ("docs", _("API"), Action.ENTER),
)


@dataclass(frozen=True)
class Item:
    """One entry of the navigation."""

    url: str
    label: str | Promise
    is_first: bool
    is_current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every template its navigation (a context processor)."""
    items = _items(request)
    return {
        "navigation": {
            "items": items,
            "first": [item for item in items if item.is_first],
            "is_current_in_more": any(item.is_current and not item.is_first for item in items),
            "zone": timezone.localtime().tzname(),
        }
    }


def _items(request: HttpRequest) -> list[Item]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    entries = [
        (url, label, entry in FIRST)
        for entry in FIRST + MORE
        for name, label, action in [entry]
        if may(user.role, action) and (url := _address(name))
    ]
    here = _current([url for url, _label, _is_first in entries], request.path)
    return [Item(url, label, is_first, url == here) for url, label, is_first in entries]


def _address(name: str) -> str | None:
    """Return where a page is; an installation without it has no entry for it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _current(urls: list[str], path: str) -> str | None:
    """Return the entry under which an address lies: the longest one that it starts with."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default=None)
