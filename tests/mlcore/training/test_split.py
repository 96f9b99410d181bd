import pytest

from mlcore.training.split import held_out

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


def test_a_single_row_cannot_be_split():
    with pytest.raises(ValueError, match="at least two"):
        held_out(["a"], 0.5)
