"""A browser, and a demo market for it to walk through."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys import road
from tests.journeys.installation import Installation, running
from tests.journeys.label_pages import window as window

# Playwright runs an event loop in this thread until the session ends; Django would refuse to query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

expect.set_options(timeout=20_000)  # milliseconds; a busy machine is no failure

LOGIN_LINE = re.compile(r"^\s*(annotator|curator|pm|admin)\s+(\S+)\s+(\S+)\s*$", re.MULTILINE)
# Root has no sandbox to give, and the machine may have no graphics.
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A LabelHub with the demo market in it, every job of its seeding done."""
    with running(tmp_path_factory.mktemp("demo")) as installation:
        printed = installation.manage("seed_demo")
        installation.logins = {
            role: (username, password) for role, username, password in LOGIN_LINE.findall(printed)
        }
        assert set(installation.logins) == {"annotator", "curator", "pm", "admin"}, printed
        installation.wait_for_jobs(seconds=600)
        yield installation


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("LABELHUB_CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield chromium
        chromium.close()


class Violations(list[str]):
    """What the browser complained about: errors, and anything the content policy stopped."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: self.append(f"{page.url}: {said.text}") if said.type == "error" else None,
        )


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser window on an installation, logged in as a role."""
    contexts: list[BrowserContext] = []
    complaints = Violations()

    def open_as(
        installation: Installation,
        role: str,
        *,
        size: tuple[int, int] = (1280, 800),
        scheme: str = "light",
        language: str = "ko",
    ) -> Page:
        context = browser.new_context(
            base_url=installation.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale="ko-KR" if language == "ko" else "en-US",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        road.log_in(page, *installation.logins[role])
        road.read_notice(page)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def real_data() -> Path:
    """The folder of real rows (LABELHUB_REAL_DATA); without it these journeys cannot be made."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("LABELHUB_REAL_DATA", root / "../shared/data")).resolve()
    if not (folder / "naver").is_dir():
        pytest.skip(f"no real rows at {folder}: set LABELHUB_REAL_DATA to walk this journey")
    return folder
