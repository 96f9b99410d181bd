import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlcore.corpus import source
from mlcore.corpus.source import BrokenLine
from mlcore.progress import BadInput


def names(read):
    return read.table["product_name"].to_pylist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_encoding_is_detected(csv_file, encoding):
    path = csv_file("1,유아동 재킷,a", encoding=encoding)

    assert names(source.read(path)) == ["유아동 재킷"]


def test_a_given_encoding_is_believed(csv_file):
    path = csv_file("1,caf\u00e9,a", encoding="latin-1")

    assert names(source.read(path, encoding="latin-1")) == ["caf\u00e9"]


@pytest.mark.parametrize("encoding", ["utf-8", "no-such-encoding"])
def test_a_given_encoding_that_does_not_fit_is_refused(csv_file, encoding):
    path = csv_file("1,코트,a", encoding="cp949")

    with pytest.raises(BadInput, match=encoding):
        source.read(path, encoding=encoding)


def test_text_in_no_known_encoding_is_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"product_id,product_name\n1,\xff\xfe\xff")

    with pytest.raises(BadInput, match="neither UTF-8 nor CP949"):
        source.read(path)


def test_gzip_is_found_by_content(csv_file, tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(gzip.compress(csv_file("1,코트,a").read_bytes()))

    assert names(source.read(path)) == ["코트"]


def test_gzip_that_ends_too_early_is_refused(csv_file, tmp_path):
    path = tmp_path / "rows.csv.gz"
    whole = gzip.compress(csv_file(*(f"{n},코트 {n * n},a" for n in range(999))).read_bytes())
    path.write_bytes(whole[:-200])

    with pytest.raises(BadInput, match="damaged"):
        source.read(path)


def test_parquet_is_read_as_text_with_missing_values_empty(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"product_id": [7, 8], "product_name": ["코트", None]}), path)

    read = source.read(path)

    assert read.table["product_id"].to_pylist() == ["7", "8"]
    assert names(read) == ["코트", ""]
    assert read.lines.tolist() == [1, 2]


def test_columns_come_in_any_order_and_extra_ones_are_kept(csv_file):
    path = csv_file("a,파랑,코트,1", header="category_path,colour, product_name ,product_id")

    read = source.read(path)

    assert names(read) == ["코트"]
    assert read.table["colour"].to_pylist() == ["파랑"]


def test_tokens_that_a_file_brings_along_are_not_believed(csv_file):
    path = csv_file("1,코트,x", header="product_id,product_name,name_tokens")

    assert "name_tokens" not in source.read(path).table.column_names


def test_quotes_newlines_and_line_separators_stay_inside_a_name(csv_file):
    path = csv_file('1,"코트 ""A"",\n새 상품\u2028끝",a', "2,=바지,a")

    read = source.read(path)

    assert names(read) == ['코트 "A",\n새 상품\u2028끝', "=바지"]
    assert read.lines.tolist() == [2, 4]


def test_nul_characters_are_taken_out(csv_file):
    assert names(source.read(csv_file("1,코\0트,a"))) == ["코트"]


def test_lines_with_too_few_or_many_values_are_set_apart(csv_file):
    read = source.read(csv_file("1,코트,a", "2,바지", "", "3,모자,a,b"))

    assert names(read) == ["코트"]
    assert read.broken == (BrokenLine(3, 2), BrokenLine(5, 4))


@pytest.mark.parametrize("header", ["product_id,product_id,product_name", "product_id,,c", ""])
def test_a_header_without_distinct_titles_is_refused(csv_file, header):
    with pytest.raises(BadInput, match=r"distinct title|no column"):
        source.read(csv_file("1,2,3", header=header))


def test_a_missing_column_is_named(csv_file):
    with pytest.raises(BadInput, match="no column product_name"):
        source.read(csv_file("1,코트", header="product_id,title"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        source.read(tmp_path / "absent.csv")


def test_a_folder_is_not_a_file_of_rows(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        source.read(tmp_path)


def test_a_spreadsheet_is_named_for_what_it_is(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"PK\x03\x04and more")

    with pytest.raises(BadInput, match="save it as CSV"):
        source.read(path)


def test_damaged_parquet_is_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1 and nothing else")

    with pytest.raises(BadInput, match="Parquet"):
        source.read(path)
