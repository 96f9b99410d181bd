import csv

import pytest
from django.core.management import CommandError, call_command

from labelhub.accounts.models import AuditEntry
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Annotation, Judgement
from labelhub.registry.models import Prediction
from tests.factories import CategoryFactory, SampleFactory
from tests.importing import written

pytestmark = pytest.mark.django_db

BAD = "product_id,product_name\na,good\nb,\n"


def test_the_account_names_counts_and_encoding(tmp_path, capsys):
    path = written(tmp_path, "product_id,product_name\na,똠방각하\n", encoding="cp949")

    call_command("import_samples", path)

    assert "Read 1 rows (CP949): 1 added, 0 changed, 0 unchanged, 0 refused." in (
        capsys.readouterr().out
    )


def test_refused_rows_are_printed_with_line_and_reason(tmp_path, capsys):
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_samples", written(tmp_path, BAD))

    assert "line 3, product_name: The cell is empty." in capsys.readouterr().out


def test_only_the_first_twenty_refused_rows_are_printed(tmp_path, capsys):
    rows = "".join(f"{n},\n" for n in range(25))

    with pytest.raises(CommandError):
        call_command("import_samples", written(tmp_path, f"product_id,product_name\n{rows}"))

    printed = capsys.readouterr().out
    assert printed.count("The cell is empty.") == 20
    assert "and 5 more" in printed


def test_refused_rows_are_written_to_a_file(tmp_path, capsys):
    refused = tmp_path / "refused.csv"

    call_command("import_samples", written(tmp_path, BAD), keep_good=True, refused=refused)

    with refused.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["refused_line"], row["refused_column"]) == ("3", "product_name")
    assert (row["product_id"], row["product_name"]) == ("b", "")
    assert Sample.objects.get().product_id == "a"


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_samples", tmp_path / "nowhere.csv")


def test_an_unreadable_file_is_one_clear_line(tmp_path, capsys):
    with pytest.raises(CommandError, match="The file is empty"):
        call_command("import_categories", written(tmp_path, ""))


@pytest.fixture
def one_of_each(tmp_path, capsys):
    """One row of each kind, imported by its command."""
    SampleFactory(product_id="p")
    tree = written(tmp_path, "category_path\na>b\n", name="tree.csv")
    answers = written(tmp_path, "product_id,category_path,annotator\np,a>b,kim\n", name="a.csv")
    verdicts = "product_id,category_path,is_acceptable,reviewer\np,a>b,1,rev\n"
    judgements = written(tmp_path, verdicts, name="j.csv")
    shares = "product_id,category_path,probability\np,a>b,.9\n"
    predictions = written(tmp_path, shares, name="p.csv")

    call_command("import_categories", tree)
    call_command("import_annotations", answers, round="first")
    call_command("import_judgements", judgements)
    call_command("import_predictions", predictions, model="m1")
    capsys.readouterr()


def test_every_kind_has_its_command(one_of_each):
    rows = (Category, Annotation, Judgement, Prediction)
    assert [model.objects.count() for model in rows] == [2, 1, 1, 1]


def test_every_kind_has_its_export(one_of_each, capsys):
    headers = {}
    for command, options in {
        "export_categories": {},
        "export_samples": {},
        "export_annotations": {"round": "first"},
        "export_judgements": {},
        "export_predictions": {"model": "m1"},
    }.items():
        call_command(command, **options)
        headers[command] = capsys.readouterr().out.splitlines()[0]

    assert headers == {
        "export_categories": "category_id,name,category_path,depth,is_leaf,is_catch_all",
        "export_samples": "product_id,product_name,mall_name,mall_category,brand,maker,price,"
        "registered_at,image,category_path",
        "export_annotations": "product_id,category_id,category_path,annotator,answered_at,"
        "is_assisted",
        "export_judgements": "product_id,category_id,category_path,is_acceptable,reviewer,"
        "judged_at",
        "export_predictions": "product_id,category_id,category_path,probability,rank",
    }


def test_an_export_leaves_an_audit_row(tmp_path):
    CategoryFactory(path="a")

    call_command("export_categories", out=tmp_path / "tree.csv")

    assert AuditEntry.objects.get(verb="exported").target_type == "categories"


@pytest.mark.parametrize(
    ("command", "options", "reason"),
    [
        ("export_annotations", {"round": "x"}, "There is no round x"),
        ("export_predictions", {"model": "x"}, "There is no model version x"),
    ],
)
def test_an_export_of_something_unknown_is_one_clear_line(command, options, reason):
    with pytest.raises(CommandError, match=reason):
        call_command(command, **options)
