from dataclasses import replace

import pytest

from mlcore.corpus.rules_file import read_rules, written
from mlcore.exclusion import Action, ExclusionRule
from mlcore.progress import BadInput


@pytest.fixture
def rules_file(tmp_path):
    """Return a function that writes lines and gives the file."""

    def write(*lines: str, encoding: str = "utf-8"):
        path = tmp_path / "rules.csv"
        path.write_bytes("\n".join([*lines, ""]).encode(encoding))
        return path

    return write


def test_a_rule_is_read_with_all_that_it_can_say(rules_file):
    path = rules_file(
        "keyword,categories,action,unless,in_mall_category,is_substring,reason,list_version",
        '여성,출산/육아 > 의류|패션의류,strip,"남녀, 공용",true,no,misread,3',
    )

    assert read_rules(path) == (
        ExclusionRule(
            id="rules.csv:2",
            keyword="여성",
            categories=frozenset({"출산/육아>의류", "패션의류"}),
            action=Action.STRIP,
            unless=("남녀", "공용"),
            in_mall_category=True,
            reason="misread",
        ),
    )


def test_keyword_and_category_are_enough(rules_file):
    [rule] = read_rules(rules_file("category_path,keyword", "a>b,coat", encoding="utf-8-sig"))

    assert (rule.keyword, rule.categories, rule.action) == ("coat", {"a>b"}, Action.DROP)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("coat,a,delete,", "line 3: The action must be drop or strip, not 'delete'"),
        (" ,a,drop,", "line 3: A keyword or unless word must not be blank"),
        ("coat,,drop,", "line 3: The rule for 'coat' names no category"),
        ("coat,a,drop,perhaps", "line 3: The column is_substring holds true or false"),
        ("coat,a,strip,yes", "line 3: Only whole tokens can be stripped"),
        ("coat,a>>b,drop,", "line 3: "),
    ],
)
def test_a_line_that_makes_no_rule_is_named_with_the_reason(rules_file, line, reason):
    path = rules_file("keyword,categories,action,is_substring", "hat,a,drop,no", line)

    with pytest.raises(BadInput, match=reason):
        read_rules(path)


def test_a_file_without_keywords_is_refused(rules_file):
    with pytest.raises(BadInput, match="no column keyword"):
        read_rules(rules_file("word,categories", "coat,a"))


def test_a_file_without_categories_is_refused(rules_file):
    with pytest.raises(BadInput, match="no column categories"):
        read_rules(rules_file("keyword,group", "coat,kids"))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match="not a readable CSV"):
        read_rules(tmp_path / "absent.csv")


def test_a_file_in_another_encoding_is_refused(rules_file):
    with pytest.raises(BadInput, match="UTF-8"):
        read_rules(rules_file("keyword,categories", "여성,a", encoding="cp949"))


def test_what_is_written_is_read_back(tmp_path):
    rules = (
        ExclusionRule(keyword="여성", categories=frozenset({"a>b", "c"}), unless=("남녀", "공용")),
        ExclusionRule(keyword="무료 배송", categories=frozenset({"a"}), action=Action.STRIP),
        ExclusionRule(
            keyword="-5kg",
            categories=frozenset({"a|b>c,d", "e\\f"}),
            unless=("1,000",),
            in_mall_category=True,
            is_substring=True,
            reason='"said", they\nsay',
        ),
    )
    path = tmp_path / "rules.csv"
    path.write_bytes("".join(written(rules)).encode())

    read = read_rules(path)

    assert [replace(rule, id="") for rule in read] == list(rules)
