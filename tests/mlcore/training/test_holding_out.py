import numpy as np
import pyarrow as pa
import pytest

from mlcore.training.holding_out import held_out_rows


def rows(*kinds):
    """Rows of (name, category)."""
    return pa.table(
        {
            "product_id": [f"p{number}" for number in range(len(kinds))],
            "name_tokens": [name.split() for name, _ in kinds],
            "category_path": [category for _, category in kinds],
        }
    )


def named_by_number(noun, count):
    """Offers that differ in their number alone."""
    return [(f"{noun} {number}", noun) for number in range(count)]


def test_offers_of_one_product_are_on_one_side():
    models = [first + second for first in "abcdefghij" for second in "abcdefghij"]
    goods = [(f"{models[n // 4]} {n}", "coat" if n % 2 else "hat") for n in range(400)]

    is_out = held_out_rows(rows(*goods), 0.1)

    assert 0 < is_out.sum() < 100
    assert all(len(set(is_out[n : n + 4])) == 1 for n in range(0, 400, 4))


def test_a_category_whose_names_have_the_same_words_is_learnt_all_the_same():
    goods = [pair for noun in ("apple", "bag", "cup") for pair in named_by_number(noun, 40)]

    is_out = held_out_rows(rows(*goods), 0.05)

    assert 1 <= is_out.sum() <= 20
    assert np.add.reduceat(is_out, [0, 40, 80]).max() <= 20


@pytest.mark.parametrize("share", [0.05, 0.49])
def test_the_single_row_of_a_category_is_learnt_from(share):
    goods = [("coat", "coat"), *named_by_number("hat", 3)]

    is_out = held_out_rows(rows(*goods), share)

    assert is_out.any()
    assert not is_out[0]


def test_where_every_row_is_the_only_one_of_its_category_one_is_held_out():
    is_out = held_out_rows(rows(("coat", "a"), ("hat", "b"), ("bag", "c")), 0.05)

    assert is_out.sum() == 1
