"""What may go wrong while labelling: network, tab, session, lease, round. No answer gets lost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import BrowserContext, Error, Page, expect

from labelhub.catalog.models import Category
from labelhub.labelling.models import Annotation, Assignment, LateAnswer, Round
from labelhub.labelling.services.claims import MOST_HELD
from tests.factories import UserFactory
from tests.journeys import road
from tests.journeys.label_pages import (
    PASSWORD,
    annotator,
    answer,
    held,
    in_hand,
    make_round,
    name,
    open_label,
    saved,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(transactional_db):
    return annotator("anna")


@pytest.fixture
def round(transactional_db) -> Round:
    return make_round(300)


@pytest.fixture
def context(window, anna) -> BrowserContext:
    return window(anna)


@pytest.fixture
def page(context, round) -> Page:
    return open_label(context, round)


def answered() -> list[str]:
    """Return the names of the answered products in the order in which the server got them."""
    rows = Annotation.objects.current().order_by("pk")
    return list(rows.values_list("sample__name", flat=True))


def log_in(context: BrowserContext, username: str) -> None:
    window = context.new_page()
    road.log_in(window, username, PASSWORD)
    window.close()


def test_twenty_answers_without_a_network_arrive_once_and_in_order(page, anna):
    in_hand(page, anna, MOST_HELD)
    page.context.set_offline(True)
    names = [answer(page) for _ in range(20)]
    expect(page.locator("[data-saved]")).to_contain_text("20 waiting to be saved since")

    page.context.set_offline(False)

    saved(page, 20)
    assert answered() == names


def test_answers_that_waited_survive_a_crashed_tab(page, round):
    page.route("**/annotation", lambda route: route.abort())
    names = [answer(page) for _ in range(3)]
    expect(page.locator("[data-saved]")).to_contain_text("3 waiting")
    expect(page.locator("[data-saved]")).to_have_attribute("aria-busy", "false")
    with pytest.raises(Error):
        page.goto("chrome://crash")

    again = open_label(page.context, round)

    saved(again, 3)
    assert answered() == names
    assert name(again) not in names


def test_an_answer_kept_by_an_earlier_version_of_the_page_is_sent(context, anna, round):
    page = open_label(context, round)
    assignment = Assignment.objects.filter(annotator=anna).order_by("position").first()
    body = {"is_undecidable": True}
    letter = {"id": assignment.pk, "kind": "annotation", "body": body, "name": "x"}
    key = f"labelhub.outbox.{anna.pk}.{round.pk}"
    keep = "([key, letters]) => localStorage.setItem(key, letters)"
    page.evaluate(keep, [key, json.dumps([letter])])

    page.reload()

    saved(page, 1)
    assert Annotation.objects.get().assignment == assignment


def test_without_a_store_in_the_browser_answers_wait_in_the_page(context, round):
    context.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    page = open_label(context, round)
    context.set_offline(True)
    answer(page)
    expect(page.locator("[data-unsafe]")).to_be_visible()

    context.set_offline(False)

    saved(page, 1)


def test_an_expired_session_loses_nothing(page, context):
    Session.objects.all().delete()
    names = [answer(page), answer(page)]
    expect(page.locator("[data-away]")).to_be_visible()
    assert answered() == []

    log_in(context, "anna")

    saved(page, 2)
    expect(page.locator("[data-away]")).to_be_hidden()
    assert answered() == names


def test_another_login_never_sends_the_answers_of_the_first(page, context, round):
    annotator("berta")
    Session.objects.all().delete()
    answer(page)
    expect(page.locator("[data-away]")).to_be_visible()

    log_in(context, "berta")
    other = open_label(context, round)

    expect(other.locator("[data-others]")).to_contain_text("1")
    answer(other)
    saved(other, 1)
    assert [each.annotator.username for each in Annotation.objects.all()] == ["berta"]
    expect(page.locator("[data-away]")).to_be_visible()


def test_a_product_that_went_to_somebody_else_is_answered_all_the_same(page, anna, round):
    lost = Assignment.objects.get(sample__name=name(page))
    Assignment.objects.filter(pk=lost.pk).update(annotator=UserFactory(), passed_from=[anna.pk])

    answer(page)

    saved(page, 1)
    assert Annotation.objects.get().sample == lost.sample
    assert Annotation.objects.get().assignment != lost
    expect(page.locator("[data-news]")).to_contain_text(lost.sample.name)


def test_a_product_that_went_to_somebody_else_leaves_the_screen(context, anna, round):
    context.clock.install()
    page = open_label(context, round)
    first = name(page)
    lost = Assignment.objects.filter(sample__name=first)
    lost.update(annotator=UserFactory(), passed_from=[anna.pk])

    context.clock.fast_forward(timedelta(minutes=6).seconds * 1000)

    expect(page.locator("#product-name")).not_to_have_text(first)
    expect(page.locator("[data-notice]")).to_contain_text(first)


def test_the_leases_are_renewed_while_the_page_is_open(context, anna, round):
    context.clock.install()
    page = open_label(context, round)
    in_hand(page, anna, MOST_HELD)
    soon = timezone.now() + timedelta(minutes=1)
    leases = Assignment.objects.filter(annotator=anna)
    leases.update(lease_expires_at=soon)

    with page.expect_response("**/renew"):
        context.clock.fast_forward(timedelta(minutes=6).seconds * 1000)

    assert not leases.filter(lease_expires_at__lte=soon).exists()


def test_what_was_not_answered_is_given_back_when_the_page_closes(page, anna):
    in_hand(page, anna, MOST_HELD)
    answer(page)
    saved(page, 1)

    page.goto("/label/history/")

    held(anna, 0)


def test_a_reloaded_page_keeps_what_it_shows(page, anna):
    first = name(page)

    page.reload()

    expect(page.locator("[data-finder][data-ready]")).to_be_visible()
    expect(page.locator("#product-name")).to_have_text(first)
    assert Assignment.objects.get(sample__name=first).annotator == anna


def test_an_answer_to_a_round_closed_meanwhile_is_kept_and_explained(page, round):
    Round.objects.filter(pk=round.pk).update(state=Round.State.CLOSED, closed_at=timezone.now())

    shown = answer(page)

    expect(page.locator("[data-news]")).to_contain_text(shown)
    assert LateAnswer.objects.get().assignment.sample.name == shown
    assert not Annotation.objects.exists()


def test_a_refused_answer_stays_in_sight_until_it_is_put_away(page, round):
    Category.objects.filter(name="점퍼").update(retired_at=timezone.now())
    shown = answer(page)
    expect(page.locator("[data-news]")).to_contain_text(shown)
    expect(page.locator("[data-news]")).to_contain_text("점퍼")

    page.reload()
    page.get_by_role("button", name="Put away").click()

    expect(page.locator("[data-news]")).to_be_hidden()


def test_two_tabs_answer_no_product_twice(page, context, round):
    other = open_label(context, round)
    first = answer(page)
    expect(other.locator("#product-name")).not_to_have_text(first)
    expect(other.locator("[data-notice]")).to_contain_text(first)

    for tab, twin in ((other, page), (page, other), (other, page)):
        tab.bring_to_front()
        shown = answer(tab)
        expect(twin.locator("#product-name")).not_to_have_text(shown)

    saved(page, 4)
    assert len(answered()) == len(set(answered())) == 4


def test_an_answer_that_still_waits_is_taken_back_where_it_is(page):
    page.context.set_offline(True)
    first = answer(page)
    page.keyboard.press("AltLeft+KeyU")
    expect(page.locator("#product-name")).to_have_text(first)
    expect(page.locator("[data-chosen]")).to_contain_text("점퍼")
    page.context.set_offline(False)

    answer(page, "블라")

    saved(page, 1)
    assert Annotation.objects.get().category.name == "블라우스/셔츠"


def test_the_back_button_brings_no_answered_product_back(page):
    first = answer(page)
    saved(page, 1)
    page.goto("/label/history/")

    page.go_back()

    expect(page.locator("[data-finder][data-ready]")).to_be_visible()
    expect(page.locator("#product-name")).not_to_have_text(first)
