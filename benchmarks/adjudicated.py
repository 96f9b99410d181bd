"""
Turn disagreements that five people judged each into files that the import commands read.

    python benchmarks/adjudicated.py FOLDER [--source mturk_adjudicated.csv]

    ./run manage import_categories  FOLDER/categories.csv
    ./run manage import_samples     FOLDER/samples.csv --round adjudicated
    ./run manage import_annotations FOLDER/annotations.csv --round adjudicated
    ./run manage import_predictions FOLDER/predictions.csv --model adjudicated
    ./run manage import_judgements  FOLDER/judgements.csv
    ./run manage export_comparison  --model adjudicated --format csv

The data set is the first level of a category and its label the second. Rows are compared by
label, so the counts of a data set are the sums over its rows: cut to level 1, every model would
agree with every person.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

DATA = Path(os.environ.get("LABELHUB_REAL_DATA", "../shared/data"))
SOURCE = DATA / "human_vs_model" / "mturk_adjudicated.csv"

# What the five people's majority says of (the human label, the model's label).
ACCEPTABLE = {
    "given": (True, False),
    "guessed": (False, True),
    "both": (True, True),
    "neither": (False, False),
}
NO_MAJORITY = "no_majority"

Row = dict[str, str]


def write(source: Path, folder: Path) -> None:
    """Write the five files of the import commands into the folder."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "categories.csv", ["category_path"], [[path] for path in _paths(rows)])
    _save(
        folder / "samples.csv",
        ["product_id", "product_name"],
        [[row["sample_id"], row["sample_id"]] for row in rows],
    )
    _save(
        folder / "annotations.csv",
        ["product_id", "category_path", "annotator"],
        [[row["sample_id"], _human(row), "dataset"] for row in rows],
    )
    # Where no confidence is stated the model named this label and no other.
    _save(
        folder / "predictions.csv",
        ["product_id", "category_path", "probability"],
        [[row["sample_id"], _model(row), row["model_confidence"] or "1"] for row in rows],
    )
    _save(
        folder / "judgements.csv",
        ["product_id", "category_path", "is_acceptable", "reviewer"],
        [judgement for row in rows for judgement in _judgements(row)],
    )


def _human(row: Row) -> str:
    return f"{row['dataset']}>{row['human_label']}"


def _model(row: Row) -> str:
    return f"{row['dataset']}>{row['model_label']}"


def _paths(rows: Sequence[Row]) -> list[str]:
    return sorted({path(row) for row in rows for path in (_human, _model)})


def _judgements(row: Row) -> list[list[str]]:
    """Return one resolved judgement for each of the row's categories; none without a majority."""
    if row["consensus"] == NO_MAJORITY:
        return []
    judged = zip((_human(row), _model(row)), ACCEPTABLE[row["consensus"]], strict=True)
    # Where both gave one label the file says "given", which is about that label.
    resolved = {_human(row): True} if row["same"] == "1" else dict(judged)
    return [
        [row["sample_id"], path, str(is_acceptable).lower(), "five people"]
        for path, is_acceptable in resolved.items()
    ]


def _save(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", type=Path, default=SOURCE)
    asked = parser.parse_args()
    write(asked.source, asked.folder)
    print(f"Wrote categories, samples, annotations, predictions and judgements to {asked.folder}")


if __name__ == "__main__":
    main()
