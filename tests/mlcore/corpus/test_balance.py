from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.corpus import engines
from mlcore.corpus.freezing import freeze
from mlcore.corpus.plan import CurationPlan
from tests.mlcore.corpus.balancing import (
    by_category,
    kept,
    kept_plainly,
    plans,
    products,
)

seldom = settings(max_examples=12, deadline=None)
"""Every example writes and reads a dataset."""


@seldom
@given(products(), plans)
def test_the_picks_are_those_of_a_plain_reading_of_the_plan(rows, plan):
    assert set(kept(rows, plan)) == kept_plainly(rows, plan)


@seldom
@given(products(), plans)
def test_each_category_keeps_its_quota_and_never_more_than_it_has(rows, plan):
    left = by_category(kept(rows, plan))

    for category, given_rows in by_category(rows).items():
        assert len(left[category]) == min(len(given_rows), plan.quota(len(given_rows)))


@seldom
@given(products(), st.floats(0.1, 30))
def test_months_that_are_long_enough_give_shares_that_differ_by_at_most_one(rows, m):
    left = kept(rows, CurationPlan(m=m, by_month=True))

    given_shares = Counter((category, month) for _id, category, month in rows)
    shares = Counter((category, month) for _id, category, month in left)
    for category in "xyz":
        most = max((shares[key] for key in given_shares if key[0] == category), default=0)
        for key, size in given_shares.items():
            # A short month is used up; only then do the others give more.
            assert key[0] != category or shares[key] >= min(size, most - 1)


@seldom
@given(products(), plans, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, plan, random):
    shuffled = random.sample(rows, len(rows))

    assert set(kept(shuffled, plan)) == set(kept(rows, plan))


@seldom
@given(products(), plans)
def test_another_category_changes_nothing_in_the_first(rows, plan):
    first = by_category(rows)[rows[0][1]]

    assert kept(first, plan) == by_category(kept(rows, plan))[rows[0][1]]


@seldom
@given(products(), st.floats(0.1, 30), st.floats(0.1, 30), st.booleans())
def test_a_smaller_balance_picks_from_what_a_larger_one_keeps(rows, one, other, by_month):
    small, large = sorted((one, other))

    picked = kept(rows, CurationPlan(m=small, by_month=by_month))

    assert set(picked) <= set(kept(rows, CurationPlan(m=large, by_month=by_month)))


@seldom
@given(products(), plans)
def test_drawing_again_from_the_same_rows_draws_the_same(rows, plan):
    assert kept(rows, plan) == kept(rows, plan)


def test_the_quota_worked_out_by_hand():
    rows = [(str(number), "x", None) for number in range(100)]

    left = kept(rows, CurationPlan(m=10))  # 10 ln 100 = 46.05

    assert len(left) == 46


def test_short_months_are_topped_up_from_the_others():
    january = [(f"a{number}", "x", "2024-01") for number in range(2)]
    others = [(f"b{number}", "x", f"2024-{2 + number % 2:02}") for number in range(98)]

    left = kept([*january, *others], CurationPlan(m=10, by_month=True))

    # 46 rows: both of January, then 22 each of the others.
    assert Counter(month for _, _, month in left) == {"2024-01": 2, "2024-02": 22, "2024-03": 22}


def test_rows_without_a_month_are_a_month_of_their_own():
    rows = [(f"{number}", "x", "2024-01" if number % 10 else None) for number in range(100)]

    left = kept(rows, CurationPlan(m=4, by_month=True))  # 4 ln 100 = 18.4

    assert Counter(month for _, _, month in left) == {"2024-01": 9, None: 9}


def test_a_category_of_one_row_keeps_it():
    assert len(kept([("1", "x", None)], CurationPlan(m=0.1))) == 1


def test_what_stays_keeps_the_order_of_the_corpus():
    rows = [(f"{number}", "xy"[number % 2], None) for number in range(1000)]

    left = kept(rows, CurationPlan(m=30))

    assert left == [row for row in rows if row in set(left)]


def test_a_balance_of_nothing_is_refused():
    for m in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="above 0"):
            CurationPlan(m=m)


def test_months_without_a_balance_are_refused():
    with pytest.raises(ValueError, match="give m as well"):
        CurationPlan(by_month=True)


def test_an_unknown_engine_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="There is no engine polars"):
        freeze(tmp_path / "rows.parquet", tmp_path / "out", engine="polars")

    assert list(tmp_path.iterdir()) == []


def test_spark_without_java_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(ValueError, match="needs Java"), engines.opened("local[2]"):
        pass


def test_spark_that_is_not_installed_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)

    with pytest.raises(ValueError, match="not installed"), engines.opened("local[2]"):
        pass
