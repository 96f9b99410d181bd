import json

import pyarrow.parquet as pq
import pytest

from mlcore import cli
from mlcore.commands import ladder
from mlcore.training import bag, baselines, rungs
from mlcore.training.baselines import PEERS


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    assert run("demo", "--rows", 300, "--shown", 60, "--unlabelled", 20, "--out", folder) == 0
    return folder


def test_demo_takes_its_conditions_from_the_command(tmp_path, capsys):
    status = run("demo", "--rows", 40, "--noise", 0, "--misleading", 0, "--out", tmp_path)

    record = json.loads(capsys.readouterr().out)
    rows = pq.read_table(tmp_path / "rows.parquet")
    truth = pq.read_table(tmp_path / "truth.parquet").slice(0, 40)
    assert (status, record["shown"], record["conditions"]["noise"]) == (0, 8, 0)
    assert rows["category_path"].to_pylist() == truth["true_path"].to_pylist()


def test_demo_refuses_a_condition_out_of_its_range(tmp_path, capsys):
    assert run("demo", "--rows", 40, "--noise", 2, "--out", tmp_path) == 2
    assert "noise must lie in [0, 1]" in capsys.readouterr().err


@pytest.fixture
def peers_alone(monkeypatch):
    """Leave the networks out, and let the peers hash into few features."""
    monkeypatch.setattr(rungs, "network_rungs", lambda *settings: ())
    monkeypatch.setattr(baselines, "BUCKETS", 2**10)


def test_ladder_prints_a_table_and_one_json_object(market, tmp_path, capsys, peers_alone):
    given = ("--test", market / "shown.parquet", "--truth", market / "truth.parquet")

    status = run("ladder", "--rows", market / "rows.parquet", *given, "--out", tmp_path)

    output = capsys.readouterr()
    keys = [rung["key"] for rung in json.loads(output.out)["rungs"]]
    assert status == 0
    assert keys == ["majority", "linear_svc", "logistic", "logistic_mall", "bag"]
    assert "| Majority class |" in output.err
    assert json.loads((tmp_path / "ladder.json").read_text()) == json.loads(output.out)


def test_ladder_holds_a_fifth_out_where_no_test_rows_are_given(
    market, tmp_path, capsys, monkeypatch, peers_alone
):
    monkeypatch.setattr(ladder, "PEERS", ())
    monkeypatch.setattr(bag, "BAG", PEERS[0])

    run("ladder", "--rows", market / "rows.parquet", "--out", tmp_path)

    settings = json.loads(capsys.readouterr().out)["settings"]
    assert settings["train_rows"] + settings["test_rows"] == 300
    assert 40 <= settings["test_rows"] <= 80


def test_ladder_refuses_truths_of_other_rows(market, tmp_path, capsys):
    given = ("--test", market / "rows.parquet", "--truth", tmp_path / "truth.csv")
    (tmp_path / "truth.csv").write_text("product_id,true_path\nnone,a>b\n", encoding="utf-8")

    status = run("ladder", "--rows", market / "rows.parquet", *given, "--out", tmp_path)

    assert status == 2
    assert "truth.csv lacks 300 of the 300 rows to measure on" in capsys.readouterr().err


def test_ladder_refuses_rows_of_one_category(tmp_path, capsys):
    rows = "".join(f"{number},coat {number},a\n" for number in range(30))
    (tmp_path / "one.csv").write_text(f"product_id,product_name,category_path\n{rows}")

    status = run("ladder", "--rows", tmp_path / "one.csv", "--out", tmp_path / "ladder")

    assert status == 2
    assert "two categories or more" in capsys.readouterr().err
