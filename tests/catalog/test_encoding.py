import gzip

import pytest

from labelhub.catalog.services import encoding
from labelhub.catalog.services.encoding import Unreadable
from tests.importing import written


def test_utf8_is_detected(tmp_path):
    path = written(tmp_path, "product_id\n한글\n")

    assert encoding.detect(path) == "utf-8"


def test_utf8_with_byte_order_mark_is_detected_and_the_mark_dropped(tmp_path):
    path = written(tmp_path, "product_id\n한글\n", encoding="utf-8-sig")

    assert encoding.detect(path) == "utf-8-sig"
    assert next(encoding.lines(path)) == b"product_id\n"


def test_cp949_is_detected(tmp_path):
    path = written(tmp_path, "product_id\n펲시 똠방각하\n", encoding="cp949")

    assert encoding.detect(path) == "cp949"


def test_a_broken_line_does_not_turn_utf8_into_cp949(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("가나다라\n".encode() * 3 + b"\xff\xfe\n")

    assert encoding.detect(path) == "utf-8"


def test_plain_ascii_is_utf8(tmp_path):
    assert encoding.detect(written(tmp_path, "a,b\n1,2\n")) == "utf-8"


def test_gzipped_lines_are_unpacked_whatever_the_file_is_called(tmp_path):
    path = tmp_path / "rows.txt"
    path.write_bytes(gzip.compress("a\n한글\n".encode()))

    assert list(encoding.lines(path)) == [b"a\n", "한글\n".encode()]


def test_a_cut_off_gzip_file_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b"a\n" * 10_000)[:-20])

    with pytest.raises(Unreadable, match="cannot be unpacked"):
        list(encoding.lines(path))


def test_a_gzip_bomb_stops_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "MOST_UNPACKED", 1_000)
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b"a" * 100_000))

    with pytest.raises(Unreadable, match="4 GiB"):
        list(encoding.lines(path))


@pytest.mark.parametrize("name", ["euc-kr", "CP949", "ms949"])
def test_words_for_cp949_mean_cp949(name):
    assert encoding.named(name) == "cp949"


def test_an_encoding_that_is_not_read_is_refused_by_name():
    with pytest.raises(Unreadable, match="latin-1"):
        encoding.named("latin-1")
