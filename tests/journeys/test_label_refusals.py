"""What the labelling page says when the server fails, refuses, or the round ends."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from labelhub.labelling.models import Annotation, Question, Round
from tests.factories import GuidelineFactory
from tests.journeys.label_pages import annotator, answer, make_round, open_label, saved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(transactional_db) -> Round:
    round = make_round(40)
    Round.objects.filter(pk=round.pk).update(guideline=GuidelineFactory())
    return round


@pytest.fixture
def context(window) -> BrowserContext:
    return window(annotator("anna"))


@pytest.fixture
def page(context, round) -> Page:
    return open_label(context, round)


def test_a_fault_of_the_server_is_called_one_and_loses_nothing(page):
    page.route("**/annotation", lambda route: route.fulfill(status=502, body="<h1>Bad gateway"))
    answer(page)
    expect(page.locator("[data-saved]")).to_contain_text("The server has a fault")
    expect(page.locator("[data-saved]")).to_contain_text("1 waiting")

    page.unroute("**/annotation")

    saved(page, 1)
    assert Annotation.objects.count() == 1


def test_refusals_in_another_form_than_ours_are_told_and_put_away_together(page):
    page.route("**/annotation", lambda route: route.fulfill(status=413, body="too large"))
    for _ in range(2):
        answer(page)
    news = page.locator("[data-news]")
    expect(news).to_contain_text("The server did not take this answer (413).")

    page.get_by_role("button", name="Put all away").click()

    expect(news).to_be_hidden()


def test_a_round_closed_meanwhile_gives_no_more_products(page, round):
    Round.objects.filter(pk=round.pk).update(state="closed", closed_at=timezone.now())

    answer(page)

    expect(page.locator("[data-empty-reason]")).to_contain_text("was closed while you were")
    expect(page.get_by_role("link", name="Other rounds")).to_be_visible()


HOLD_A_CLAIM = """() => {
  const real = window.fetch;
  const nothing = () => new Response("[]", { status: 201 });
  window.fetch = (address, options) => {
    if (window.letGo || !address.endsWith("/claim")) return real(address, options);
    return new Promise((resolve) => { window.letGo = () => resolve(nothing()); });
  };
}"""


def test_the_end_is_told_though_an_earlier_claim_is_answered_last(context, transactional_db):
    page = open_label(context, make_round(2))
    expect(page.locator("main")).to_have_attribute("data-in-hand", "2")  # its first claim is over
    page.evaluate(HOLD_A_CLAIM)
    answer(page)
    saved(page, 1)
    answer(page)
    page.wait_for_function("Boolean(window.letGo)")
    saved(page, 2)

    page.evaluate("window.letGo()")

    expect(page.locator("[data-empty-reason]")).to_contain_text("nothing left for you")


def test_the_tree_is_fetched_again_until_it_comes(context, round):
    page = context.new_page()
    page.route("**/api/v1/categories*", lambda route: route.abort())
    page.goto(f"/label/{round.pk}/")
    page.get_by_role("combobox").fill("점퍼")
    expect(page.locator("[data-hint]")).to_contain_text("The categories are on their way")

    page.unroute("**/api/v1/categories*")

    expect(page.get_by_role("option").first).to_contain_text("점퍼")


def test_a_question_that_cannot_be_sent_stays_in_its_field(page):
    page.keyboard.press("AltLeft+KeyG")
    page.get_by_label("Ask a question").fill("Is a set one product?")
    page.context.set_offline(True)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("[data-unsent]")).to_be_visible()
    page.context.set_offline(False)

    page.get_by_role("button", name="Ask", exact=True).click()

    expect(page.locator("#drawer-asked")).to_contain_text("Your question was sent")
    assert Question.objects.get().text == "Is a set one product?"


@pytest.mark.parametrize(
    ("key", "dialog"), [("g", "#guideline"), ("i", "#pace"), ("Shift+Slash", "#keys-dialog")]
)
def test_the_key_that_opens_a_dialog_closes_it(page, key, dialog):
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    expect(page.locator(dialog)).to_be_visible()

    page.keyboard.press(key)

    expect(page.locator(dialog)).to_be_hidden()
