"""The labelling page and its finder under real keys, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Annotation, Round, Skip
from labelhub.labelling.services import rounds
from tests.factories import NOW, CategoryFactory, SampleFactory, UserFactory
from tests.journeys.label_pages import open_label

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = [
    "출산/육아>유아동의류>재킷",
    "출산/육아>유아동의류>점퍼",
    "패션의류>남성의류>재킷",
    "패션의류>여성의류>블라우스/셔츠",
    "패션의류>여성의류>재킷",
    "패션잡화>Bag",
]
# What an input method does: Chromium marks the keys it swallows with code 229.
COMPOSING_ENTER = """field => {
  const tell = (Kind, name, more) => field.dispatchEvent(new Kind(name, {bubbles: true, ...more}));
  const enter = {key: "Enter", code: "Enter"};
  tell(CompositionEvent, "compositionstart");
  field.value = "블라우스";
  tell(InputEvent, "input", {isComposing: true});
  tell(KeyboardEvent, "keydown", {...enter, keyCode: 229, isComposing: true});
  tell(CompositionEvent, "compositionend");
  tell(KeyboardEvent, "keydown", {...enter, keyCode: 13});
}"""


@pytest.fixture
def round(transactional_db) -> Round:
    for number, path in enumerate(PATHS):
        CategoryFactory(path=path, code=str(50000418 + number))
    for number in range(8):
        SampleFactory(product_id=f"p{number}", name=f"상품 {number}")
    return rounds.create(
        name="keys", samples=Sample.objects.all(), terms=rounds.Terms(), seed=1, by=None, now=NOW
    )


@pytest.fixture
def page(round: Round, window) -> Page:
    return open_label(window(UserFactory(username="anna")), round)


def found(page: Page, words: str) -> list[str]:
    field = page.get_by_role("combobox")
    field.fill(words)
    texts = page.get_by_role("option").locator(".path").all_inner_texts()
    return [text.replace("\n", "") for text in texts]


def name(page: Page) -> str:
    return page.locator("#product-name").inner_text()


def saved(page: Page, number: int) -> None:
    """Wait until the server has that many answers and the page knows."""
    expect(page.locator("[data-progress]")).to_have_text(f"{number} / 8")
    expect(page.locator("[data-saved]")).to_have_text("All saved")


@pytest.mark.parametrize(
    ("words", "leaf"),
    [
        ("유아 재킷", "재킷"),
        ("재킷 유아", "재킷"),
        ("블라", "블라우스/셔츠"),
        ("블랑", "블라우스/셔츠"),  # the next syllable has only begun
        ("ㅂㄹㅇㅅ", "블라우스/셔츠"),
        ("qmffkdntm", "블라우스/셔츠"),  # Hangul typed with the Latin layout
        ("ㅠㅁㅎ", "Bag"),  # and the reverse
        ("블라우수", "블라우스/셔츠"),  # one typo
        ("50000421", "블라우스/셔츠"),
    ],
)
def test_a_category_is_found_however_it_is_typed(page, words, leaf):
    assert [path.split("›")[-1] for path in found(page, words)] == [leaf]


def test_equal_names_show_where_they_part(page):
    found(page, "재킷")

    assert page.get_by_role("option").locator("u").all_inner_texts() == [
        "출산/육아",
        "남성의류",
        "여성의류",
    ]


def test_one_enter_chooses_and_the_second_submits(page):
    first = name(page)
    page.keyboard.type("점퍼")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen]")).to_contain_text("점퍼")
    assert name(page) == first

    page.keyboard.press("Enter")

    assert name(page) != first
    saved(page, 1)
    assert Annotation.objects.get().category.name == "점퍼"


def test_arrow_keys_choose_another_result(page):
    page.keyboard.type("재킷")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    saved(page, 1)
    assert Annotation.objects.get().category == Category.objects.get(path=PATHS[2])


def test_the_enter_that_ends_a_syllable_chooses_but_never_submits(page):
    first = name(page)

    page.get_by_role("combobox").evaluate(COMPOSING_ENTER)

    expect(page.locator("[data-chosen]")).to_contain_text("블라우스/셔츠")
    assert name(page) == first


def test_a_key_held_down_acts_once(page):
    page.keyboard.type("점퍼")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")  # repeats while it is held
    page.keyboard.up("Enter")

    expect(page.locator("[data-chosen]")).to_be_visible()
    assert page.locator("[data-progress]").inner_text() == "0 / 8"


def test_letters_are_text_while_finding_and_commands_after_escape(page):
    page.keyboard.type("m")
    assert page.get_by_role("combobox").input_value() == "m"

    page.keyboard.press("Escape")
    expect(page.locator("[data-state]")).to_have_text("Command")
    page.keyboard.press("m")

    saved(page, 1)
    assert Annotation.objects.get().is_undecidable


def test_left_alt_with_a_letter_commands_while_finding(page):
    page.keyboard.press("AltLeft+KeyM")

    saved(page, 1)
    assert Annotation.objects.get().is_undecidable


def test_a_product_is_skipped_with_a_reason(page):
    first = name(page)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.get_by_label("The image is missing or wrong").check()
    page.keyboard.press("Enter")

    expect(page.locator("#product-name")).not_to_have_text(first)
    expect(page.locator("[data-saved]")).to_have_text("All saved")
    assert Skip.objects.get().reason == "image"


def test_undo_brings_the_product_back(page):
    first = name(page)
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    saved(page, 1)
    page.keyboard.press("Escape")

    page.keyboard.press("u")

    saved(page, 0)
    assert name(page) == first
    assert not Annotation.objects.current().exists()


def test_without_a_network_answers_wait_and_are_sent_once(page):
    page.context.set_offline(True)
    for _ in range(3):
        page.keyboard.type("점퍼")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("3")
    assert Annotation.objects.count() == 0

    page.context.set_offline(False)

    saved(page, 3)
    assert Annotation.objects.count() == 3


def test_answers_that_waited_survive_a_closed_tab(page, round):
    page.context.set_offline(True)
    page.keyboard.type("점퍼")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("1 waiting")
    expect(page.locator("[data-saved]")).to_have_attribute("aria-busy", "false")
    page.close()
    page.context.set_offline(False)

    again = page.context.new_page()
    again.goto(f"/label/{round.pk}/")

    saved(again, 1)
    assert Annotation.objects.count() == 1


def test_the_round_is_labelled_to_its_end(page):
    for number in range(1, 8):
        page.keyboard.type("점퍼")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        saved(page, number)
    page.keyboard.type("점퍼")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("keys")
    assert Annotation.objects.values("sample").distinct().count() == 8
