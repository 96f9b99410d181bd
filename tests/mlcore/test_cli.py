import csv
import json

import pyarrow.parquet as pq
import pytest

from mlcore import cli
from mlcore.artifact import runtime
from mlcore.training.config import TrainingConfig

ROWS = [
    ["7", "빨강 코트 S", "패션의류>코트"],
    ["8", "파랑 청바지 M", "패션의류>바지"],
    ["9", "노랑 인형 L", "완구>인형"],
]
HEADER = ["product_id", "product_name", "category_path"]


@pytest.fixture
def rows(tmp_path):
    return write(tmp_path / "rows.csv", [HEADER, *ROWS])


def write(path, lines):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def test_evaluate_prints_one_json_object_and_nothing_else(version, rows, capsys):
    status = run("evaluate", version, "--rows", rows)

    record = json.loads(capsys.readouterr().out)
    assert status == 0
    assert record.pop("rows_per_second") > 0
    assert record == {
        "n": 3,
        "accuracy": pytest.approx(2 / 3),
        "levels": {"1": pytest.approx(2 / 3), "2": pytest.approx(2 / 3)},
        # 코트 1, 바지 1, 장난감 and 인형 0
        "macro_f1": 0.5,
        "heads": {
            "name": {
                "n": 3,
                "accuracy": pytest.approx(2 / 3),
                "levels": {"1": pytest.approx(2 / 3), "2": pytest.approx(2 / 3)},
            }
        },
        "unknown_categories": 1,
    }


def test_predict_writes_a_csv_for_import_predictions(version, tmp_path):
    unlabelled = write(tmp_path / "in.csv", [HEADER[:2], *(row[:2] for row in ROWS)])

    assert run("predict", version, "--rows", unlabelled, "--out", tmp_path / "out.csv") == 0

    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == ["product_id", "category_path", "probability", "rank"]
    assert [row["product_id"] for row in written] == ["7", "8", "9"]
    assert [row["category_path"] for row in written[:2]] == ["패션의류>코트", "패션의류>바지"]
    assert {row["rank"] for row in written} == {"1"}


def test_predict_writes_parquet_with_as_many_ranks_as_asked(version, rows, tmp_path):
    out = tmp_path / "out.parquet"

    assert run("predict", version, "--rows", rows, "--out", out, "--top", 2) == 0

    table = pq.read_table(out)
    assert table["product_id"].to_pylist() == ["7", "7", "8", "8", "9", "9"]
    assert table["rank"].to_pylist() == [1, 2, 1, 2, 1, 2]
    probabilities = table["probability"].to_pylist()
    assert probabilities[0] >= probabilities[1]


def test_fit_trains_a_folder_that_evaluate_reads(goods, tmp_path, capsys):
    lines = zip(*(goods[name].to_pylist() for name in HEADER), strict=True)
    rows = write(tmp_path / "goods.csv", [HEADER, *lines])

    assert run("fit", "--rows", rows, "--out", tmp_path / "m", "--epochs", 1, "--seed", 3) == 0
    fitted = json.loads(capsys.readouterr().out)
    assert run("evaluate", tmp_path / "m", "--rows", rows) == 0

    assert fitted["rows"] + fitted["held_out_rows"] == 108
    assert json.loads(capsys.readouterr().out)["n"] == 108


