import pyarrow.parquet as pq
import pytest

from mlcore.corpus import store
from mlcore.corpus.checks import Reason
from mlcore.progress import BadInput, Cancelled


def test_an_import_reads_back_with_paths_tokens_and_months(csv_file, tmp_path, blank):
    path = csv_file(
        "1, Red Coat ,a > b,2019-04-30",
        "2,Hat,c,2019",
        header="product_id,product_name,category_path,registered_at",
    )

    summary = store.import_rows(path, tmp_path / "corpus", tokeniser=blank)

    table = store.read(tmp_path / "corpus")
    assert (summary.rows, summary.categories, summary.refused) == (2, 2, ())
    assert table["product_name"].to_pylist() == ["Red Coat", "Hat"]
    assert table["category_path"].to_pylist() == ["a>b", "c"]
    assert table["name_tokens"].to_pylist() == [["red", "coat"], ["hat"]]
    assert table["mall_tokens"].to_pylist() == [[], []]
    assert table["month"].to_pylist() == ["2019-04", None]
    assert table["brand"].to_pylist() == ["", ""]


def test_korean_names_are_split_into_morphemes_by_default(csv_file, tmp_path):
    store.import_rows(csv_file("1,여성용 원피스,a"), tmp_path / "corpus")

    table = store.read(tmp_path / "corpus")
    assert table["name_tokens"].to_pylist() == [["여성", "용", "원피스"]]


BROKEN = ["1,Coat,a", ",Hat,a", "3, ,a", "4,Bag,", "5,Bag,a>>b", "6,X,a", "6,Y,a", "7"]
REASONS = [
    (3, "product_id", Reason.NO_ID),
    (4, "product_name", Reason.NO_NAME),
    (5, "category_path", Reason.NO_CATEGORY),
    (6, "category_path", Reason.BAD_CATEGORY),
    (7, "product_id", Reason.DUPLICATE),
    (8, "product_id", Reason.DUPLICATE),
    (9, "", Reason.BROKEN_LINE),
]


def test_nothing_is_imported_when_rows_are_refused(csv_file, tmp_path, blank):
    with pytest.raises(store.Refused, match="7 rows cannot be used, the first on line 3") as info:
        store.import_rows(csv_file(*BROKEN), tmp_path / "corpus", tokeniser=blank)

    assert [(row.line, row.column, row.reason) for row in info.value.refused] == REASONS
    assert not (tmp_path / "corpus").exists()


def test_good_rows_are_kept_on_request_and_refused_ones_remembered(csv_file, tmp_path, blank):
    corpus = tmp_path / "corpus"

    summary = store.import_rows(csv_file(*BROKEN), corpus, tokeniser=blank, keep_good=True)

    assert store.read(corpus)["product_id"].to_pylist() == ["1"]
    assert store.summary(corpus) == summary
    assert [row.reason for row in summary.refused] == [reason for _, _, reason in REASONS]


def test_a_file_without_usable_rows_is_refused(csv_file, tmp_path, blank):
    with pytest.raises(BadInput, match="no usable row"):
        store.import_rows(csv_file(), tmp_path / "corpus", tokeniser=blank)


def test_a_second_import_takes_the_place_of_the_first(csv_file, tmp_path, blank):
    corpus = tmp_path / "corpus"
    store.import_rows(csv_file("1,Coat,a"), corpus, tokeniser=blank)

    store.import_rows(csv_file("2,Hat,a"), corpus, tokeniser=blank)

    assert store.read(corpus)["product_id"].to_pylist() == ["2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "rows.csv"]


def test_a_cancelled_import_leaves_the_old_corpus(csv_file, tmp_path, blank):
    corpus = tmp_path / "corpus"
    store.import_rows(csv_file("1,Coat,a"), corpus, tokeniser=blank)

    with pytest.raises(Cancelled):
        store.import_rows(csv_file("2,Hat,a"), corpus, tokeniser=blank, is_cancelled=lambda: True)

    assert store.read(corpus)["product_id"].to_pylist() == ["1"]


def test_progress_ends_with_all_rows_tokenised(csv_file, tmp_path, blank):
    seen = []

    store.import_rows(
        csv_file("1,Coat,a", "2,Hat,a"),
        tmp_path / "corpus",
        tokeniser=blank,
        progress=lambda *step: seen.append(step),
    )

    assert ("tokenise", 2, 2) in seen


def test_the_tokeniser_is_named_in_the_parquet_file(csv_file, tmp_path, blank):
    store.import_rows(csv_file("1,Coat,a"), tmp_path / "corpus", tokeniser=blank)

    metadata = pq.read_schema(tmp_path / "corpus" / store.ROWS_FILE).metadata
    assert metadata[store.TOKENISER_KEY] == b"blank-1"


def test_the_fingerprint_ignores_order_and_extra_columns(csv_file, tmp_path, blank):
    def fingerprint(*lines, header="product_id,product_name,category_path"):
        path = csv_file(*lines, header=header)
        return store.import_rows(path, tmp_path / "corpus", tokeniser=blank).fingerprint

    rows = fingerprint("1,Coat,a", "2,Hat,b")

    assert fingerprint("2,Hat,b", "1,Coat,a") == rows
    extra = fingerprint(
        "2,Hat,b,x", "1,Coat,a,y", header="product_id,product_name,category_path,note"
    )
    assert extra == rows
    assert fingerprint("1,Coat,a", "2,Hat,a") != rows
    assert fingerprint("1,Coat,a", "2,Cap,b") != rows


def test_a_folder_without_a_corpus_is_named(tmp_path):
    with pytest.raises(BadInput, match="no readable corpus"):
        store.read(tmp_path)
    with pytest.raises(BadInput, match=r"corpus.json is missing"):
        store.summary(tmp_path)
