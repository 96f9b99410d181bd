"""What the commands read of files of product rows."""

import pytest

from mlcore.commands import files
from mlcore.progress import BadInput

HEADER = "product_id,product_name,category_path"


@pytest.fixture
def write(tmp_path):
    def written(*lines):
        path = tmp_path / "rows.csv"
        path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
        return path

    return written


def test_the_first_rows_that_cannot_be_used_are_named(write):
    path = write(*(f"{number},코트," for number in range(1_007)))

    with pytest.raises(BadInput) as refused:
        files.labelled(path)

    assert str(refused.value) == (
        "1,007 rows of rows.csv cannot be used: line 2 (the category path is missing), "
        "line 3 (the category path is missing), line 4 (the category path is missing), "
        "line 5 (the category path is missing), line 6 (the category path is missing) "
        "and 1,002 more. With --keep-good they are left out."
    )


def test_good_rows_are_kept_when_asked(write, capsys):
    path = write("1,코트,a", ",바지,b", "3,모자,c")

    assert files.labelled(path, keep_good=True)["product_id"].to_pylist() == ["1", "3"]

    assert capsys.readouterr().err == (
        "Left out: 1 row of rows.csv cannot be used: line 3 (the product id is missing).\n"
    )


def test_no_good_row_is_refused_even_then(write):
    with pytest.raises(BadInput, match=r"rows\.csv holds no rows that can be used"):
        files.labelled(write("1,,a"), keep_good=True)


def test_products_need_no_category(write):
    assert files.products(write("1,코트,", "2,바지,a>"))["product_id"].to_pylist() == ["1", "2"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["1,,a"], "line 2 (the product name is missing)"),
        ([",코트,a"], "line 2 (the product id is missing)"),
        (["1,코트,a", "1,바지,a"], "line 2 (another row has the same product id)"),
    ],
)
def test_products_need_a_name_and_an_id_of_their_own(write, lines, reason):
    with pytest.raises(BadInput) as refused:
        files.products(write(*lines))

    assert reason in str(refused.value)


def test_a_log_gets_a_line_for_each_tenth(capsys):
    show = files._Shown()

    for done in range(101):
        show("train", done, 100)

    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["train 0 of 100 ", "train 10 of 100 "]
    assert len(lines) == 10