def test_fit_takes_the_folder_that_curate_wrote(goods, small, tmp_path, capsys):
    lines = zip(*(goods[name].to_pylist() for name in HEADER), strict=True)
    shops = [["몰", name] for name in goods["product_name"].to_pylist()]
    table = [[*line, *shop] for line, shop in zip(lines, shops, strict=True)]
    rows = write(tmp_path / "goods.csv", [[*HEADER, "mall_name", "mall_category"], *table])
    settings = {**small.as_record(), "epochs": 1}
    del settings["branches"]
    (tmp_path / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    dataset, config = tmp_path / "dataset", ["--config", tmp_path / "config.json"]

    assert run("curate", "--rows", rows, "--out", dataset) == 0
    capsys.readouterr()
    assert run("fit", "--rows", dataset, "--out", tmp_path / "m", *config) == 0

    fitted = json.loads(capsys.readouterr().out)
    assert fitted["rows"] + fitted["held_out_rows"] == 108
    assert fitted["heads"].keys() == {"name", "mall", "combined"}


def test_a_folder_that_is_no_dataset_is_one_line(tmp_path, capsys):
    assert run("fit", "--rows", tmp_path, "--out", tmp_path / "m") == 2

    assert "dataset.json is missing" in capsys.readouterr().err


def test_listed_words_and_names_alone_go_into_the_version(goods, small, tmp_path, capsys):
    lines = zip(*(goods[name].to_pylist() for name in HEADER), strict=True)
    rows = write(tmp_path / "goods.csv", [HEADER, *lines])
    names = write(tmp_path / "names.csv", [["product_name"], *[["느와이 코트"]] * 9])
    (tmp_path / "words.txt").write_text("느와이\n", encoding="utf-8")
    settings = {**small.as_record(), "name_reads": "words", "epochs": 1}
    (tmp_path / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    options = ["--config", tmp_path / "config.json", "--words", tmp_path / "words.txt"]

    assert run("fit", "--rows", rows, "--out", tmp_path / "m", *options, "--unlabelled", names) == 0

    model = runtime.load(tmp_path / "m")
    assert model.tokeniser.tokens("느와이 코트") == ["느와이", "코트"]
    assert len(model.predict(["느와이 코트"]).paths()) == 1
    encoder = json.loads((tmp_path / "m" / "encoder.json").read_text(encoding="utf-8"))
    assert "느와이" in encoder["name"]["words"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["predict", "{version}", "--rows", "{tmp}/none.csv", "--out", "o.csv"], "none.csv"),
        (["predict", "{version}", "--rows", "{rows}", "--out", "{tmp}/o.txt"], "must end in"),
        (["predict", "{version}", "--rows", "{rows}", "--out", "{tmp}/o/o.csv"], "No such file"),
        (["predict", "{version}", "--rows", "{rows}", "--out", "o.csv", "--top", "21"], "--top"),
        (["evaluate", "{tmp}", "--rows", "{rows}"], "no finished model"),
        (["evaluate", "{version}", "--rows", "{unlabelled}"], "no column category_path"),
        (
            ["evaluate", "{version}", "--rows", "{broken}"],
            "line 3 (a level of",
        ),
        (["fit", "--rows", "{rows}", "--out", "{tmp}/m", "--epochs", "0"], "epochs must be"),
        (["fit", "--rows", "{headed}", "--out", "{tmp}/m"], "no rows"),
    ],
)
def test_bad_input_is_one_line_and_status_two(version, rows, tmp_path, capsys, arguments, reason):
    files = {
        "version": version,
        "rows": rows,
        "tmp": tmp_path,
        "unlabelled": write(tmp_path / "u.csv", [HEADER[:2], ["1", "코트"]]),
        "broken": write(tmp_path / "b.csv", [HEADER, ["1", "코트", "a"], ["2", "바지", "a>"]]),
        "headed": write(tmp_path / "h.csv", [HEADER]),
    }

    status = run(*(argument.format(**files) for argument in arguments))

    output = capsys.readouterr()
    assert status == 2
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert reason in output.err


@pytest.mark.parametrize("arguments", [[], ["guess"], ["fit"], ["fit", "--rows"]])
def test_unknown_commands_and_missing_arguments_are_one_line_and_status_two(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        run(*arguments)

    assert stop.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_search_leaves_settings_that_fit_takes(goods, tmp_path, capsys):
    rows = tmp_path / "goods.parquet"
    pq.write_table(goods.select(["product_id", "product_name", "category_path"]), rows)
    out = tmp_path / "found"
    arguments = ["search", "--rows", str(rows), "--out", str(out), "--epochs", "1"]

    assert cli.main([*arguments, "--trials", "1"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert cli.main([*arguments, "--trials", "2"]) == 0

    both = json.loads(capsys.readouterr().out)
    assert (first["trials"], both["trials"]) == (1, 2)
    config = TrainingConfig.from_record(json.loads((out / "config.json").read_text()))
    assert config.hidden_size == both["best"]["settings"]["hidden_size"]
    assert config.epochs == 1


def test_a_search_of_no_trials_is_refused(tmp_path, capsys):
    arguments = ["search", "--rows", "none.csv", "--out", str(tmp_path), "--trials", "0"]

    assert cli.main(arguments) == 2
    assert "--trials must be at least 1" in capsys.readouterr().err


def test_vocabulary_says_how_much_of_the_names_is_known(tmp_path, capsys):
    names = write(tmp_path / "names.csv", [HEADER[:2], ["1", "코트 코트 코트"], ["2", "바지"]])

    assert run("vocabulary", "--rows", names) == 0

    record = json.loads(capsys.readouterr().out)
    assert (record["names"], record["words"], record["tokens"]) == (2, 2, 4)
    assert [each["tokens"] for each in record["by_min_count"]][:3] == [1.0, 0.75, 0.75]


def test_words_that_fall_to_pieces_are_written_and_kept_whole(tmp_path, capsys):
    names = write(tmp_path / "names.csv", [HEADER[:2], *[["1", "느와이 코트"]] * 5])
    words = tmp_path / "words.txt"

    assert run("vocabulary", "--rows", names, "--split-words", words) == 0
    found = json.loads(capsys.readouterr().out)
    assert run("vocabulary", "--rows", names, "--words", words) == 0

    assert words.read_text(encoding="utf-8") == "# 5 times: 느 와 이\n느와이\n"
    assert (found["split_words"], found["words"]) == (1, 4)
    kept = json.loads(capsys.readouterr().out)
    assert (kept["split_words"], kept["words"]) == (0, 2)


def test_a_vocabulary_takes_words(tmp_path, capsys):
    names = write(tmp_path / "names.csv", [HEADER[:2], ["1", " "]])

    assert run("vocabulary", "--rows", names) == 2

    assert "names.csv" in capsys.readouterr().err
