import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelhub.catalog.services import reading, reasons
from labelhub.catalog.services.encoding import Unreadable
from tests.importing import written


def rows_of(path, encoding=""):
    table = reading.open_table(path, encoding)
    return [(row.line, row.cells, row.reason) for row in table.rows]


def test_rows_carry_the_line_they_start_on(tmp_path):
    path = written(tmp_path, 'id,name\n1,"two\nlines"\n\n2,b\n')

    assert rows_of(path) == [(2, ["1", "two\nlines"], ""), (5, ["2", "b"], "")]


def test_column_names_are_trimmed(tmp_path):
    table = reading.open_table(written(tmp_path, " id ,name\n1,a\n"))

    assert table.columns == ["id", "name"]


def test_quotes_commas_emoji_and_formula_starts_are_read_as_they_are(tmp_path):
    path = written(tmp_path, 'id,name\r\n1,"=1+1, ""quoted"" 😀 \ufffd"\r\n')

    assert rows_of(path) == [(2, ["1", '=1+1, "quoted" 😀 \ufffd'], "")]


def test_a_row_of_another_width_is_refused_alone(tmp_path):
    path = written(tmp_path, "id,name\n1\n2,b\n3,c,d\n")

    assert rows_of(path) == [
        (2, ["1"], reasons.WRONG_WIDTH),
        (3, ["2", "b"], ""),
        (4, ["3", "c", "d"], reasons.WRONG_WIDTH),
    ]


def test_an_open_quotation_mark_costs_only_its_own_line(tmp_path):
    path = written(tmp_path, 'id,name\n1,"open\n2,b\n3,"c"\n4,d\n')

    assert rows_of(path) == [
        (2, ["1", "open"], reasons.BROKEN_QUOTES),
        (3, ["2", "b"], ""),
        (4, ["3", "c"], ""),
        (5, ["4", "d"], ""),
    ]


def test_a_quotation_mark_open_to_the_end_costs_only_its_own_line(tmp_path):
    path = written(tmp_path, 'id,name\n1,a\n2,"open\n3,c\n')

    found = rows_of(path)

    assert [(line, reason) for line, _cells, reason in found] == [
        (2, ""),
        (3, reasons.BROKEN_QUOTES),
        (4, ""),
    ]


def test_a_cell_beyond_the_limit_is_refused_and_reading_goes_on(tmp_path):
    path = written(tmp_path, f"id,name\n1,{'x' * 140_000}\n2,b\n")

    found = rows_of(path)

    assert [(line, reason) for line, _cells, reason in found] == [
        (2, reasons.CELL_TOO_LONG),
        (3, ""),
    ]


def test_a_line_break_outside_quotes_is_refused(tmp_path):
    path = written(tmp_path, "id,name\n1,a\rb\n2,b\n")

    assert [reason for _line, _cells, reason in rows_of(path)] == [reasons.STRAY_LINE_BREAK, ""]


def test_a_zero_byte_is_refused(tmp_path):
    path = written(tmp_path, "id,name\n1,a\0b\n2,b\n")

    assert rows_of(path) == [(2, ["1", "a\0b"], reasons.ZERO_BYTE), (3, ["2", "b"], "")]


def test_broken_utf8_names_its_line(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("id,name\n1,가\n2,".encode() + b"\xea\xb0\n" + "3,나\n".encode())

    found = rows_of(path)

    assert [(line, reason) for line, _cells, reason in found] == [
        (2, ""),
        (3, reasons.BROKEN_BYTES),
        (4, ""),
    ]


def test_the_encoding_can_be_overridden(tmp_path):
    path = written(tmp_path, "id,name\n1,가\n", encoding="cp949")

    assert rows_of(path, "utf-8")[0][2] == reasons.BROKEN_BYTES
    assert rows_of(path, "euc-kr") == [(2, ["1", "가"], "")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "header"),
        (b"id,name\n", "no rows"),
        (b"id,,name\n1,2,3\n", "Column 2 has no name"),
        (b"id,name,id\n1,2,3\n", "id stands twice"),
        (b"PK\x03\x04whatever", "workbook"),
        ("id\n1\n".encode("utf-16"), "UTF-16"),
        (b"PAR1 but not really", "Parquet"),
        (b'"id,name\n1,2\n', "header cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(tmp_path, content, problem):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=problem):
        reading.open_table(path)


def test_parquet_is_read_as_text(tmp_path):
    path = tmp_path / "rows.bin"
    day = datetime.date(2026, 1, 31)
    columns = {"id": [1, 2], "name": ["가", None], "price": [1.5, float("nan")], "on": [day, None]}
    pq.write_table(pa.table({**columns, "is_new": [True, False]}), path)

    table = reading.open_table(path)

    assert table.encoding == "parquet"
    assert [(row.line, row.cells) for row in table.rows] == [
        (1, ["1", "가", "1.5", "2026-01-31", "true"]),
        (2, ["2", "", "", "", "false"]),
    ]


def test_parquet_with_nested_columns_is_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": [[1, 2]]}), path)

    with pytest.raises(Unreadable, match="id holds lists"):
        reading.open_table(path)
