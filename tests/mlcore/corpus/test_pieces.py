import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlcore.corpus import curation, pieces, store
from mlcore.corpus.fingerprint import FIRST, fingerprint
from mlcore.progress import BadInput

HEADER = "product_id,product_name,category_path,mall_name,mall_category,image"


@pytest.fixture
def dataset(csv_file, tmp_path, blank):
    path = csv_file("1,coat,kids,a,coats>all,1.jpg", "2,hat,women,b,,", header=HEADER)
    store.import_rows(path, tmp_path / "corpus", tokeniser=blank)
    frozen = curation.curate(store.read(tmp_path / "corpus"), [])
    curation.write_dataset(tmp_path / "dataset", frozen)
    return tmp_path / "dataset"


def rewritten(folder, **changes):
    """Change the record of a dataset; None takes an entry away."""
    path = folder / curation.RECORD_FILE
    record = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    kept = {name: value for name, value in record.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


def test_a_dataset_carries_malls_and_pictures(dataset):
    [piece] = pieces.dataset_pieces(dataset).of(["mall_name", "mall_category", "image"])

    assert piece.to_pylist() == [
        {"mall_name": "a", "mall_category": "coats>all", "image": "1.jpg"},
        {"mall_name": "b", "mall_category": "", "image": ""},
    ]


@pytest.mark.parametrize("column", ["mall_name", "mall_category", "image"])
def test_the_fingerprint_covers_malls_and_pictures(dataset, column):
    table = curation.read_dataset(dataset).table
    place = table.column_names.index(column)

    other = table.set_column(place, column, pa.array(["other", "other"]))

    assert fingerprint(other) != fingerprint(table)


def test_pieces_of_a_file_are_those_of_its_table(tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "PIECE_ROWS", 3)
    table = pa.table({"product_id": list("abcdefgh"), "other": range(8)})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=4)

    read = list(pieces.FilePieces(tmp_path / "rows.parquet", fingerprint="").of(["product_id"]))

    assert max(piece.num_rows for piece in read) <= 3
    assert pa.concat_tables(read) == table.select(["product_id"])
    assert pa.concat_tables(pieces.TablePieces(table).of(["product_id"])) == pa.concat_tables(read)


def test_a_dataset_of_before_is_read_by_the_fingerprint_of_then(dataset):
    table = curation.read_dataset(dataset).table.select([*FIRST, "product_name", "month"])
    pq.write_table(table, dataset / curation.MANIFEST_FILE)
    rewritten(dataset, covered=None, manifest=None, fingerprint=fingerprint(table, FIRST))

    found = pieces.dataset_pieces(dataset)

    assert (found.num_rows, found.fingerprint) == (2, fingerprint(table, FIRST))
    assert curation.read_dataset(dataset).covered == FIRST


@pytest.mark.parametrize("is_of_before", [True, False])
def test_changed_rows_are_noticed(dataset, is_of_before):
    table = curation.read_dataset(dataset).table
    if is_of_before:
        rewritten(dataset, covered=None, manifest=None, fingerprint=fingerprint(table, FIRST))
    pq.write_table(table.slice(1), dataset / curation.MANIFEST_FILE)

    with pytest.raises(BadInput, match="not those that were frozen"):
        pieces.dataset_pieces(dataset)


def test_a_folder_without_rows_is_named(dataset):
    (dataset / curation.MANIFEST_FILE).write_bytes(b"half")

    with pytest.raises(BadInput, match="no readable dataset"):
        pieces.dataset_pieces(dataset)
