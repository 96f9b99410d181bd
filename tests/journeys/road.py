"""The steps of the road as a person takes them: each function is one page visited and used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Page, expect

from tests.journeys.installation import Installation

SUBMIT = "main form .actions button.primary"


def visit(page: Page, address: str) -> None:
    """Open a page; the one before it may reload itself just now, because its job has ended."""
    try:
        page.goto(address)
    except Error as fault:
        if "interrupted" not in str(fault):
            raise
        page.wait_for_load_state()
        page.goto(address)


def log_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def read_notice(page: Page) -> None:
    """Confirm what is recorded, where somebody who labels is asked to after a first login."""
    if "/accounts/notice/" in page.url:
        page.click("main form button.primary")
        page.wait_for_url(lambda address: "/accounts/notice/" not in address)


def make_first_admin(page: Page, link: str, password: str) -> None:
    visit(page, link)
    page.fill("input[name=username]", "chief")
    page.fill("input[name=password]", password)
    page.fill("input[name=again]", password)
    page.click("main form button.primary")
    page.wait_for_url("**/accounts/notice/")
    read_notice(page)
    expect(page.locator("header.bar")).to_contain_text("chief")


def add_person(page: Page, username: str, role: str) -> str:
    """Add somebody and return the one-time link to send to them."""
    visit(page, "/people/new/")
    page.fill("input[name=username]", username)
    page.select_option("select[name=role]", role)
    page.click(SUBMIT)
    return page.inner_text("#secret")


def choose_password(page: Page, link: str, password: str) -> None:
    visit(page, link)
    page.fill("input[name=password]", password)
    page.fill("input[name=again]", password)
    page.click("main form button.primary")
    page.wait_for_url("**/accounts/notice/")
    read_notice(page)
    expect(page.locator("header.bar")).to_be_visible()


def import_file(
    here: Installation,
    page: Page,
    kind: str,
    file: Path,
    fill: Callable[[Page], None] = lambda page: None,
) -> None:
    """Upload a file and wait until it is in."""
    visit(page, f"/imports/new/{kind}/")
    page.set_input_files("input[name=file]", file)
    fill(page)
    page.click(SUBMIT)
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    here.wait_for_jobs()


def draw_round(page: Page, name: str, *, number: int, level: int | None = None) -> None:
    visit(page, "/rounds/new/")
    page.fill("input[name=name]", name)
    page.check("input[name=plan][value=random]")
    page.fill("input[name=number]", str(number))
    if level:
        page.fill("input[name=answer_level]", str(level))
    page.click(SUBMIT)
    page.wait_for_url(re.compile(r"/rounds/\d+/$"))


def label_next(page: Page, query: str) -> None:
    """Answer the product on screen with the first category found, by keyboard alone."""
    expect(page.locator("[data-finder][data-ready]")).to_be_visible()
    product = page.inner_text("#product-name")
    page.keyboard.type(query)
    expect(page.locator("[role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#product-name")).not_to_have_text(product)


def train(here: Installation, page: Page, version: str, *, epochs: int) -> None:
    """Train a version with the rules in force and predict the round that comes first."""
    visit(page, "/runs/new/")
    page.select_option("select[name=corpus]", index=1)
    page.fill("input[name=version_name]", version)
    page.fill("input[name=epochs]", str(epochs))
    page.click(SUBMIT)
    page.wait_for_url(re.compile(r"/runs/\d+/$"))
    here.wait_for_jobs()


def predict(here: Installation, page: Page, round_name: str) -> None:
    """Predict a round with the version whose run is on screen."""
    visit(page, page.url)
    page.select_option("select[name=round]", label=round_name)
    with page.expect_navigation():  # there is a job by then
        page.click("form[action$='/predict/'] button")
    here.wait_for_jobs()


def judge(page: Page, address: str, count: int) -> None:
    """Give verdicts on disagreements by keyboard."""
    visit(page, address)
    for number in range(count):
        key = ("1", "2", "3")[number % 3]
        page.wait_for_load_state("load")  # the keys are there by then
        before = page.input_value("input[name=shown]")
        page.keyboard.press(key)
        expect(page.locator("input[name=shown]")).not_to_have_value(before)


def add_group(page: Page, name: str, query: str) -> None:
    visit(page, "/rules/groups/new/")
    page.fill("input[name=name]", name)
    with page.expect_response("**/rules/groups/choices/"):
        page.fill("input[name=q]", query)  # at once: each pause of a typist would be answered
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("#choices input[type=checkbox]:not(:checked)").first.check()
    page.click("main form button[name=save]")
    page.wait_for_url("**/rules/groups/")


def add_rule(here: Installation, page: Page, keyword: str, group: str) -> None:
    """Look at what a rule would hit, then save it."""
    visit(page, "/rules/new/")
    page.fill("input[name=keyword]", keyword)
    page.select_option("select[name=group]", label=group)
    page.fill("[name=reason]", "Leads the model astray.")
    page.click(SUBMIT)
    here.wait_for_jobs()
    page.locator("main form button[name=save].primary").click()
    page.wait_for_url("**/rules/")
    here.wait_for_jobs()


def report(page: Page, title: str, *, source: str) -> None:
    """Freeze a report of every version."""
    visit(page, "/report/new/")
    page.fill("input[name=title]", title)
    for box in page.locator("input[name=versions]").all():
        box.check()
    page.select_option("select[name=source]", source)
    page.click(SUBMIT)
    page.wait_for_url(re.compile(r"/report/\d+/$"))
