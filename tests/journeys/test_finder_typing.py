"""The finder under keyboards and input methods: nothing is lost, one Enter does one thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import finder_page

JACKET = "패션의류>여성의류>재킷"
BLOUSE = "패션의류>여성의류>블라우스/셔츠"
BLIND = "가구/인테리어>커튼/블라인드>블라인드"
PATHS = [
    "출산/육아>유아동의류>재킷",
    "출산/육아>유아동의류>점퍼",
    BLIND,
    BLOUSE,
    JACKET,
    "패션잡화>여성가방>숄더백",
]
# Replays what a keyboard sends: [kind, what it says]; "value" sets the text before an input event.
REPLAY = """(field, steps) => {
  const kinds = {
    keydown: KeyboardEvent, keyup: KeyboardEvent, input: InputEvent, beforeinput: InputEvent,
    compositionstart: CompositionEvent, compositionend: CompositionEvent,
  };
  return steps.map(([name, {value, ...more}]) => {
    if (value !== undefined) field.value = value;
    return field.dispatchEvent(new kinds[name](name, {bubbles: true, cancelable: true, ...more}));
  });
}"""
ENTER = {"key": "Enter", "code": "Enter", "keyCode": 13}
TAKEN = {"key": "Enter", "code": "Enter", "keyCode": 229}
UP = ["keyup", ENTER]
COMMIT = ["compositionend", {"data": "스"}]


SWALLOWED = ["keydown", {**TAKEN, "isComposing": True}]
PROCESSED = ["keydown", {**TAKEN, "key": "Process", "isComposing": True}]
PLAIN = ["keydown", ENTER]


def written(value: str) -> list[object]:
    return ["input", {"value": value, "isComposing": True}]


def composed(value: str) -> list[list[object]]:
    return [["compositionstart", {}], written(value)]


# One press of Enter while 블라우스 is being composed, as browsers and keyboards send it.
ONE_ENTER = {
    "Chrome, macOS": [*composed("블라우스"), SWALLOWED, COMMIT, PLAIN, UP],
    "Chrome, Windows": [*composed("블라우스"), PROCESSED, COMMIT, PLAIN, UP],
    "Chrome, Windows, swallowed": [*composed("블라우스"), PROCESSED, COMMIT, UP],
    "Chrome, the last letter only at the end": [
        *composed("블라우"), SWALLOWED, written("블라우스"), COMMIT, PLAIN, UP,
    ],
    "Safari": [
        *composed("블라우스"), ["input", {"value": "블라우"}],
        ["input", {"value": "블라우스"}], COMMIT, ["keydown", TAKEN], UP,
    ],
    "Firefox": [
        *composed("블라우스"), SWALLOWED, COMMIT,
        ["input", {"value": "블라우스"}], UP,
    ],
    "Gboard": [*composed("블라우스"), COMMIT, PLAIN, UP],
    "a keyboard of Android that names no key": [
        ["keydown", {"key": "Unidentified", "keyCode": 229}], *composed("블라우스"),
        ["keydown", {"key": "Unidentified", "keyCode": 229}],
        ["beforeinput", {"inputType": "insertLineBreak", "isComposing": True}], COMMIT,
        ["keyup", {"key": "Unidentified", "keyCode": 229}],
    ],
    "iOS, which composes nothing": [
        ["input", {"value": "블라우ㅅ", "inputType": "insertText"}],
        ["input", {"value": "블라우스", "inputType": "insertText"}], PLAIN, UP,
    ],
}  # fmt: skip


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with finder_page.served(finder_page.tree_of(PATHS)) as url:
        page = browser.new_page()
        page.goto(url)
        page.evaluate(finder_page.START)
        page.get_by_role("combobox").focus()
        yield page
        page.close()


def told(page: Page) -> list[str]:
    return page.evaluate("told")


def replay(page: Page, steps: list[list[object]]) -> list[bool]:
    return page.get_by_role("combobox").evaluate(REPLAY, steps)


@pytest.mark.parametrize("keyboard", ONE_ENTER)
def test_one_enter_commits_the_syllable_and_chooses_and_never_submits(page, keyboard):
    replay(page, ONE_ENTER[keyboard])

    assert told(page) == [BLOUSE]


@pytest.mark.parametrize("keyboard", ONE_ENTER)
def test_the_next_press_submits(page, keyboard):
    replay(page, ONE_ENTER[keyboard])

    replay(page, [PLAIN, UP])

    assert told(page) == [BLOUSE, "submit"]


def test_two_presses_of_a_screen_keyboard_without_keys_are_two(page):
    line_break = ["beforeinput", {"inputType": "insertLineBreak"}]

    replay(page, [["input", {"value": "블라우스"}], line_break, line_break])

    assert told(page) == [BLOUSE, "submit"]


def test_a_key_held_down_acts_once(page):
    held = ["keydown", {**ENTER, "repeat": True}]

    replay(page, [["input", {"value": "블라우스"}], PLAIN, held, held, UP])

    assert told(page) == [BLOUSE]


def test_an_enter_outside_a_composition_never_reaches_the_form_around(page):
    reached = replay(page, [["input", {"value": "블라우스"}], PLAIN, PLAIN])

    assert reached == [True, False, False]


def test_the_input_method_keeps_the_enter_that_it_needs(page):
    reached = replay(page, [*composed("블"), SWALLOWED])

    assert reached[-1]


def test_a_composition_that_ends_later_for_another_reason_chooses_nothing(page):
    replay(page, [
        *composed("블라우스"), SWALLOWED, UP,
        ["keydown", {"key": "ArrowLeft", "keyCode": 229, "isComposing": True}], COMMIT,
    ])  # fmt: skip

    assert told(page) == []


def test_a_composition_that_only_ends_keeps_what_was_chosen_with_the_mouse(page):
    replay(page, composed("블라우스"))
    page.get_by_role("option").first.click()

    replay(page, [COMMIT, ["input", {"value": "블라우스"}]])

    assert page.evaluate("finder.chosen.path.join('>')") == BLOUSE


def test_without_a_result_enter_does_nothing(page):
    replay(page, [["input", {"value": "없는말"}], PLAIN, UP])

    assert told(page) == []


@pytest.mark.parametrize(
    ("state", "first"),
    [("ㅂ", BLIND), ("브", BLIND), ("블", BLIND), ("블ㄹ", BLIND), ("블라", BLIND),
     ("블랑", BLIND), ("블라우", BLOUSE), ("블라웃", BLOUSE), ("블라우스", BLOUSE)],
)  # fmt: skip
def test_every_state_of_a_real_composition_is_searched(page, state, first):
    keyboard = page.context.new_cdp_session(page)

    keyboard.send(
        "Input.imeSetComposition", {"text": state, "selectionStart": 1, "selectionEnd": 1}
    )

    field = page.get_by_role("combobox")
    expect(field).to_have_value(state)
    found = page.evaluate("finder.found.map((node) => node.path.join('>'))")
    assert (found[0] if found else None) == first


def test_a_whole_word_composed_in_chromium_is_chosen_by_one_enter(page):
    keyboard = page.context.new_cdp_session(page)
    for state in ["ㅂ", "브", "블"]:
        keyboard.send(
            "Input.imeSetComposition", {"text": state, "selectionStart": 1, "selectionEnd": 1}
        )
    keyboard.send("Input.insertText", {"text": "블"})
    for state in ["ㄹ", "라", "랑", "라"]:
        keyboard.send(
            "Input.imeSetComposition", {"text": state, "selectionStart": 1, "selectionEnd": 1}
        )
    keyboard.send("Input.insertText", {"text": "라"})
    keyboard.send("Input.imeSetComposition", {"text": "우", "selectionStart": 1, "selectionEnd": 1})
    keyboard.send(
        "Input.dispatchKeyEvent",
        {"type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    keyboard.send("Input.insertText", {"text": "우"})
    page.keyboard.press("Enter")

    assert page.get_by_role("combobox").input_value() == "블라우"
    assert told(page) == [BLOUSE]


def test_arrows_move_the_highlight_and_wrap(page):
    page.keyboard.type("wozlt")  # 재킷, typed with the Latin keyboard
    options = page.get_by_role("option")
    expect(options).to_have_count(2)

    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")

    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(options.nth(1)).to_have_attribute("aria-selected", "false")


def test_the_field_says_what_a_screen_reader_needs(page):
    field = page.get_by_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")

    page.keyboard.type("wozlt")

    expect(field).to_have_attribute("aria-expanded", "true")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    expect(field).to_have_attribute(
        "aria-controls", page.get_by_role("listbox").get_attribute("id")
    )
    expect(page.get_by_role("status")).to_have_text(
        "2 categories found. 1: 출산/육아 › 유아동의류 › 재킷"
    )
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("status")).to_have_text(
        "2 categories found. 2: 패션의류 › 여성의류 › 재킷"
    )


def test_what_is_not_found_is_said(page):
    replay(page, [["input", {"value": "없는말"}]])

    expect(page.locator("[data-hint]")).to_have_text("No category has these words in its path.")
    expect(page.get_by_role("status")).to_have_text("No category has these words in its path.")


@pytest.mark.parametrize(
    ("searched", "missed"),
    [
        (["쇼퍼백", "숄더백"], "쇼퍼백"),  # nothing was found, then another word
        (["쇼", "쇼퍼", "쇼퍼백", "쇼퍼", "", "숄", "숄더백"], "쇼퍼백"),  # as it is typed
        (["여성 쇼퍼백", "여성 숄더백"], "쇼퍼백"),  # only the word that did not lead there
        (["여성", "여성 숄더"], ""),  # one search, refined
        (["숄", "숄더백"], ""),
        (["블라우스", "숄더백"], "블라우스"),  # the wanted one was not in the list
        (["ㅅㅍ", "숄더백"], ""),  # no word yet
    ],
)
def test_the_word_that_was_searched_in_vain_is_remembered_with_the_choice(page, searched, missed):
    replay(page, [["input", {"value": value}] for value in searched])

    replay(page, [PLAIN, UP])

    assert page.evaluate("finder.missed") == missed


def test_the_next_product_starts_without_the_words_of_the_last(page):
    replay(page, [["input", {"value": "쇼퍼백"}]])
    page.evaluate("finder.reset()")

    replay(page, [["input", {"value": "숄더백"}], PLAIN, UP])

    assert page.evaluate("finder.missed") == ""
