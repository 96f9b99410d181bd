import numpy as np
import pytest

from mlcore.training.split import held_out, name_key, sparing

IDS = [f"product-{number}" for number in range(4000)]


def test_about_the_wanted_share_is_held_out():
    # 5 % of 4000 is 200, with a standard deviation of 14.
    assert held_out(IDS, 0.05).sum() == pytest.approx(200, abs=45)


def test_a_product_stays_on_its_side_in_any_company_and_order():
    whole = dict(zip(IDS, held_out(IDS, 0.05), strict=True))
    some = IDS[3000:1000:-3]

    part = held_out(some, 0.05)

    assert part.tolist() == [whole[product] for product in some]


@pytest.mark.parametrize("share", [1e-9, 0.999999])
def test_both_sides_have_a_row_whatever_the_share(share):
    chosen = held_out(["a", "b", "c"], share)

    assert 1 <= chosen.sum() <= 2


def test_no_category_loses_more_than_half_of_its_rows():
    labels = np.array([0, 0, 0, 0, 1, 1, 2])
    wanted = np.array([True, True, False, False, True, True, True])

    assert sparing(wanted, labels).tolist() == [True, True, *[False] * 5]


def test_a_single_row_cannot_be_split():
    with pytest.raises(ValueError, match="at least two different"):
        held_out(["a"], 0.5)


def test_names_that_differ_in_numbers_and_order_stay_together():
    offers = [["coat", "red", "95"], ["red", "coat", "100"], ["!", "red", "coat"]]

    assert len({name_key(tokens) for tokens in offers}) == 1


def test_names_without_words_are_told_apart_by_what_they_have():
    assert name_key(["95", "100"]) != name_key(["95"])
