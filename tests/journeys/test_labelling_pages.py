"""
Every page of labelling with data on it: axe finds nothing, and nothing is wider than the screen.

The labelling page's dialogs are in test_label_work.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from tests.journeys.labelling_data import Workplace, workplace
from tests.routes import BY_ACTION

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [
    ((1280, 800), "light", "ko-KR"),
    ((390, 844), "dark", "en-US"),
]
# Routes by what their addresses name.
OWN = "label history history-changed history-pace checks-own label-logged-in guidelines"
CURATORS = "rounds round-new checks remarks questions guidelines guideline-new"
OF_THE_ROUND = "label-round"
OF_A_ROUND = "round round-edit round-export round-agreement"
OF_THE_GUIDELINE = "guideline guideline-edit guideline-versions"
# They answer with no page of their own: forms, files, pieces, and the API.
NO_PAGES = """
    label-person label-pace label-answer label-skip label-undo guideline-ask round-ask question-read
    own-history-export check-contest guideline-preview guideline-restore example-add example-remove
    question-answer round-change round-preview round-extend round-overlap round-withdraw checks-draw
    checks-make remarks-handle export_annotations export_judgements check-decide
"""


def addresses(place: Workplace) -> dict[str, list[str]]:
    """Return the pages by who opens them."""

    def named(names: str, *values: int) -> list[str]:
        return [reverse(f"labelling:{name}", args=values) for name in names.split()]

    category = named("category-guideline", place.category.pk)
    guideline = place.guideline.pk
    both_rounds = [
        each for round in (place.open, place.closed) for each in named(OF_A_ROUND, round.pk)
    ]
    return {
        "anna": [
            *named(OWN),
            *named(OF_THE_ROUND, place.open.pk),
            *named("guideline", guideline),
            *category,
            reverse("accounts:notice"),
        ],
        "carl": [
            *named(CURATORS),
            *both_rounds,
            *named(OF_THE_GUIDELINE, guideline),
            *category,
            reverse("analysis:weak", args=[place.closed.pk]),
        ],
    }


def complaints(context: BrowserContext, address: str) -> list[str]:
    """Open a page and return what is wrong with it."""
    page = context.new_page()
    answer = page.goto(address)
    expect(page.locator(".htmx-request")).to_have_count(0)
    found = Axe().run(page)
    width, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    page.close()
    wrong = [found.generate_report()] if found.violations_count else []
    if answer is None or answer.status != 200:
        wrong.append(f"answers {answer and answer.status}")
    if width > screen:
        wrong.append(f"{width} px wide on a screen of {screen}")
    return [f"{address}: {each}" for each in wrong]


@pytest.mark.parametrize(("size", "scheme", "language"), LOOKS)
def test_every_page_of_labelling_can_be_used_by_everybody(window, size, scheme, language):
    place = workplace()
    viewport = {"width": size[0], "height": size[1]}
    wrong = []
    for person in (place.anna, place.curator):
        context = window(person, viewport=viewport, color_scheme=scheme, locale=language)
        for address in addresses(place)[person.username]:
            wrong += complaints(context, address)

    assert not wrong, "\n".join(wrong)


def test_no_page_of_labelling_is_left_out():
    named = " ".join([OWN, CURATORS, OF_THE_ROUND, OF_A_ROUND, OF_THE_GUIDELINE, NO_PAGES])
    known = {*named.split(), "category-guideline"}

    routes = {name for names in BY_ACTION.values() for name in names.split()}
    labelling = {name.partition(":")[2] for name in routes if name.startswith("labelling:")}

    assert {name for name in labelling if not name.startswith("api-")} <= known
