import csv
import gzip
import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelhub.catalog.services import formats
from labelhub.catalog.services.exporting import Export
from labelhub.catalog.services.formats import FORMATS

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
COLUMNS = ("name", "is_new", "level", "share", "at", "parts", "said")
KINDS = {
    "is_new": "flag", "level": "whole", "share": "number", "at": "time", "parts": "texts",
    "said": "json",
}  # fmt: skip
ROWS = [
    ["=셔츠, \"면\"\n☃", True, 3, 0.1, AT, ["a", "b"], [{"path": "의류"}]],
    ["", None, None, None, None, [], []],
]  # fmt: skip


def written(form, rows=ROWS, columns=COLUMNS):
    return b"".join(FORMATS[form].pieces(Export("rows", columns, iter(rows), KINDS)))


def test_csv_holds_what_reads_back_verbatim():
    header, first, second = csv.reader(io.StringIO(written("csv").decode(), newline=""))

    assert tuple(header) == COLUMNS
    assert first == [
        "=셔츠, \"면\"\n☃", "true", "3", "0.1", "2026-01-05T09:00:00+00:00", "a|b",
        '[{"path": "의류"}]',
    ]  # fmt: skip
    assert second == [""] * 7


def test_packed_csv_is_the_same_csv():
    assert gzip.decompress(written("csv.gz")) == written("csv")


def test_json_lines_keep_lists_and_truth_values():
    first, second = map(json.loads, written("jsonl").decode().splitlines())

    assert first["parts"] == ["a", "b"]
    assert (first["is_new"], first["said"]) == (True, [{"path": "의류"}])
    assert first["at"] == "2026-01-05T09:00:00+00:00"
    assert second == dict.fromkeys(COLUMNS) | {"name": "", "parts": [], "said": []}


def test_parquet_has_the_types_of_the_columns():
    table = pq.read_table(io.BytesIO(written("parquet")))

    assert table.schema.types == [
        pa.string(), pa.bool_(), pa.int64(), pa.float64(), pa.timestamp("us", tz="UTC"),
        pa.list_(pa.string()), pa.string(),
    ]  # fmt: skip
    assert table.to_pylist()[0] == {
        "name": ROWS[0][0], "is_new": True, "level": 3, "share": 0.1, "at": AT,
        "parts": ["a", "b"], "said": '[{"path": "의류"}]',
    }  # fmt: skip


def test_parquet_comes_a_row_group_at_a_time():
    export = Export("rows", ("name",), ([str(n)] for n in range(20_000)), {})

    pieces = [piece for piece in FORMATS["parquet"].pieces(export) if piece]

    file = pq.ParquetFile(io.BytesIO(b"".join(pieces)))
    assert file.num_row_groups == 3
    assert len(pieces) == 4
    assert file.read().column("name").to_pylist() == [str(n) for n in range(20_000)]


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_a_file_without_rows_still_has_its_header(form):
    content = written(form, rows=[])

    if form == "parquet":
        assert tuple(pq.read_table(io.BytesIO(content)).column_names) == COLUMNS
        return
    text = gzip.decompress(content) if form == "csv.gz" else content
    assert text.decode().strip() == ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.csv", "csv"), ("a.csv.gz", "csv.gz"), ("a.jsonl", "jsonl"), ("a.parquet", "parquet"),
     ("a", "csv"), ("parquet", "csv")],
)  # fmt: skip
def test_the_name_of_a_file_says_its_format(tmp_path, name, form):
    assert formats.of_file(tmp_path / name) == form
