"""The review page under real keys, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from labelhub.labelling.models import Judgement
from tests.factories import (
    CategoryFactory,
    ConsensusFactory,
    ModelVersionFactory,
    PredictionFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(transactional_db, window) -> Page:
    CategoryFactory(path="잡화>백팩")
    version = ModelVersionFactory()
    for number in range(3):
        sample = SampleFactory(name=f"가방 {number}")
        ConsensusFactory(sample=sample, category=CategoryFactory(path="여성>가방"))
        PredictionFactory(
            sample=sample, category=CategoryFactory(path="남성>가방"), version=version
        )
    page = window(UserFactory(role="curator")).new_page()
    page.goto("/review/")
    expect(page.locator("[data-finder][data-ready]")).to_be_attached()
    return page


def verdicts() -> dict[str, bool]:
    current = Judgement.objects.current().select_related("category")
    return {judgement.category.path: judgement.is_acceptable for judgement in current}


def choices(page: Page) -> list[str]:
    texts = page.locator(".choice .path").all_inner_texts()
    return [text.replace("\n", "").replace("›", ">").replace(" ", "") for text in texts]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("1", (True, False)),
        ("ArrowLeft", (True, False)),
        ("2", (False, True)),
        ("ArrowRight", (False, True)),
        ("3", (True, True)),
    ],
)
def test_one_key_gives_the_verdict(page, key, said):
    shown = choices(page)

    page.keyboard.press(key)

    expect(page.locator(".last")).to_be_visible()
    assert verdicts() == dict(zip(shown, said, strict=True))


def test_after_neither_the_right_category_is_found_by_typing(page):
    page.keyboard.press("0")
    page.keyboard.type("백팩")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen]")).to_contain_text("백팩")
    page.keyboard.press("Enter")

    expect(page.locator(".last")).to_be_visible()
    assert verdicts() == {"여성>가방": False, "남성>가방": False, "잡화>백팩": True}


def test_neither_without_a_right_category_takes_another_press(page):
    page.keyboard.press("0")
    page.keyboard.press("Escape")
    page.keyboard.press("0")

    expect(page.locator(".last")).to_be_visible()
    assert verdicts() == {"여성>가방": False, "남성>가방": False}


def test_the_last_verdict_is_taken_back_with_a_key(page):
    first = page.locator("#product-name").inner_text()
    page.keyboard.press("3")
    expect(page.locator(".last")).to_be_visible()
    page.wait_for_load_state("load")  # the keys are there by then

    page.keyboard.press("u")

    expect(page.locator("#product-name")).to_have_text(first)
    assert verdicts() == {}


def test_a_product_is_put_off(page):
    first = page.locator("#product-name").inner_text()

    page.keyboard.press(".")

    expect(page.locator("#product-name")).not_to_have_text(first)
    assert verdicts() == {}
