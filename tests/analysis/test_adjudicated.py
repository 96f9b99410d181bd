"""Thirteen thousand real disagreements, judged by people, through the import commands."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from benchmarks import adjudicated

DATA = Path(os.environ.get("LABELHUB_REAL_DATA", "../shared/data"))
SOURCE = DATA / "human_vs_model" / "mturk_adjudicated.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SOURCE.exists(), reason=f"not run: no real data at {SOURCE}"),
]

# human, model, both, neither, unreviewed (no majority), same: as the data's README counts them.
EXPECTED = {
    "20news": (11, 22, 12, 5, 43, 0),
    "caltech256": (1902, 221, 115, 23, 99, 0),
    "cifar10": (221, 18, 0, 4, 32, 0),
    "cifar100": (1650, 318, 20, 37, 210, 0),
    "imagenet": (2524, 1428, 597, 293, 598, 0),
    "mnist": (72, 10, 0, 3, 2, 13),
    "quickdraw": (630, 1047, 20, 240, 563, 0),
}
VERDICTS = ("human", "model", "both", "neither", "unreviewed", "same")


def test_every_data_set_has_the_counts_that_its_judges_gave(tmp_path):
    adjudicated.write(SOURCE, tmp_path)
    call_command("import_categories", tmp_path / "categories.csv")
    call_command("import_samples", tmp_path / "samples.csv", "--round", "adjudicated")
    call_command("import_annotations", tmp_path / "annotations.csv", "--round", "adjudicated")
    call_command("import_predictions", tmp_path / "predictions.csv", "--model", "adjudicated")
    call_command("import_judgements", tmp_path / "judgements.csv")
    out = io.StringIO()

    call_command("export_comparison", "--model", "adjudicated", stdout=out)

    counted = Counter()
    for row in csv.DictReader(io.StringIO(out.getvalue())):
        dataset = row["category_path"].split(">")[0]
        counted.update({(dataset, verdict): int(row[verdict]) for verdict in VERDICTS})
    found = {name: tuple(counted[name, verdict] for verdict in VERDICTS) for name in EXPECTED}
    assert found == EXPECTED
