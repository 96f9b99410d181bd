import csv
import zipfile

import pytest

from mlcore.demo.files import write_market
from mlcore.demo.market import truth

COLUMNS = (
    "product_id,product_name,mall_name,mall_category,brand,maker,price,registered_at,image,"
    "category_path,source,split"
)


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return write_market(tmp_path_factory.mktemp("market"), 4, sample_count=60, corpus_count=80)


def read(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_products_have_the_columns_of_the_imports_and_no_truth(market):
    for file in (market.samples, market.corpus):
        assert file.read_text(encoding="utf-8").splitlines()[0] == COLUMNS


def test_as_many_products_are_written_as_asked_for(market):
    assert (len(read(market.samples)), len(read(market.corpus))) == (60, 80)


def test_categories_have_the_columns_of_the_imports(market):
    [first, *_] = read(market.categories)

    assert first == {
        "category_id": "50001000",
        "name": "패션의류",
        "category_path": "패션의류",
        "depth": "1",
        "is_leaf": "0",
    }


def test_given_categories_are_in_the_tree(market):
    known = {row["category_path"] for row in read(market.categories)}

    assert {row["category_path"] for row in read(market.samples)} <= known


def test_each_sample_has_two_annotations(market):
    products = sorted(row["product_id"] for row in read(market.annotations))

    assert products == sorted(2 * [row["product_id"] for row in read(market.samples)])


def test_the_last_samples_may_wait_for_their_first_answer(tmp_path):
    files = write_market(tmp_path, 4, sample_count=10, corpus_count=1, unlabelled=3)

    labelled = {row["product_id"] for row in read(files.annotations)}

    assert labelled == {row["product_id"] for row in read(files.samples)[:7]}


def test_the_archive_holds_the_pictures_that_samples_name(market):
    named = {row["image"] for row in read(market.samples)} - {""}

    with zipfile.ZipFile(market.images) as archive:
        assert set(archive.namelist()) == named


def test_truth_of_the_seed_covers_the_written_samples(market):
    assert set(truth(4, 60)) == {row["product_id"] for row in read(market.samples)}


def test_the_same_seed_writes_the_same_bytes(market, tmp_path):
    again = write_market(tmp_path / "new", 4, sample_count=60, corpus_count=80)

    for file in ("categories", "samples", "corpus", "annotations", "images"):
        assert getattr(again, file).read_bytes() == getattr(market, file).read_bytes()
