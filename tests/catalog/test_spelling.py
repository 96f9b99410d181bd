from __future__ import annotations

import pytest

from labelhub.catalog.services.spelling import Rule, normalised, respelt, starting


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("재킷", ["자켓"]),
        ("레더재킷", ["레더자켓"]),  # inside a longer word
        ("스커트", ["치마"]),
        ("블라우스/스커트", ["블라우스/치마"]),  # a word of its own
        ("스커트핏", []),
        ("재킷 스커트", ["자켓 스커트", "재킷 치마"]),  # one change at a time
        ("모자", []),
    ],
)
def test_a_name_is_respelt_by_every_rule_that_fits(name, spellings):
    rules = [Rule("자켓", "재킷", True), Rule("치마", "스커트", False)]

    assert respelt(name, rules) == spellings


def test_words_are_compared_composed_in_lower_case_and_with_single_blanks():
    decomposed = "\u110c\u1161\u110f\u1166\u11ba"  # 자켓 as its letters

    assert normalised(f"  {decomposed}   USB ") == "자켓 usb"


def test_the_starting_list_holds_each_rule_once_and_no_word_for_itself():
    rules = starting()

    assert len({(rule.word, rule.stands_for) for rule in rules}) == len(rules) > 200
    assert not [rule for rule in rules if rule.word == rule.stands_for]


@pytest.mark.parametrize(
    ("word", "name"),
    [("자켓", "재킷"), ("후라이팬", "프라이팬"), ("쥬스", "주스"), ("악세사리", "액세서리")],
)
def test_the_starting_list_knows_the_common_spellings(word, name):
    assert word in respelt(name, starting())
