import pyarrow as pa
import pytest

from mlcore.training.malls import mall_weights, weights


def test_a_mall_that_files_otherwise_than_the_others_weighs_less():
    filed = [("a", "ties", "Tie", 10), ("b", "ties", "Tie", 10), ("odd", "ties", "Toy", 10)]

    found = weights(filed, prior=10)

    # Foretold: a 10 of 10 (b's 10 Tie outvote... are level with odd's 10 Toy; Tie comes first),
    # b likewise, odd 0 of 10. On average 2/3; odd: (0 + 10 * 2/3) / 20 / (2/3) = 1/2.
    assert found == {"odd": pytest.approx(0.5)}


def test_a_mall_that_renamed_its_categories_is_believed():
    filed = [("own", "zzz", "Tie", 10), ("own", "yyy", "Toy", 10), ("b", "toys", "Toy", 10)]

    assert weights(filed, prior=10) == {}


def test_a_mall_that_files_everything_under_one_text_weighs_less():
    sorts = [("heap", "event", f"c{number}", 10) for number in range(10)]

    found = weights([*sorts, ("b", "toys", "Toy", 100)], prior=10)

    # heap: 10 of 100 foretold, b all; on average 110/200 = .55.
    assert found == {"heap": pytest.approx((10 + 5.5) / 110 / 0.55)}


def test_a_few_odd_rows_hardly_weigh_against_the_prior():
    filed = [("a", "ties", "Tie", 50), ("b", "ties", "Tie", 50), ("new", "ties", "Toy", 1)]

    # (0 + 20 * 100/101) / 21 / (100/101) = 20/21
    assert weights(filed) == {"new": pytest.approx(20 / 21)}


def test_texts_that_occur_once_say_nothing():
    assert weights([("a", "once", "Tie", 1), ("b", "other", "Toy", 1)]) == {}


def test_rows_without_a_mall_category_do_not_count():
    table = pa.table(
        {
            "mall_name": ["a", "a", "b", "b", "odd", "odd"],
            "mall_tokens": [["ties"], ["ties"], ["ties"], [], ["ties"], ["ties"]],
            "category_path": ["Tie", "Tie", "Tie", "Toy", "Toy", "Toy"],
        }
    )

    # a: others say 1 Tie, 2 Toy -> 0 of 2; b: 2 Tie, 2 Toy -> Tie, 1 of 1; odd: 0 of 2.
    found = mall_weights([table.slice(0, 3), table.slice(3)], prior=5)

    assert found == {
        "a": pytest.approx((0 + 5 * 0.2) / 7 / 0.2),
        "odd": pytest.approx((0 + 5 * 0.2) / 7 / 0.2),
    }
