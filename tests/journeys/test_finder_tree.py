"""The tree as columns: with the keyboard, the mouse, and a thumb."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import finder_page

PATHS = [
    "가구>거실가구>소파",
    "패션의류>남성의류>바지",
    "패션의류>여성의류>아우터>재킷",
    "패션의류>여성의류>아우터>코트",
    "패션의류>여성의류>치마",
    "패션잡화>양말",
]


@pytest.fixture(params=[""])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with finder_page.served(finder_page.tree_of(PATHS), level=request.param) as url:
        page = browser.new_page()
        page.goto(url)
        page.evaluate(finder_page.START)
        page.get_by_role("combobox").focus()
        yield page
        page.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with finder_page.served(finder_page.tree_of(PATHS)) as url:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        page = context.new_page()
        page.goto(url)
        page.evaluate(finder_page.START)
        yield page
        context.close()


def opened(page: Page) -> Page:
    page.get_by_role("button", name="Tree").click()
    return page


def at(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_tree_opens_at_its_first_root_and_shows_what_is_below(page):
    opened(page)

    assert at(page) == "가구"
    columns = page.get_by_role("tree").get_by_role("group")
    assert [column.inner_text().split() for column in columns.all()] == [
        ["가구", "패션의류", "패션잡화"],
        ["거실가구"],
    ]


def test_it_opens_at_the_highlighted_result(page):
    page.get_by_role("combobox").fill("코트")

    opened(page)

    assert at(page) == "코트"
    expect(page.get_by_role("tree").get_by_role("group")).to_have_count(4)
    expect(page.get_by_role("treeitem", name="아우터")).to_have_attribute("aria-expanded", "true")


def test_arrow_keys_walk_and_enter_chooses_a_leaf(page):
    opened(page)
    press(page, "ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight", "End", "Home", "ArrowRight")
    assert at(page) == "재킷"
    press(page, "ArrowDown", "ArrowLeft")
    assert at(page) == "아우터"

    press(page, "Enter", "Enter")  # into the category, then its first leaf

    assert page.evaluate("told") == ["패션의류>여성의류>아우터>재킷"]
    expect(page.get_by_role("tree")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_be_focused()


def test_escape_returns_to_the_field_with_what_was_typed(page):
    page.get_by_role("combobox").fill("코트")
    opened(page)

    press(page, "Escape")

    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("combobox")).to_have_value("코트")
    expect(page.get_by_role("tree")).to_be_hidden()


def test_letters_go_to_a_name_and_are_no_commands(page):
    page.evaluate("document.addEventListener('keydown', (event) => told.push(event.key))")
    opened(page)

    press(page, "v", "o")  # ㅍ, ㅐ on the Hangul keyboard

    assert at(page) == "패션의류"
    assert page.evaluate("told") == []


def test_commands_with_alt_still_reach_the_page(page):
    page.evaluate("document.addEventListener('keydown', (event) => told.push(event.code))")
    opened(page)

    press(page, "Alt+KeyS")

    assert "KeyS" in page.evaluate("told")


def test_typing_in_the_field_closes_the_tree(page):
    opened(page)

    page.get_by_role("combobox").fill("코트")

    expect(page.get_by_role("tree")).to_be_hidden()
    expect(page.get_by_role("option")).to_have_count(1)


def test_items_say_their_level_and_place(page):
    page.get_by_role("combobox").fill("코트")
    opened(page)

    item = page.get_by_role("treeitem", name="코트")

    expect(item).to_have_attribute("aria-level", "4")
    expect(item).to_have_attribute("aria-posinset", "2")
    expect(item).to_have_attribute("aria-setsize", "2")
    expect(item).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("page", ["2"], indirect=True)
def test_below_the_answer_level_there_is_nothing_to_open(page):
    opened(page)
    press(page, "ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight")
    assert at(page) == "여성의류"

    press(page, "Enter")

    assert page.evaluate("told") == ["패션의류>여성의류"]


@pytest.mark.parametrize("page", ["any"], indirect=True)
def test_where_all_are_answers_a_click_opens_and_a_button_chooses(page):
    opened(page)

    page.get_by_role("treeitem", name="패션의류").click()
    page.get_by_role("button", name="Choose 패션의류").click()

    assert page.evaluate("told") == ["패션의류"]


def test_a_phone_shows_one_column_with_a_way_back(phone):
    opened(phone)
    columns = phone.get_by_role("tree").get_by_role("group")
    phone.get_by_role("treeitem", name="패션의류").tap()
    phone.get_by_role("treeitem", name="여성의류").tap()
    assert [column.inner_text().split() for column in columns.all() if column.is_visible()] == [
        ["아우터", "치마"]
    ]

    phone.get_by_role("button", name="여성의류").tap()

    assert [column.inner_text().split() for column in columns.all() if column.is_visible()] == [
        ["남성의류", "여성의류"]
    ]
    phone.get_by_role("treeitem", name="남성의류").tap()
    phone.get_by_role("treeitem", name="바지").tap()
    assert phone.evaluate("told") == ["패션의류>남성의류>바지"]


def test_on_a_phone_targets_are_large_and_the_field_does_not_zoom(phone):
    opened(phone)

    box = phone.get_by_role("treeitem", name="패션의류").bounding_box()
    size = phone.get_by_role("combobox").evaluate(
        "field => parseFloat(getComputedStyle(field).fontSize)"
    )

    assert box["height"] >= 44
    assert size >= 16


def test_results_stay_above_a_keyboard_on_the_screen(phone):
    phone.get_by_role("combobox").tap()
    phone.evaluate("""() => {
      Object.defineProperty(visualViewport, "height", {get: () => 430, configurable: true});
      visualViewport.dispatchEvent(new Event("resize"));
    }""")

    phone.get_by_role("combobox").fill("의류")

    bottom = phone.get_by_role("listbox").evaluate("list => list.getBoundingClientRect().bottom")
    assert bottom <= 430
