"""A day at the labelling page: by keys alone, by thumb, blind and assisted, seen by everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from labelhub.catalog.models import Category, Image, Sample, SampleImage
from labelhub.labelling.models import Annotation, Assignment, Flag, Round, Skip
from tests.journeys.label_pages import annotator, answer, make_round, name, open_label, saved

pytestmark = pytest.mark.django_db(transaction=True)

DIALOGS = {
    "s": "#skip-dialog",
    "f": "#flag-dialog",
    "c": "#comment-dialog",
    "g": "#guideline",
    "l": "#filter-dialog",
    "i": "#pace",
    "Shift+Slash": "#keys-dialog",
}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TARGET = 44  # pixels; what a thumb hits


@pytest.fixture
def anna(transactional_db):
    return annotator("anna")


@pytest.fixture
def round(transactional_db) -> Round:
    return make_round(12)


@pytest.fixture
def context(window, anna) -> BrowserContext:
    return window(anna)


@pytest.fixture
def page(context, round) -> Page:
    return open_label(context, round)


@pytest.fixture
def assisted(transactional_db) -> Round:
    round = make_round(12, is_blind=False)
    proposed = Category.objects.filter(is_leaf=True).order_by("path")[:3]
    shares = [0.7, 0.2, 0.05]
    suggestions = [[each.pk, share] for each, share in zip(proposed, shares, strict=True)]
    Assignment.objects.update(suggestions=suggestions)
    return round


def command(page: Page, key: str) -> None:
    """Leave the text field and press a key."""
    page.keyboard.press("Escape")
    page.keyboard.press(key)


def test_two_hundred_products_are_labelled_by_keys_alone(window, anna):
    page = open_label(window(anna), make_round(200))

    names = [answer(page, word) for word in ["점퍼", "블라", "ㅂㄹㅇㅅ", "bag"] * 50]

    saved(page, 200)
    expect(page.locator("[data-empty-reason]")).to_be_visible()
    assert len(set(names)) == 200
    assert Annotation.objects.values("sample").distinct().count() == 200


def test_digits_choose_suggestions_in_an_assisted_round(context, assisted):
    page = open_label(context, assisted)
    expect(page.locator(".suggestion").first).to_contain_text("70%")

    for _ in range(2):
        command(page, "2")
        expect(page.locator("[data-chosen]")).to_contain_text("점퍼")
        page.keyboard.press("Enter")

    saved(page, 2)
    stored = Annotation.objects.first()
    assert stored.is_assisted
    assert [share for _category, share in stored.suggestions] == [0.7, 0.2, 0.05]


def test_an_assisted_page_says_how_often_suggestions_are_taken(context, assisted):
    page = open_label(context, assisted)
    command(page, "1")
    page.keyboard.press("Enter")
    saved(page, 1)

    page.reload()

    expect(page.locator(".accepted").first).to_have_text("taken 100%")


def test_a_blind_page_has_nothing_of_a_model(page):
    assert page.locator(".suggestion").count() == 0
    assert "suggest" not in page.locator("main").inner_text().lower()


def test_a_digit_skips_with_that_reason(page):
    first = name(page)

    command(page, "s")
    page.keyboard.press("2")

    expect(page.locator("#product-name")).not_to_have_text(first)
    expect(page.locator("[data-saved]")).to_have_text("All saved")
    assert Skip.objects.get().reason == "image"


def test_a_skip_may_have_a_reason_of_ones_own(page):
    first = name(page)
    command(page, "s")
    page.get_by_label("Or in your own words").fill("two products in one")
    page.keyboard.press("Enter")

    expect(page.locator("#product-name")).not_to_have_text(first)
    expect(page.locator("[data-saved]")).to_have_text("All saved")
    assert Skip.objects.get().reason == "two products in one"


def test_a_flag_leaves_the_product_on_screen(page):
    first = name(page)

    command(page, "f")
    page.keyboard.press("4")

    expect(page.locator("[data-notice]")).to_contain_text("Flagged")
    expect(page.locator("[data-saved]")).to_have_text("All saved")
    assert name(page) == first
    assert Flag.objects.get().kind == Flag.Kind.SEVERAL_PRODUCTS


def test_a_comment_goes_with_the_answer(page):
    command(page, "c")
    page.keyboard.type("the image shows two")
    page.keyboard.press("Enter")
    page.keyboard.press("m")

    saved(page, 1)
    assert Annotation.objects.get().comment == "the image shows two"


def test_a_key_is_changed_and_the_old_one_does_nothing(page, round):
    command(page, "Shift+Slash")
    page.get_by_role("button", name="Change the key: skip").click()
    page.keyboard.press("m")  # taken already
    expect(page.locator("[data-key-notice]")).to_contain_text("cannot be decided")
    page.keyboard.press("x")
    expect(page.locator("[data-key-notice]")).to_have_text("")
    page.reload()
    expect(page.locator("[data-finder][data-ready]")).to_be_visible()

    command(page, "s")
    expect(page.locator("#skip-dialog")).to_be_hidden()
    command(page, "x")
    expect(page.locator("#skip-dialog")).to_be_visible()


def test_letters_can_be_switched_off(page):
    command(page, "Shift+Slash")
    page.get_by_label("Letters act without Alt").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("s")

    expect(page.locator("#skip-dialog")).to_be_hidden()


def test_choosing_may_save_at_once(page):
    command(page, "Shift+Slash")
    page.get_by_label("Choosing a category saves it at once").check()
    page.keyboard.press("Escape")
    page.keyboard.press("Slash")
    page.keyboard.type("점퍼")

    page.keyboard.press("Enter")

    saved(page, 1)


def test_a_category_chosen_before_is_chosen_with_one_key(page):
    answer(page)
    saved(page, 1)

    page.keyboard.press("AltLeft+Digit1")
    page.keyboard.press("Enter")

    saved(page, 2)


def test_words_of_the_name_are_searched_one_after_the_other(page):
    command(page, "w")
    assert page.get_by_role("combobox").input_value() == "상품"

    page.keyboard.press("AltLeft+KeyW")

    assert page.get_by_role("combobox").input_value() == name(page).split()[1]


def test_a_selected_word_is_offered_to_the_finder(page):
    page.locator("#product-name").dblclick(position={"x": 10, "y": 15})

    page.get_by_role("button", name="Find this word").click()

    assert page.get_by_role("combobox").input_value() == "상품"


def test_only_products_that_fit_the_filter_come(context, round):
    page = open_label(context, round, "?words=1")

    names = {answer(page) for _ in range(3)}

    expect(page.locator("[data-empty-reason]")).to_be_visible()
    assert names == {"상품 1", "상품 10", "상품 11"}


def test_a_picture_that_does_not_come_can_be_asked_for_again(context, round):
    lost = Image.objects.create(sha256="0" * 64, format="JPEG", width=9, height=9, size=9)
    for sample in Sample.objects.all():
        SampleImage.objects.create(sample=sample, position=0, name="lost.jpg", image=lost)
    page = open_label(context, round)

    expect(page.get_by_text("The image cannot be shown.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_ones_own_numbers_are_shown_on_demand(page):
    answer(page)
    saved(page, 1)

    command(page, "i")

    expect(page.locator("[data-pace] dd").first).to_have_text("1")


def test_a_phone_labels_by_thumb(window, anna, round):
    page = open_label(window(anna, **PHONE), round)
    assert page.evaluate("document.activeElement === document.body")
    shown = page.locator("main button:visible, .keys a:visible, .keys button:visible").all()
    sizes = [button.bounding_box() for button in shown]
    assert not [box for box in sizes if box["height"] < TARGET or box["width"] < TARGET]

    page.get_by_role("combobox").tap()
    page.keyboard.type("점퍼")
    page.get_by_role("option").first.tap()
    page.get_by_role("button", name="Save and next").tap()

    saved(page, 1)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_page_and_its_dialogs_can_be_used_by_everybody(window, anna, assisted, look, size):
    viewport = {"width": size[0], "height": size[1]}
    page = open_label(window(anna, color_scheme=look, viewport=viewport), assisted)
    answer(page)
    page.keyboard.type("재킷")
    page.keyboard.press("Enter")
    assert not Axe().run(page).violations_count

    for key, dialog in DIALOGS.items():
        command(page, key)
        expect(page.locator(dialog)).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, f"{dialog}: {found.generate_report()}"
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()
