import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlcore.corpus import source
from mlcore.corpus.rules_file import read_rules
from mlcore.demo import bulk
from mlcore.demo.bulk import Order, batches, write_large_market
from mlcore.demo.conditions import Conditions
from mlcore.demo.goods import Part
from mlcore.progress import BadInput

CONDITIONS = Conditions(seed=4)


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    order = Order(rows=60, shown=20, unlabelled=10, side=32)
    write_large_market(folder, CONDITIONS, order, processes=1)
    return folder


def test_each_part_has_the_rows_that_were_asked_for(market):
    counts = [pq.read_table(market / f"{n}.parquet").num_rows for n in ("rows", "shown")]

    assert counts == [60, 20]
    assert pq.read_table(market / "unlabelled.parquet").num_rows == 10


def test_the_truth_of_every_row_stands_in_a_file_of_its_own(market):
    truth = pq.read_table(market / "truth.parquet")
    rows = pq.read_table(market / "rows.parquet")

    assert truth.num_rows == 90
    assert set(rows["product_id"].to_pylist()) <= set(truth["product_id"].to_pylist())
    assert "true_path" not in rows.column_names


def test_the_archive_holds_the_photos_that_rows_name(market):
    named = [
        image
        for part in ("rows", "shown", "unlabelled")
        for image in pq.read_table(market / f"{part}.parquet")["image"].to_pylist()
        if image
    ]

    with zipfile.ZipFile(market / "images.zip") as archive:
        assert sorted(archive.namelist()) == sorted(named)


def test_the_rules_of_the_talk_come_with_the_market(market):
    rules = read_rules(market / "rules.csv")

    assert [rule.keyword for rule in rules[:4]] == ["여성", "여성", "여성", "남성"]
    assert "출산/육아>유아동의류" in rules[0].categories


def test_rows_are_the_same_whatever_the_size_of_the_batches(monkeypatch):
    whole = [batch.rows for batch in batches(CONDITIONS, Part.TRAIN, 50, 0, processes=1)]
    monkeypatch.setattr(bulk, "BATCH_ROWS", 7)
    small = [batch.rows for batch in batches(CONDITIONS, Part.TRAIN, 50, 0, processes=1)]

    assert len(small) == 8
    assert pa.concat_tables(small).equals(pa.concat_tables(whole))


def test_several_processes_write_the_same_rows_in_the_same_order(monkeypatch):
    monkeypatch.setattr(bulk, "BATCH_ROWS", 7)
    one = pa.concat_tables(b.rows for b in batches(CONDITIONS, Part.TRAIN, 50, 0, processes=1))
    two = pa.concat_tables(b.rows for b in batches(CONDITIONS, Part.TRAIN, 50, 0, processes=2))

    assert two.equals(one)


def test_csv_holds_what_parquet_does(market, tmp_path):
    order = Order(rows=60, shown=20, form="csv")
    write_large_market(tmp_path, CONDITIONS, order, processes=1)

    table = source.read(tmp_path / "rows.csv").table
    parquet = source.read(market / "rows.parquet").table
    assert table.drop_columns("image").equals(parquet.drop_columns("image"))


def test_without_photos_no_row_names_one(tmp_path):
    write_large_market(tmp_path, CONDITIONS, Order(rows=20, shown=5), processes=1)

    assert set(pq.read_table(tmp_path / "rows.parquet")["image"].to_pylist()) == {""}
    assert not (tmp_path / "images.zip").exists()


@pytest.mark.parametrize(
    "order", [{"rows": 0, "shown": 1}, {"rows": 1, "shown": 1, "side": 4}, {"form": "xlsx"}]
)
def test_an_order_that_cannot_be_written_is_refused(order):
    with pytest.raises(BadInput):
        Order(**{"rows": 1, "shown": 1, **order})


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")

    with pytest.raises(BadInput, match="is not empty; give a new folder"):
        write_large_market(tmp_path, CONDITIONS, Order(rows=20, shown=5), processes=1)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_market_that_is_not_finished_leaves_nothing(tmp_path):
    def stop(stage, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_large_market(
            tmp_path / "market", CONDITIONS, Order(rows=20, shown=5), processes=1, progress=stop
        )

    assert list(tmp_path.iterdir()) == []
