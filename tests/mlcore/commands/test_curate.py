import csv

import pytest

from mlcore import cli
from mlcore.corpus import curation, engines
from mlcore.corpus.pieces import dataset_tokeniser
from mlcore.corpus.store import import_rows

HEADER = ["product_id", "product_name", "category_path", "registered_at"]


@pytest.fixture
def rows(tmp_path):
    """Thirty coats of two months and two hats."""
    coats = [
        [str(number), "겨울 코트", "a>coat", f"2024-0{1 + number % 2}"] for number in range(30)
    ]
    hats = [["h1", "모자", "a>hat", ""], ["h2", "여성", "a>hat", ""]]
    return write(tmp_path / "rows.csv", [HEADER, *coats, *hats])


@pytest.fixture
def rules(tmp_path):
    return write(tmp_path / "rules.csv", [["keyword", "categories"], ["여성", "a>hat"]])


def write(path, lines):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def test_a_file_becomes_a_dataset_step_by_step(rows, rules, tmp_path, capsys):
    status = run("curate", "--rows", rows, "--rules", rules, "--m", 3, "--out", tmp_path / "set")

    dataset = curation.read_dataset(tmp_path / "set")
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    # 3 ln 30 = 10.2 coats, and the one hat that is left.
    assert dataset.table.num_rows == 11
    assert printed[1] == ["exclusion", "rules", "32", "1", "0", "31"]
    assert printed[3] == ["class", "balance", "31", "20", "0", "11"]
    assert printed[-1] == ["11", "rows,", "fingerprint", dataset.fingerprint]


def test_the_rows_of_every_category_lie_beside_the_dataset(rows, rules, tmp_path):
    run("curate", "--rows", rows, "--rules", rules, "--m", 3, "--months", "--out", tmp_path / "set")

    assert (tmp_path / "set" / "categories.csv").read_text().split() == [
        "category_path,corpus,after_exclude,after_wordless,after_balance",
        "a>coat,30,30,30,10",
        "a>hat,2,1,1,1",
    ]


def test_one_row_is_a_dataset(tmp_path):
    rows = write(tmp_path / "rows.csv", [HEADER, ["1", "코트", "a", ""]])

    assert run("curate", "--rows", rows, "--m", 0.5, "--out", tmp_path / "set") == 0
    assert curation.read_dataset(tmp_path / "set").table.num_rows == 1


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "rows.csv holds no usable row"),
        ([["1", "코트", "a", ""], ["1", "모자", "a", ""]], "line 2 (another row has the same"),
    ],
)
def test_rows_that_cannot_be_used_are_one_line(tmp_path, capsys, lines, reason):
    rows = write(tmp_path / "rows.csv", [HEADER, *lines])

    status = run("curate", "--rows", rows, "--out", tmp_path / "set")

    [line] = capsys.readouterr().err.splitlines()
    assert status == 2
    assert reason in line
    assert not (tmp_path / "set").exists()


def test_rows_that_cannot_be_used_are_left_out_when_asked(tmp_path, capsys):
    lines = [HEADER, ["1", "코트", "a", ""], ["2", "", "a", ""], ["3", "모자", "", ""]]
    rows = write(tmp_path / "rows.csv", lines)

    status = run("curate", "--rows", rows, "--out", tmp_path / "set", "--keep-good")

    left_out = "Left out: 2 rows of rows.csv cannot be used: line 3 (the product name is missing), "
    assert status == 0
    assert left_out + "line 4 (the category path is missing)." in capsys.readouterr().err
    assert curation.read_dataset(tmp_path / "set").table.num_rows == 1


def test_rules_that_leave_nothing_are_refused(tmp_path, rules, capsys):
    rows = write(tmp_path / "rows.csv", [HEADER, ["1", "여성", "a>hat", ""]])

    status = run("curate", "--rows", rows, "--rules", rules, "--out", tmp_path / "set")

    assert status == 2
    assert "No row of the corpus is left" in capsys.readouterr().err


def test_a_full_disk_is_one_line_and_leaves_nothing(rows, tmp_path, capsys, monkeypatch):
    import duckdb

    def full(*_):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    monkeypatch.setattr(engines.DuckDb, "pick", full)

    status = run("curate", "--rows", rows, "--m", 3, "--out", tmp_path / "set")

    [line] = capsys.readouterr().err.splitlines()
    assert status == 2
    assert "No space left on device" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv"]


def test_a_folder_that_is_no_corpus_is_refused(tmp_path, capsys):
    status = run("curate", "--rows", tmp_path, "--out", tmp_path / "set")

    assert status == 2
    assert "corpus.json is missing" in capsys.readouterr().err


def test_words_stay_whole_in_the_dataset_and_go_along_with_it(tmp_path):
    rows = write(tmp_path / "rows.csv", [HEADER, ["1", "느와이 코트", "a", ""]])
    (tmp_path / "words.txt").write_text("느와이\n", encoding="utf-8")

    run("curate", "--rows", rows, "--words", tmp_path / "words.txt", "--out", tmp_path / "set")

    table = curation.read_dataset(tmp_path / "set").table
    assert table["name_tokens"].to_pylist() == [["느와이", "코트"]]
    assert dataset_tokeniser(tmp_path / "set").tokens("느와이") == ["느와이"]


def test_words_are_refused_where_names_are_split_already(rows, tmp_path, capsys):
    import_rows(rows, tmp_path / "corpus")

    status = run("curate", "--rows", tmp_path / "corpus", "--words", rows, "--out", tmp_path / "s")

    assert status == 2
    assert "--words is for files" in capsys.readouterr().err
