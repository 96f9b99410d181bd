"""What the category finder finds, asked of its own modules in Chromium."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import finder_page

QUERIES = Path(__file__).parent / "finder_queries.csv"
ENOUGH = 0.90  # of the queries find what was meant among the first five
LOAD = """async ({tree, level}) => {
  window.search = await import("/static/labelling/search.js");
  window.tree = search.prepare(tree, level);
}"""
FIND = "([query, most]) => search.search(tree, query, most).map((node) => node.path.join('>'))"

PATHS = [
    "가전>TV>USB 메모리",
    "가전>여성용 제모기",
    "식품>육류>돼지고기",
    "출산/육아>유아동의류>재킷",
    "출산/육아>유아동의류>점퍼",
    "패션의류>남성의류>바지",
    "패션의류>여성의류>레더재킷",
    "패션의류>여성의류>바지",
    "패션의류>여성의류>블라우스/셔츠",
    "패션의류>여성의류>아우터>재킷",
    "패션잡화>Bag",
]
SYNONYMS = {
    "패션의류>여성의류>아우터>재킷": ["자켓"],
    "패션의류>여성의류>블라우스/셔츠": ["남방"],
}
BLOUSE = "패션의류>여성의류>블라우스/셔츠"


def opened(browser: Browser, tree: dict[str, Any], level: Any = None) -> Iterator[Page]:
    with finder_page.served(tree) as url:
        page = browser.new_page()
        page.goto(url)
        page.evaluate(LOAD, {"tree": tree, "level": level})
        yield page
        page.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    yield from opened(browser, finder_page.tree_of(PATHS, SYNONYMS))


@pytest.fixture(scope="module")
def find(page: Page) -> Callable[[str], list[str]]:
    return lambda query: page.evaluate(FIND, [query, 30])


@pytest.mark.parametrize(
    "query",
    [
        "블라우스",
        "ㅂ",
        "블",
        "블라",
        "블랑",  # the next syllable has only begun
        "블라우",
        "블라웃",
        "셔츠",  # a later word of the name
        "ㅂㄹㅇㅅ",  # initials
        "ㅂㄹㅇㅅㅅㅊ",  # of the whole name
        "qmffkdntm",  # Hangul on the Latin keyboard
        "QMFFKDNTM",  # with caps lock
        "qfdt",  # initials on the Latin keyboard
        "블라우수",  # a letter changed
        "블라으스",
        "블라우우스",  # one too many
        "블라우ㅡ",  # one too few
        "블라스우",  # the name's start, then others
        "셔츠 여성",  # words in any order
        "여성의류>블라우스",
        "여성블라우스",  # two words written as one
        "남방",  # a synonym
        "ㄴㅂ",  # its initials
        "블라우스셔츠",  # without the sign between
        "50000014",  # its id
    ],
)
def test_the_blouse_is_found_however_it_is_typed(page, query):
    if query == "50000014":
        query = page.evaluate(
            "path => tree.nodes.find(n => n.path.join('>') === path).code", BLOUSE
        )

    assert BLOUSE in page.evaluate(FIND, [query, 5])


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("재킷", "출산/육아>유아동의류>재킷"),  # a whole name before a part of one
        ("여성 재킷", "패션의류>여성의류>아우터>재킷"),
        ("자켓", "패션의류>여성의류>아우터>재킷"),
        ("ㅈㅋ", "출산/육아>유아동의류>재킷"),  # initials of a whole leaf name
        ("ㅠㅁㅎ", "패션잡화>Bag"),  # Latin typed on the Hangul keyboard
        ("bag", "패션잡화>Bag"),
        ("tv", "가전>TV>USB 메모리"),  # a word of an ancestor
        ("usb메모리", "가전>TV>USB 메모리"),
        ("ㄷㅈㄱㄱ", "식품>육류>돼지고기"),
        ("린넨바지", "패션의류>남성의류>바지"),  # only the end is known, and it says what it is
    ],
)
def test_the_best_fit_comes_first(find, query, best):
    assert find(query)[0] == best


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ㄳ", "고속버스"),
        ("ㄵ", "남자코트"),
        ("ㄶ", "남한지도"),
        ("ㄺ", "라고나"),
        ("ㅄ", "반소매"),
        ("ㅂㄱㄳ", "바구고속"),
    ],
)
def test_consonants_that_the_input_method_fused_are_two(browser, query, name):
    for page in opened(browser, finder_page.tree_of([name, "모자"])):
        assert page.evaluate(FIND, [query, 5]) == [name]


@pytest.mark.parametrize("query", ["", "  ", "없는말", "zzzz", "ㅋㅋㅋㅋ"])
def test_what_nothing_fits_finds_nothing(find, query):
    assert find(query) == []


@pytest.mark.parametrize("query", ["가방", "르라우", "카지"])
def test_a_short_word_has_no_typo_and_a_word_starts_with_a_syllable(find, query):
    assert find(query) == []


def test_a_word_that_no_path_has_is_left_out_and_named(page):
    found = page.evaluate(FIND, ["바지 린넨스판", 5])
    left = page.evaluate(
        "() => search.missing(tree, '바지 린넨스판', search.search(tree, '바지 린넨스판')[0])"
    )

    assert found[:2] == ["패션의류>남성의류>바지", "패션의류>여성의류>바지"]
    assert left == ["린넨스판"]


def test_namesakes_tell_the_level_in_which_they_part(page):
    parts = page.evaluate(
        "() => search.partings(search.search(tree, '바지')).filter((level) => level !== null)"
    )

    assert parts == [1, 1]


@pytest.mark.parametrize(
    ("level", "answers"),
    [
        (None, ["옷>아우터>재킷", "옷>치마"]),
        (2, ["옷>아우터", "옷>치마"]),
        ("any", ["옷", "옷>아우터", "옷>아우터>재킷", "옷>치마"]),
    ],
)
def test_only_categories_of_the_answer_level_are_found(browser, level, answers):
    tree = finder_page.tree_of(["옷>아우터>재킷", "옷>치마"])

    for page in opened(browser, tree, level):
        assert sorted(page.evaluate(FIND, ["옷", 9])) == answers


def queries() -> list[dict[str, str]]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nine_of_ten_real_queries_find_what_was_meant_among_the_first_five(browser, real_data):
    wanted = queries()
    for page in opened(browser, finder_page.real_tree(real_data)):
        missed = [
            row["query"]
            for row in wanted
            if row["category_path"] not in page.evaluate(FIND, [row["query"], 5])
        ]

    assert len(wanted) >= 200
    assert 1 - len(missed) / len(wanted) >= ENOUGH, missed


@pytest.mark.parametrize("query", ["자켓", "후라이팬", "암막", "쇼퍼백"])
def test_the_words_that_the_real_tree_lacks_find_something(browser, real_data, query):
    for page in opened(browser, finder_page.real_tree(real_data)):
        assert page.evaluate(FIND, [query, 5])


def test_a_long_path_shortens_in_the_middle_and_keeps_its_leaf_and_its_parting(page):
    shown = """async ([path, parting]) => {
      const { pathElement } = await import("/static/labelling/paths.js");
      return pathElement(path, { parting }).textContent;
    }"""
    path = [
        "아주 긴 이름의 대분류 하나",
        "중분류 하나 더",
        "가운데 소분류",
        "또 다른 소분류",
        "세세분류",
        "끝 이름",
    ]

    assert page.evaluate(shown, [path, None]) == "아주 긴 이름의 대분류 하나›…›세세분류›끝 이름"
    assert (
        page.evaluate(shown, [path, 2])
        == "아주 긴 이름의 대분류 하나›…›가운데 소분류›…›세세분류›끝 이름"
    )
