"""What tables read from their address, and what they put into spreadsheets."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from labelhub.tables import export_format, ordering, paged, spreadsheet

SORTS = {"name": ("name",), "total": ("total", "-name")}


def csv_of(rows) -> str:
    response = spreadsheet("csv", "rows", ["name"], rows)
    return b"".join(response).decode("utf-8-sig")


def test_a_key_sorts_by_its_fields(rf):
    assert ordering(rf.get("/?sort=total"), SORTS, default="name").fields == ("total", "-name")


def test_a_minus_turns_every_field_around(rf):
    assert ordering(rf.get("/?sort=-total"), SORTS, default="name").fields == ("-total", "name")


@pytest.mark.parametrize("sort", ["password", "-", "", "--name"])
def test_an_unknown_key_means_the_default(rf, sort):
    assert ordering(rf.get("/", {"sort": sort}), SORTS, default="-name").fields == ("-name",)


@pytest.mark.parametrize(("asked", "given"), [("2", 2), ("99", 3), ("x", 1), ("0", 3)])
def test_a_page_out_of_range_is_the_nearest_one(rf, asked, given):
    page = paged(rf.get("/", {"page": asked}), list(range(25)), per_page=10)

    assert page.number == given


@pytest.mark.parametrize(("asked", "given"), [("csv", "csv"), ("xlsx", "xlsx"), ("exe", None)])
def test_only_known_formats_are_exported(rf, asked, given):
    assert export_format(rf.get("/", {"format": asked})) == given


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_text_that_would_run_as_a_formula_is_defused(start):
    assert f"'{start}1+1" in csv_of([[f"{start}1+1"]])


def test_numbers_are_left_as_they_are():
    assert csv_of([[-0.5]]).splitlines() == ["name", "-0.5"]


def test_a_csv_file_opens_as_hangul_in_excel():
    response = spreadsheet("csv", "rows", ["이름"], [])

    assert b"".join(response).startswith(b"\xef\xbb\xbf")


def test_a_moment_is_written_with_its_zone():
    assert "2026-01-05T09:00:00+00:00" in csv_of([[datetime(2026, 1, 5, 9, tzinfo=UTC)]])


def test_a_workbook_holds_the_same_cells():
    rows = [["재킷", 3, "=1+1", None]]

    response = spreadsheet("xlsx", "rows", ["a", "b", "c", "d"], rows)

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response)))
    assert list(book.active.values) == [("a", "b", "c", "d"), ("재킷", 3, "'=1+1", None)]
