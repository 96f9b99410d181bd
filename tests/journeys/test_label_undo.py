"""Taking back at the labelling page: answers one after the other, and skips."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from labelhub.labelling.models import Annotation, Assignment, Skip
from labelhub.labelling.services import claims
from tests.factories import UserFactory
from tests.journeys.label_pages import annotator, answer, make_round, name, open_label, saved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(transactional_db):
    return make_round(12)


@pytest.fixture
def page(window, round) -> Page:
    return open_label(window(annotator("anna")), round)


def skip(page: Page) -> str:
    """Skip the product on screen by keys; return its name."""
    shown = name(page)
    page.keyboard.press("AltLeft+KeyS")
    page.keyboard.press("2")
    expect(page.locator("#product-name")).not_to_have_text(shown)
    return shown


def test_answers_are_taken_back_one_after_the_other_each_as_it_was(page):
    first, second = answer(page, "점퍼"), answer(page, "블라")
    saved(page, 2)

    page.keyboard.press("AltLeft+KeyU")
    expect(page.locator("#product-name")).to_have_text(second)
    page.keyboard.press("AltLeft+KeyU")

    expect(page.locator("#product-name")).to_have_text(first)
    expect(page.locator("[data-chosen]")).to_contain_text("점퍼")
    page.keyboard.press("Enter")
    expect(page.locator("#product-name")).to_have_text(second)
    expect(page.locator("[data-chosen]")).to_contain_text("블라우스")
    page.keyboard.press("Enter")
    saved(page, 2)
    assert Annotation.objects.count() == 4
    assert Annotation.objects.current().count() == 2


def test_the_last_answer_is_named_so_that_a_slip_is_noticed(page):
    shown = answer(page, "점퍼")

    expect(page.locator("[data-last]")).to_contain_text(shown)
    expect(page.locator("[data-last]")).to_contain_text("점퍼")


def test_a_skip_is_taken_back_before_the_answer_that_came_before_it(page):
    answer(page)
    saved(page, 1)
    skipped = skip(page)

    page.keyboard.press("AltLeft+KeyU")

    expect(page.locator("#product-name")).to_have_text(skipped)
    assert not Skip.objects.exists()
    assert Annotation.objects.current().count() == 1


def test_a_skip_stands_when_somebody_else_has_the_product(page, round):
    skipped = skip(page)
    expect(page.locator("[data-saved]")).to_have_text("All saved")
    lost = Assignment.objects.get(sample__name=skipped)
    Assignment.objects.filter(pk=lost.pk).update(
        annotator=UserFactory(), lease_expires_at=timezone.now() + claims.LEASE
    )

    page.keyboard.press("AltLeft+KeyU")

    expect(page.locator("[data-notice]")).to_contain_text("Somebody else has the skipped product")
    assert Skip.objects.count() == 1
