"""The labelling page in Chromium on Django's own server: quick to open, as anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from labelhub.accounts.models import User
from labelhub.catalog.models import Sample
from labelhub.labelling.models import Assignment, Round
from labelhub.labelling.services import rounds
from tests.factories import NOW, CategoryFactory, SampleFactory, UserFactory
from tests.processes import wait_until

PATHS = [
    "출산/육아>유아동의류>재킷",
    "출산/육아>유아동의류>점퍼",
    "패션의류>남성의류>재킷",
    "패션의류>여성의류>블라우스/셔츠",
    "패션의류>여성의류>재킷",
    "패션잡화>Bag",
]
PASSWORD = "a long enough password"  # of a person of the test's
BACKEND = "django.contrib.auth.backends.ModelBackend"


def make_round(samples: int, **terms: Any) -> Round:
    """Make a round of that many products, with the small tree."""
    for number, path in enumerate(PATHS):
        CategoryFactory(path=path, code=str(50000418 + number))
    Sample.objects.bulk_create(
        SampleFactory.build(product_id=f"p{number}", name=f"상품 {number}")
        for number in range(samples)
    )
    return rounds.create(
        name="round",
        samples=Sample.objects.all(),
        terms=rounds.Terms(**terms),
        seed=1,
        by=None,
        now=NOW,
    )


def annotator(username: str) -> User:
    """Make a person who can also log in by hand."""
    person = UserFactory(username=username)
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def window(live_server, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a browser of its own, logged in as a person."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(person: User, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, **{"locale": "en-US", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        client = Client()
        client.force_login(person, backend=BACKEND)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return context

    yield opened
    for context in contexts:
        context.close()
    wait_until(lambda: not under_way(), what="the end of every request")
    assert not faults, faults


def under_way() -> list[threading.Thread]:
    """Return the server's open connections: the tables are emptied only after the last request."""
    return [each for each in threading.enumerate() if "process_request_thread" in each.name]


def open_label(context: BrowserContext, round: Round, query: str = "") -> Page:
    """Open the labelling page of a round and wait until one can work."""
    page = context.new_page()
    page.goto(f"/label/{round.pk}/{query}")
    expect(page.locator("[data-finder][data-ready]")).to_be_visible()
    return page


def name(page: Page) -> str:
    return page.locator("#product-name").inner_text()


def answer(page: Page, words: str = "점퍼") -> str:
    """Label the product on screen by keys alone; return its name."""
    expect(page.locator("main.waiting")).to_have_count(0)
    shown = name(page)
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    return shown


def saved(page: Page, number: int) -> None:
    """Wait until the server has that many answers of the round and the page knows."""
    done = page.locator("[data-progress]")
    expect(done).to_have_text(f"{number} / {done.inner_text().split(' / ')[1]}")
    expect(page.locator("[data-saved]")).to_have_text("All saved")


def in_hand(page: Page, person: User, number: int) -> None:
    """Wait until the person holds that many products, and their page knows of them."""
    held(person, number)
    expect(page.locator("main")).to_have_attribute("data-in-hand", str(number))


def held(person: User, number: int) -> None:
    """Wait until the person holds that many products."""
    theirs = Assignment.objects.filter(annotator=person, answered_at=None)
    wait_until(lambda: theirs.count() == number, what=f"holding {number} products")
