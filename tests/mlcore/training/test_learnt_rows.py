from collections import Counter

import pyarrow as pa

from mlcore.exclusion import ExclusionRule
from mlcore.training.learnt_rows import balanced, drawn, ruled


def pool(sizes, months=("2025-01",)):
    rows = [(path, place) for path, size in sizes.items() for place in range(size)]
    return pa.table(
        {
            "product_id": [f"{path}-{place}" for path, place in rows],
            "product_name": [f"coat {path}" for path, _ in rows],
            "mall_category": [""] * len(rows),
            "category_path": [path for path, _ in rows],
            "month": [months[place % len(months)] for _, place in rows],
            "name_tokens": [["coat", path] for path, _ in rows],
            "mall_tokens": pa.array([[] for _ in rows], pa.list_(pa.string())),
        }
    )


def sizes(table):
    return Counter(table["category_path"].to_pylist())


def test_as_many_rows_are_drawn_as_asked_for_whatever_their_order():
    rows = pool({"a": 30})
    turned = rows.take(pa.array(range(29, -1, -1)))

    chosen = drawn(rows, 10)["product_id"].to_pylist()

    assert len(chosen) == 10
    assert sorted(drawn(turned, 10)["product_id"].to_pylist()) == sorted(chosen)


def test_without_a_number_every_row_is_drawn():
    assert drawn(pool({"a": 3}), None).num_rows == 3


def test_balance_takes_from_the_large_category_and_leaves_the_small():
    left = sizes(balanced(pool({"a": 400, "b": 20, "c": 4}), 100))

    # m ln 400 + 20 + 4 = 100 for m = 12.7, and 12.7 ln 20 is more than 20.
    assert left == {"a": 76, "b": 20, "c": 4}


def test_balance_draws_evenly_over_the_months_and_tops_up_a_short_one():
    rows = pool({"a": 90, "b": 10}, months=("2025-01", "2025-01", "2025-02"))

    chosen = balanced(rows, 80)
    months = Counter(
        month
        for path, month in zip(
            chosen["category_path"].to_pylist(), chosen["month"].to_pylist(), strict=True
        )
        if path == "a"
    )

    # 70 of a's 60 January and 30 February rows: all of the short month, the rest of the other.
    assert months == {"2025-01": 40, "2025-02": 30}


def test_rules_drop_rows_of_the_pool():
    rule = ExclusionRule(keyword="coat", categories=frozenset({"b"}))

    assert sizes(ruled(pool({"a": 2, "b": 3}), (rule,))) == {"a": 2}
