from collections import Counter
from dataclasses import replace

import pytest

from mlcore.demo.conditions import Conditions
from mlcore.demo.goods import Part, good, look_alike
from mlcore.demo.products import product_of
from mlcore.demo.rules import demo_groups, demo_rules
from mlcore.demo.tree import leaf_at, leaves

CONDITIONS = Conditions(seed=1)
CLEAN = replace(CONDITIONS, noise=0.0, misleading=0.0)


def goods(conditions, n, part=Part.TRAIN):
    return [good(conditions, part, number) for number in range(1, n + 1)]


def share(rows, test):
    return sum(map(test, rows)) / len(rows)


def is_wrong(drawn):
    return drawn.row.category_path != drawn.true_path


@pytest.fixture(scope="module")
def delivered():
    return goods(CONDITIONS, 6_000)


@pytest.fixture(scope="module")
def clean():
    return goods(CLEAN, 6_000)


def test_a_product_follows_from_its_number_alone():
    assert good(CONDITIONS, Part.TRAIN, 7) == goods(CONDITIONS, 9)[6]


def test_parts_seeds_and_numbers_draw_different_products():
    drawn = [
        good(CONDITIONS, Part.TRAIN, 7),
        good(CONDITIONS, Part.TRAIN, 8),
        good(CONDITIONS, Part.SHOWN, 7),
        good(Conditions(seed=2), Part.TRAIN, 7),
    ]

    assert len({each.row.product_name for each in drawn}) == 4


def test_without_noise_and_misleading_words_every_given_category_is_true(clean):
    assert not any(map(is_wrong, clean))


def test_noise_alone_misfiles_its_share_under_look_alikes():
    noisy = goods(replace(CLEAN, noise=0.3), 3_000)

    wrong = [drawn for drawn in noisy if is_wrong(drawn)]
    assert 0.27 < len(wrong) / len(noisy) < 0.33
    assert all(d.row.category_path == look_alike(leaf_at(d.true_path)).path for d in wrong)


def test_noise_changes_nothing_but_the_given_category():
    quiet = good(CLEAN, Part.TRAIN, 5).row
    noisy = good(replace(CLEAN, noise=1.0), Part.TRAIN, 5).row

    assert replace(noisy, category_path="") == replace(quiet, category_path="")
    assert noisy.category_path != quiet.category_path


def test_a_look_alike_is_another_leaf_of_the_department():
    assert all(look_alike(leaf) != leaf for leaf in leaves())
    assert all(look_alike(leaf).department == leaf.department for leaf in leaves())


def test_look_alikes_share_their_shape_where_the_shelf_has_one():
    jacket = leaf_at("패션의류>여성의류>재킷")

    assert product_of(look_alike(jacket)).shape == "jacket"


def caught(rows):
    """Training rows that one of the talk's rules drops, by plain words of the name."""
    places = {group.key: group.paths for group in demo_groups()}
    return [
        drawn
        for drawn in rows
        if any(
            drawn.row.category_path.startswith(places[rule.group])
            and rule.keyword in drawn.row.product_name.split()
            and not any(word in drawn.row.product_name for word in rule.unless)
            for rule in demo_rules()
        )
    ]


def test_rules_catch_mostly_what_misleads(delivered):
    dropped = caught(delivered)

    assert len(dropped) > 100
    assert share(dropped, is_wrong) > 0.6


def test_without_misleading_words_rules_find_next_to_nothing(clean):
    assert len(caught(clean)) < 0.005 * len(clean)


def test_some_names_of_childrens_goods_say_what_their_mothers_look_for(delivered):
    kids = [d for d in delivered if leaf_at(d.true_path).audience == "kids"]

    stuffed = [d for d in kids if d.row.product_name.endswith(" 여성")]

    assert 0.01 < len(stuffed) / len(kids) < 0.06


def test_the_largest_category_has_a_tenth_of_the_rows_and_many_have_next_to_none(delivered):
    sizes = Counter(drawn.true_path for drawn in delivered)

    assert 0.07 < sizes.most_common(1)[0][1] / len(delivered) < 0.13
    assert sum(size <= 3 for size in sizes.values()) > 50


def test_most_training_rows_are_of_the_last_months_and_shown_ones_of_all(delivered):
    shown = goods(CONDITIONS, 2_000, Part.SHOWN)

    def last_quarter(rows):
        dated = [drawn for drawn in rows if drawn.row.registered_at]
        return share(dated, lambda drawn: drawn.row.registered_at[5:7] >= "10")

    assert last_quarter(delivered) > 0.65
    assert 0.2 < last_quarter(shown) < 0.3


def test_unlabelled_products_name_no_category():
    assert not good(CONDITIONS, Part.UNLABELLED, 1).row.category_path


def test_honest_shops_never_file_under_promotions():
    honest = goods(replace(CLEAN, abuse=0.0), 1_000)
    abusing = goods(CLEAN, 1_000)

    def promoted(rows):
        return sum(d.row.mall_category == "상품권>이벤트" for d in rows)

    assert promoted(honest) == 0
    assert promoted(abusing) > 0
