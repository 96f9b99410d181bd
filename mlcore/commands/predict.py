"""`predict`: write the categories of rows."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlcore.artifact import runtime
from mlcore.artifact.ranking import RANKS
from mlcore.commands import files, pictures
from mlcore.commands.evaluate import known
from mlcore.corpus import columns
from mlcore.progress import BadInput


def add(commands: Any) -> None:
    """Add the command to the parser."""
    predict = commands.add_parser("predict", help="write the categories of rows")
    predict.add_argument("model", type=Path, help="folder of the model")
    predict.add_argument("--rows", type=Path, required=True, help="CSV or Parquet")
    predict.add_argument("--out", type=Path, required=True, help="a .csv or .parquet file")
    predict.add_argument("--top", type=int, default=1, help="categories per row, up to 20")
    pictures.add_source(predict)
    files.add_keep_good(predict)
    predict.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the best categories of every row."""
    files.check_output(options.out)
    if not 1 <= options.top <= RANKS:
        raise BadInput(f"--top must lie between 1 and {RANKS}, not {options.top}.")
    rows = files.products(options.rows, keep_good=options.keep_good)
    model = runtime.load(options.model)
    told = {**known(rows), **pictures.known(model, options, rows)}
    answers = model.predict(rows[columns.NAME].to_pylist(), **told)
    top = min(options.top, answers.indices.shape[1])
    paths = pa.array(answers.categories, type=pa.string())
    table = pa.table(
        {
            "product_id": rows[columns.ID].take(np.repeat(np.arange(rows.num_rows), top)),
            "category_path": paths.take(answers.indices[:, :top].ravel()),
            "probability": answers.probabilities[:, :top].ravel(),
            "rank": np.tile(np.arange(1, top + 1), rows.num_rows),
        }
    )
    files.write(table, options.out)
