"""Product ids from a text or a file."""

import pytest

from labelhub.labelling.services import product_lists
from labelhub.labelling.services.product_lists import BadList
from tests.factories import SampleFactory

pytestmark = pytest.mark.django_db


def test_ids_are_typed_one_a_line():
    SampleFactory(product_id="b c")

    listed = product_lists.from_text(" a \n\nb c\na\n")

    assert listed.ids == ("a", "b c")
    assert (listed.repeated, listed.unknown) == (1, ("a",))


def test_a_text_file_holds_one_id_a_line():
    assert product_lists.from_file(b"\xef\xbb\xbfa\r\nb\r\n").ids == ("a", "b")


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_table_is_read_by_its_column(mark):
    rows = [["name", "product_id"], ["a b", "1"], ["c", "2"], ["short"]]
    content = "\n".join(mark.join(row) for row in rows)

    assert product_lists.from_file(content.encode()).ids == ("1", "2")


def test_a_table_from_a_korean_spreadsheet_is_read():
    assert product_lists.from_file("상품명,product_id\n자켓,1\n".encode("cp949")).ids == ("1",)


def test_a_table_of_one_column_may_have_the_header():
    assert product_lists.from_file(b"product_id\n1\n").ids == ("1",)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "names no product"),
        (b" \n\n", "names no product"),
        (b"product_id\n", "names no product"),
        (b"1,a\n2,b\n", "lacks the column product_id"),
        (b"1\n2\n\xff\xff\xff\n", "Line 3"),
        (b"PK\x03\x04\x00\x00", "no text file"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(content, problem):
    with pytest.raises(BadList, match=problem):
        product_lists.from_file(content)


def test_a_cell_without_an_end_is_refused():
    with pytest.raises(BadList, match="cannot be read"):
        product_lists.from_file(b'"' + b"a" * 200_000)


def test_a_huge_file_is_refused(monkeypatch):
    monkeypatch.setattr(product_lists, "MOST_BYTES", 3)

    with pytest.raises(BadList, match="larger"):
        product_lists.from_file(b"1234")


def test_unknown_ids_are_named_in_their_order():
    SampleFactory(product_id="b")

    with pytest.raises(BadList, match="2 product ids of the list are unknown: c, a"):
        product_lists.from_text("c\nb\na").refuse_unknown()


def test_a_list_without_unknown_ids_is_not_refused():
    SampleFactory(product_id="b")

    product_lists.from_text("b").refuse_unknown()
