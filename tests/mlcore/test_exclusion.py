import pyarrow as pa
import pytest

from mlcore import exclusion
from mlcore.exclusion import Action, ExclusionRule, TokenIndex

KIDS = "출산/육아"

ROWS = [
    # name, its tokens, mall category and its tokens, given category
    ("여성 코트", ["여성", "코트"], "여성>코트", ["여성", ">", "코트"], "패션의류>코트"),
    ("여성용 아동 코트", ["여성", "용", "아동", "코트"], "", [], "출산/육아>코트"),
    ("남여성 점퍼", ["남여성", "점퍼"], "", [], "출산/육아>점퍼"),
    ("남녀 여성 티", ["남녀", "여성", "티"], "", [], "출산/육아>티"),
    ("아동 바지", ["아동", "바지"], "여성복", ["여성", "복"], "출산/육아>바지"),
    ("유 아동 모자", ["유", "아동", "모자"], "", [], "출산/육아소품"),
]


@pytest.fixture
def corpus():
    names, name_tokens, malls, mall_tokens, categories = zip(*ROWS, strict=True)
    lists = pa.list_(pa.string())
    return pa.table(
        {
            "product_name": list(names),
            "name_tokens": pa.array(name_tokens, type=lists),
            "mall_category": list(malls),
            "mall_tokens": pa.array(mall_tokens, type=lists),
            "category_path": list(categories),
        }
    )


def rule(keyword, **changes):
    return ExclusionRule(keyword=keyword, **{"categories": frozenset({KIDS}), **changes})


def rows_hit(corpus, *args, **changes):
    return exclusion.find(rule(*args, **changes), TokenIndex(corpus)).tolist()


def test_a_keyword_hits_whole_tokens_in_the_subtree_only(corpus):
    assert rows_hit(corpus, "여성") == [1, 3]


def test_a_subtree_is_not_every_path_that_begins_with_its_letters(corpus):
    assert rows_hit(corpus, "모자") == []


def test_a_keyword_may_be_a_run_of_tokens(corpus):
    everywhere = frozenset({KIDS, "출산/육아소품"})

    assert rows_hit(corpus, "여성용") == [1]
    assert rows_hit(corpus, "유아동", categories=everywhere) == [5]
    assert rows_hit(corpus, "아동 코트") == [1]


def test_a_run_does_not_cross_from_one_row_into_the_next(corpus):
    # Row 1 ends in 코트, row 2 begins with 남여성.
    assert rows_hit(corpus, "코트남여성") == []


def test_case_and_unicode_form_do_not_matter():
    table = pa.table(
        {
            "product_name": ["Nike 한"],
            "name_tokens": [["nike", "한"]],
            "mall_category": [""],
            "mall_tokens": pa.array([[]], type=pa.list_(pa.string())),
            "category_path": [KIDS],
        }
    )

    assert rows_hit(table, "NIKE") == [0]
    assert rows_hit(table, "\u1112\u1161\u11ab") == [0]


def test_parts_of_words_are_hit_only_on_request(corpus):
    assert rows_hit(corpus, "여성", is_substring=True) == [1, 2, 3]


def test_the_mall_category_is_read_only_on_request(corpus):
    assert rows_hit(corpus, "여성", in_mall_category=True) == [1, 3, 4]


def test_an_unless_word_protects_the_row(corpus):
    assert rows_hit(corpus, "여성", unless=("남녀", "공용")) == [1]


def test_hits_are_counted_per_category_with_the_looser_match_beside(corpus):
    [hits] = exclusion.count_hits(TokenIndex(corpus), [rule("여성")])

    assert hits.rows == 2
    assert hits.substring_rows == 3
    assert hits.by_category == {"출산/육아>코트": 1, "출산/육아>티": 1}


def test_dropping_removes_rows_and_counts_overlapping_hits_once(corpus):
    result = exclusion.apply(corpus, [rule("여성"), rule("코트")])

    assert result.hits == (2, 1)
    assert result.dropped == 2
    assert result.table["product_name"].to_pylist() == [
        "여성 코트",
        "남여성 점퍼",
        "아동 바지",
        "유 아동 모자",
    ]


def test_stripping_takes_the_tokens_out_of_the_rows_that_were_hit(corpus):
    result = exclusion.apply(corpus, [rule("여성용", action=Action.STRIP)])

    assert result.stripped == 1
    assert result.table["name_tokens"].to_pylist()[:3] == [
        ["여성", "코트"],
        ["아동", "코트"],
        ["남여성", "점퍼"],
    ]


def test_stripping_reaches_the_mall_category_where_the_rule_reads_it(corpus):
    strip = rule("여성", action=Action.STRIP, in_mall_category=True)

    result = exclusion.apply(corpus, [strip])

    assert result.table["mall_tokens"].to_pylist()[4] == ["복"]
    assert result.table["name_tokens"].to_pylist()[3] == ["남녀", "티"]


def test_rules_do_not_see_what_other_rules_stripped(corpus):
    strip, drop = rule("여성", action=Action.STRIP), rule("여성용")

    assert exclusion.apply(corpus, [strip, drop]).dropped == 1
    assert exclusion.apply(corpus, [drop, strip]).dropped == 1


def test_no_rules_change_nothing(corpus):
    assert exclusion.apply(corpus, []).table.equals(corpus)


def test_rules_apply_to_a_corpus_without_rows(corpus):
    result = exclusion.apply(corpus.slice(0, 0), [rule("여성")])

    assert result.hits == (0,)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"keyword": "  "}, "blank"),
        ({"unless": ("",)}, "blank"),
        ({"categories": frozenset()}, "no category"),
        ({"action": Action.STRIP, "is_substring": True}, "whole tokens"),
    ],
)
def test_rules_that_cannot_be_carried_out_are_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        rule(**{"keyword": "여성", **changes})


def test_a_rule_survives_its_record():
    original = rule("여성", unless=("남녀",), reason="성인 여성 상품", id="7")

    assert ExclusionRule.from_record(original.as_record()) == original
