from collections import Counter

from mlcore.demo.market import corpus, corpus_stream, sample_stream, samples, truth
from mlcore.demo.tree import leaves

PATHS = {leaf.path for leaf in leaves()}


def share(rows, test):
    return sum(map(test, rows)) / len(rows)


def test_equal_seeds_make_equal_markets():
    assert samples(sample_stream(7), 50) == samples(sample_stream(7), 50)
    assert corpus(corpus_stream(7), 50) == corpus(corpus_stream(7), 50)


def test_other_seeds_make_other_markets():
    assert samples(sample_stream(7), 50) != samples(sample_stream(8), 50)


def test_samples_and_training_rows_of_a_seed_differ():
    names = {row.product_name for row in samples(sample_stream(7), 200)}

    assert not names & {row.product_name for row in corpus(corpus_stream(7), 200)}


def test_about_eight_in_a_hundred_given_categories_are_wrong(delivered):
    wrong = share(delivered, lambda row: row.category_path not in row.acceptable)

    assert 0.06 <= wrong <= 0.10


def test_the_true_category_is_always_acceptable_and_sometimes_a_second_one(delivered):
    assert all(row.true_category_path in row.acceptable for row in delivered)
    assert {len(row.acceptable) for row in delivered} == {1, 2}


def test_every_path_is_a_leaf_of_the_tree(delivered):
    assert all({row.category_path, *row.acceptable} <= PATHS for row in delivered)


def test_product_ids_are_unique(shown, delivered):
    ids = [row.product_id for row in shown + delivered]

    assert len(set(ids)) == len(ids)


def test_brands_are_empty_in_almost_half_the_rows(delivered):
    assert 0.40 <= share(delivered, lambda row: not row.brand) < 0.50


def test_categories_are_far_from_equally_large(delivered):
    sizes = Counter(row.true_category_path for row in delivered)

    assert sizes.most_common(1)[0][1] > 30 * min(sizes.values())
    assert set(sizes) == PATHS


def test_swimsuits_are_registered_in_summer_and_coats_in_winter(delivered):
    def summer(leaf_name):
        dated = [
            r for r in delivered if r.true_category_path.endswith(leaf_name) if r.registered_at
        ]
        return share(dated, lambda row: row.registered_at[5:7] in {"05", "06", "07", "08"})

    assert summer("수영복") > 0.6
    assert summer("코트") < 0.2


def test_registrations_span_two_years(delivered):
    months = {row.registered_at[:7] for row in delivered if row.registered_at}

    assert len(months) == 24


def test_only_samples_have_images_and_some_lack_them(shown, delivered):
    assert not any(row.image for row in delivered)
    assert 0.9 < share(shown, lambda row: bool(row.image)) < 1


def test_malls_put_some_goods_under_promotions(delivered):
    assert any(row.mall_category.startswith("상품권>이벤트") for row in delivered)
    assert any(row.mall_category == "" for row in delivered)


def test_prices_are_whole_numbers_of_won(shown):
    assert all(row.price.isdigit() for row in shown)


def test_truth_is_that_of_the_samples_of_the_seed():
    rows = samples(sample_stream(3), 20)

    assert truth(3, 20) == {row.product_id: row.acceptable for row in rows}


def test_a_market_of_fewer_samples_is_the_beginning_of_a_larger_one():
    assert samples(sample_stream(3), 20) == samples(sample_stream(3), 40)[:20]
