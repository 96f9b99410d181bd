"""Which tests stay together when the suite is spread over processes."""

from __future__ import annotations

import pytest

from tests.processes import ROOT
from tests.spreading import FIRST, TOGETHER, group_of


def test_the_tests_of_a_file_stay_together():
    assert group_of("tests/test_tables.py::test_a[x::y]") == "tests/test_tables.py"


def test_files_that_need_the_demo_stay_together():
    pages = group_of("tests/journeys/test_pages.py::test_every_page")

    assert pages == group_of("tests/journeys/test_road.py::test_the_demo_road") == "the demo"


@pytest.mark.parametrize("part", [part for parts in TOGETHER.values() for part in parts])
def test_what_stays_together_is_there(part):
    assert (ROOT / part).exists()


def test_what_begins_first_is_there():
    files = [name for name in FIRST if name not in TOGETHER]

    assert all((ROOT / file).exists() for file in files)
