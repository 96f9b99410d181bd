import contextlib
import csv
import json

import pytest

from mlcore import cli
from mlcore.commands import files
from mlcore.commands import pictures as command
from mlcore.training import own_backbone
from mlcore.training.config import TrainingConfig
from tests.mlcore.images.pictures import BLUE, RED, plain

HEADER = ["product_id", "product_name", "category_path", "image"]
SHADES = range(20)
CONFIG = TrainingConfig()


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name, colour in (("red", RED), ("blue", BLUE)):
        for number in SHADES:
            shade = tuple(max(0, part - 3 * number) for part in colour)
            (folder / f"{name}-{number}.jpg").write_bytes(plain(shade, (40, 40)))
    return folder


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Names that say nothing; the colour of the picture decides. One picture is missing."""
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    lines = [
        [f"{name}{number}", f"상품 {'가나다라마바사아자차'[number % 10]}", f"색>{name}", image]
        for name in ("red", "blue")
        for number in SHADES
        for image in [f"{name}-{number}.jpg" if number else "gone.jpg"]
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *lines])
    return path


@pytest.fixture(scope="module")
def model(rows, pictures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    settings = folder / "settings.json"
    small = {"epochs": 30, "patience": 30, "hidden_size": 16, "filters": 4, "embedding_size": 4}
    settings.write_text(json.dumps({**small, "validation_share": 0.2}))
    out = folder / "version"
    arguments = ["--rows", rows, "--images", pictures, "--config", settings, "--side", 32]
    assert run("fit", *arguments, "--out", out) == 0
    return out


def test_a_version_that_saw_pictures_answers_by_them(model, rows, pictures, capsys):
    assert run("evaluate", model, "--rows", rows, "--images", pictures) == 0

    printed = capsys.readouterr()
    heads = json.loads(printed.out)["heads"]
    assert heads["image"]["n"] == 38
    assert heads["image"]["accuracy"] > 0.9
    assert "gone.jpg: The picture is not in the zip or folder." in printed.err


def test_a_version_holds_the_backbone_that_it_was_trained_on(model, pictures, tmp_path):
    unlabelled = tmp_path / "in.csv"
    unlabelled.write_text("product_id,product_name,image\n1,상품,red-3.jpg\n2,상품,blue-3.jpg\n")
    out = tmp_path / "out.csv"

    assert run("predict", model, "--rows", unlabelled, "--images", pictures, "--out", out) == 0

    with out.open(encoding="utf-8", newline="") as file:
        assert [row["category_path"] for row in csv.DictReader(file)] == ["색>red", "색>blue"]


def test_a_backbone_that_was_made_before_a_kill_is_not_made_again(
    rows, pictures, tmp_path, monkeypatch
):
    def made(order, rows, config, source, folder, progress, is_cancelled):
        folder.mkdir()
        calls.append(folder)

    calls = []
    monkeypatch.setattr(own_backbone, "write", made)
    arguments = ["--rows", rows, "--images", pictures, "--out", tmp_path / "version"]
    options = cli._parser().parse_args(["fit", *map(str, arguments)])
    table = files.labelled(rows)

    with contextlib.suppress(KeyboardInterrupt), command.backbone_for(options, table, CONFIG):
        raise KeyboardInterrupt
    with command.backbone_for(options, table, CONFIG) as folder:
        assert calls == [folder]
    with command.backbone_for(options, table.slice(1), CONFIG):
        assert len(calls) == 2

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("images", "message"),
    [("rows.csv", "neither a folder nor a zip"), ("pictures", "has no column image")],
)
def test_pictures_that_cannot_be_used_are_one_line(
    model, pictures, rows, tmp_path, capsys, images, message
):
    unlabelled = tmp_path / "in.csv"
    unlabelled.write_text("product_id,product_name\n1,상품\n")
    given, source = (pictures, unlabelled) if images == "pictures" else (rows, rows)

    status = run("predict", model, "--rows", source, "--images", given, "--out", tmp_path / "o.csv")

    assert status == 2
    assert message in capsys.readouterr().err


def test_a_version_of_names_takes_no_pictures(version, rows, pictures, capsys):
    assert run("evaluate", version, "--rows", rows, "--images", pictures) == 2

    assert "reads no pictures" in capsys.readouterr().err


def test_settings_with_pictures_need_pictures(rows, tmp_path, capsys):
    settings = tmp_path / "settings.json"
    settings.write_text('{"branches": ["name", "image"]}')

    assert run("fit", "--rows", rows, "--config", settings, "--out", tmp_path / "m") == 2

    assert "give the pictures with --images" in capsys.readouterr().err
