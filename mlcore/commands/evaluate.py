"""`evaluate`: measure a model on labelled rows, as one JSON object."""

import argparse
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlcore.artifact import runtime
from mlcore.commands import files, pictures
from mlcore.corpus import columns
from mlcore.taxonomy import split_path
from mlcore.training.evaluate import LabelledRows, evaluate


def add(commands: Any) -> None:
    """Add the command to the parser."""
    measure = commands.add_parser("evaluate", help="measure a model, as one JSON object")
    measure.add_argument("model", type=Path, help="folder of the model")
    measure.add_argument("--rows", type=Path, required=True, help="CSV or Parquet with labels")
    pictures.add_source(measure)
    files.add_keep_good(measure)
    measure.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Predict the rows and print how right that is."""
    rows = files.labelled(options.rows, keep_good=options.keep_good)
    model = runtime.load(options.model)
    labelled = LabelledRows(
        names=rows[columns.NAME].to_pylist(),
        truth=[split_path(path) for path in rows[columns.CATEGORY].to_pylist()],
        known={**known(rows), **pictures.known(model, options, rows)},
    )
    files.put(evaluate(model, labelled).as_record())


def known(rows: pa.Table) -> dict[str, Any]:
    """Return what rows say of a product beside its name, as `LightModel.read` takes it."""
    found = (("mall_categories", columns.MALL_CATEGORY), ("malls", columns.MALL_NAME))
    return {
        argument: rows[column].to_pylist()
        for argument, column in found
        if column in rows.column_names
    }
