"""
Every page of the demo: no accessibility violation, no browser error, no content-policy
violation, nothing wider than the screen; in both languages, sizes and colour schemes. Most pages
of labelling are looked at in test_labelling_pages, with more on them than the demo has.

With LABELHUB_SCREENSHOTS naming a folder, each page is also saved there as a picture.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK, PHONE = (1280, 800), (390, 844)
LOOKS = [(DESK, "light", "ko"), (PHONE, "dark", "en")]
PAGES = [
    ("annotator", "home", "/"),
    ("annotator", "password", "/accounts/password/"),
    ("curator", "home", "/"),
    ("curator", "round-by-a-model", "/rounds/draw/"),
    ("curator", "synonyms", "/synonyms/"),
    ("curator", "review", "/review/"),
    ("curator", "ties", "/review/ties/"),
    ("curator", "categories", "/analysis/"),
    ("curator", "category", "/analysis/categories/50000418/"),
    ("curator", "compared", "/analysis/?model=v2&against=v1&minimum=10"),
    ("curator", "filtered-out", "/analysis/?q=nowhere"),
    ("curator", "rules", "/rules/"),
    ("curator", "rule-new", "/rules/new/"),
    ("curator", "list-version", "/rules/versions/1/"),
    ("curator", "groups", "/rules/groups/"),
    ("curator", "group-new", "/rules/groups/new/"),
    ("curator", "runs", "/runs/"),
    ("curator", "run-new", "/runs/new/"),
    ("curator", "searches", "/runs/searches/"),
    ("curator", "search-new", "/runs/searches/new/"),
    ("curator", "ladders", "/runs/ladders/"),
    ("curator", "ladder-new", "/runs/ladders/new/"),
    ("curator", "corpora", "/corpora/"),
    ("curator", "corpus-new", "/corpora/new/"),
    ("curator", "report-new", "/report/new/"),
    ("curator", "samples", "/samples/"),
    ("curator", "tree", "/categories/"),
    ("curator", "imports", "/imports/"),
    ("curator", "import-new", "/imports/new/samples/"),
    ("curator", "jobs", "/jobs/"),
    ("curator", "api-docs", "/api/docs/"),
    ("pm", "home", "/"),
    ("pm", "review", "/review/"),
    ("pm", "report", "/report/"),
    ("admin", "people", "/people/"),
    ("admin", "person-new", "/people/new/"),
    ("admin", "audit", "/audit/"),
]
FIRST_LINKS = [  # a page that is reached through the first link of another
    ("annotator", "label-blind", "/label/", "main a[href^='/label/']:has-text('검증')"),
    ("annotator", "label-assisted", "/label/", "main a[href^='/label/']:has-text('추천')"),
    ("curator", "rule", "/rules/", "main table a[href^='/rules/']"),
    ("curator", "group", "/rules/groups/", "main table a[href^='/rules/groups/']"),
    ("curator", "corpus", "/corpora/", "main table a[href^='/corpora/']"),
    ("admin", "person", "/people/", "main table a[href^='/people/']"),
    ("curator", "run", "/runs/", "main table a[href^='/runs/']"),
    ("curator", "tie", "/review/ties/", "main a[href^='/review/ties/']"),
    ("curator", "import", "/imports/", "main table a[href^='/imports/']"),
    ("curator", "sample", "/samples/", "main table a[href^='/samples/']"),
    ("pm", "report-detail", "/report/", "main a[href^='/report/']:not([href$='/new/'])"),
]


def look_at(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    save(page, name)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{name} is {width} px wide"


def save(page: Page, name: str) -> None:
    if folder := os.environ.get("LABELHUB_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("size", "scheme", "language"), LOOKS)
@pytest.mark.parametrize("role", ["annotator", "curator", "pm", "admin"])
def test_every_page_can_be_used_by_everybody(demo, open_page, role, size, scheme, language):
    page = open_page(demo, role, size=size, scheme=scheme, language=language)
    for owner, name, address in PAGES:
        if owner == role:
            page.goto(address)
            look_at(page, f"{name}-{role}-{size[0]}-{scheme}-{language}")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("size", "scheme", "language"), LOOKS)
def test_the_pages_behind_the_lists_can_be_used_too(demo, open_page, size, scheme, language):
    roles = {role for role, *_ in FIRST_LINKS}
    look = {"size": size, "scheme": scheme, "language": language}
    pages = {role: open_page(demo, role, **look) for role in sorted(roles)}
    for role, name, address, link in FIRST_LINKS:
        page = pages[role]
        page.goto(address)
        target = page.locator(link).first.get_attribute("href")
        page.goto(target)
        look_at(page, f"{name}-{role}-{size[0]}-{scheme}-{language}")
