"""Rows become the same arrays from a table and from a file, and no piece of them is large."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlcore.corpus import pieces
from mlcore.corpus.pieces import FilePieces
from mlcore.progress import never, silent
from mlcore.training.rows import prepare


@pytest.fixture
def shops(goods):
    """The goods in two shops, every other one filed by its shop."""
    filed = [[category[-2:]] if number % 2 else [] for number, category in enumerate(kinds(goods))]
    return goods.append_column("mall_tokens", pa.array(filed)).append_column(
        "mall_name", pa.array(["a", "b"] * (goods.num_rows // 2))
    )


def kinds(goods):
    return goods["category_path"].to_pylist()


def prepared(rows, config, folder):
    return prepare(rows, config, folder, progress=silent, is_cancelled=never)


def test_a_file_gives_the_arrays_of_its_table(shops, small, tmp_path, monkeypatch):
    pq.write_table(shops, tmp_path / "rows.parquet")
    config = replace(small, branches=("name", "mall"), name_reads="words")
    whole = prepared(shops, config, tmp_path / "whole")
    monkeypatch.setattr(pieces, "PIECE_ROWS", 7)

    rows = FilePieces(tmp_path / "rows.parquet", fingerprint="")
    streamed = prepared(rows, config, tmp_path / "streamed")

    assert streamed.encoder == whole.encoder
    assert streamed.categories == whole.categories
    for one, other in ((streamed.training, whole.training), (streamed.held_out, whole.held_out)):
        assert one.products.to_pylist() == other.products.to_pylist()
        assert np.array_equal(one.labels, other.labels)
        assert one.inputs.keys() == other.inputs.keys()
        for name, values in one.inputs.items():
            assert np.array_equal(values, other.inputs[name])


def test_all_rows_of_a_file_are_trained_on_or_held_out(shops, small, tmp_path):
    found = prepared(shops, replace(small, name_reads="words"), tmp_path)

    products = found.training.products.to_pylist() + found.held_out.products.to_pylist()
    assert sorted(products) == sorted(shops["product_id"].to_pylist())


def test_arrays_stay_on_the_disk(shops, small, tmp_path):
    found = prepared(shops, replace(small, name_reads="words"), tmp_path)

    assert isinstance(found.training.labels, np.memmap)
    assert all(isinstance(values, np.memmap) for values in found.training.inputs.values())
