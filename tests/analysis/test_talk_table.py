"""The table of the talk, from rows that went through the import commands."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from labelhub.accounts.models import AuditEntry

pytestmark = pytest.mark.django_db

OTHER = "기타>기타"  # what is wrong where a verdict needs a second category
# category_id, category_path, same, human, model, both, neither, printed error after in percent.
# The last count is the rest up to the talk's totals of 188, 165, 57, 57 and 57.
TALK = (
    ("50000418", "출산/육아>유아동의류>재킷", 16, 143, 9, 1, 19, "86.2"),
    ("50004174", "패션잡화>주얼리>목걸이", 69, 80, 8, 5, 3, "50.3"),
    ("50000419", "출산/육아>유아동의류>점퍼", 21, 26, 2, 0, 8, "59.6"),
    ("50004203", "출산/육아>유아동잡화>가방>백팩", 14, 39, 2, 0, 2, "71.9"),
    ("50000420", "출산/육아>유아동의류>코트", 9, 41, 2, 0, 5, "80.7"),
)
ACCEPTABLE = {
    "human": (True, False),
    "model": (False, True),
    "both": (True, True),
    "neither": (False, False),
}


def save(path: Path, columns: list[str], rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return str(path)


def samples_of_the_talk() -> list[tuple[str, str, str]]:
    """Return (product_id, category_path, verdict) of the 524 samples."""
    verdicts = ("same", "human", "model", "both", "neither")
    return [
        (f"{code}-{verdict}-{number}", path, verdict)
        for code, path, *counts, _printed in TALK
        for verdict, count in zip(verdicts, counts, strict=True)
        for number in range(count)
    ]


@pytest.fixture
def imported(tmp_path):
    """Import the talk's 524 samples with their labels, predictions and judgements."""
    rows = samples_of_the_talk()
    categories = [[code, path] for code, path, *_rest in TALK]
    predicted = [[id_, path if verdict == "same" else OTHER, "0.9"] for id_, path, verdict in rows]
    judged = [
        [id_, category, str(is_acceptable).lower(), "reviewer"]
        for id_, path, verdict in rows
        if verdict != "same"
        for category, is_acceptable in zip((path, OTHER), ACCEPTABLE[verdict], strict=True)
    ]
    files = {
        "categories": (["category_id", "category_path"], [*categories, ["", OTHER]]),
        "samples": (["product_id", "product_name"], [[id_, id_] for id_, *_ in rows]),
        "annotations": (["product_id", "category_path"], [[i, path] for i, path, _ in rows]),
        "predictions": (["product_id", "category_path", "probability"], predicted),
        "judgements": (["product_id", "category_path", "is_acceptable", "reviewer"], judged),
    }
    paths = {name: save(tmp_path / f"{name}.csv", *table) for name, table in files.items()}
    call_command("import_categories", paths["categories"])
    call_command("import_samples", paths["samples"], "--round", "talk")
    call_command(
        "import_annotations", paths["annotations"], "--round", "talk", "--annotator", "people"
    )
    call_command("import_predictions", paths["predictions"], "--model", "talk")
    call_command("import_judgements", paths["judgements"])


def export(*arguments: str) -> str:
    out = io.StringIO()
    call_command("export_comparison", "--model", "talk", *arguments, stdout=out)
    return out.getvalue()


def test_an_export_by_command_is_in_the_audit_trail(imported):
    export("--format", "json")

    entry = AuditEntry.objects.get(verb="exported the comparison")
    assert (entry.by, entry.details) == (None, {"rows": 5, "format": "json"})


def test_the_five_rows_of_the_talk_come_out_to_the_printed_digit(imported):
    rows = {row["category_id"]: row for row in csv.DictReader(io.StringIO(export()))}

    assert len(rows) == 5
    for code, path, same, human, model, both, neither, printed in TALK:
        row = rows[code]
        counts = [int(row[name]) for name in ("same", "human", "model", "both", "neither")]
        assert row["category_path"] == path
        assert counts == [same, human, model, both, neither]
        assert int(row["total"]) == same + human + model + both + neither
        assert f"{100 * float(row['error_after']):.1f}" == printed


def test_json_says_the_same_as_csv(imported):
    said = json.loads(export("--format", "json"))

    assert (said["model"], said["axis"], said["level"]) == ("talk", "human", None)
    assert {row["category_id"]: row["total"] for row in said["rows"]} == {
        "50000418": 188,
        "50004174": 165,
        "50000419": 57,
        "50004203": 57,
        "50000420": 57,
    }


def test_level_one_joins_the_childrens_categories(imported):
    rows = {
        row["category_path"]: row for row in csv.DictReader(io.StringIO(export("--level", "1")))
    }

    assert rows["출산/육아"]["total"] == "359"  # 188 + 57 + 57 + 57
    assert rows["출산/육아"]["human"] == "249"  # 143 + 26 + 39 + 41


def test_the_predicted_axis_counts_what_the_model_took_for_other(imported):
    rows = {
        row["category_path"]: row
        for row in csv.DictReader(io.StringIO(export("--axis", "predicted")))
    }

    assert rows[OTHER]["human"] == "329"  # 143 + 80 + 26 + 39 + 41
    assert rows[OTHER]["same"] == "0"
