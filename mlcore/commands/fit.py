"""`fit`: train on labelled rows and export the model."""

import argparse
import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mlcore.commands import files
from mlcore.corpus import columns
from mlcore.corpus.folder import read_json
from mlcore.heads import MALL, NAME
from mlcore.progress import BadInput
from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.config import TrainingConfig


def add(commands: Any) -> None:
    """Add the command to the parser."""
    fit = commands.add_parser("fit", help="train on labelled rows and export the model")
    fit.add_argument("--rows", type=Path, required=True, help="CSV or Parquet with labels")
    fit.add_argument("--out", type=Path, required=True, help="folder of the new model")
    fit.add_argument("--config", type=Path, help="JSON file with training settings")
    fit.add_argument("--epochs", type=int, help="instead of the settings' own")
    fit.add_argument("--seed", type=int, help="instead of the settings' own")
    fit.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train; what a killed training left beside the output is gone on with."""
    rows = files.tokenised(files.labelled(options.rows), MecabTokeniser())
    config = _config(options, rows)
    # TensorFlow writes to both streams while it loads; results alone go to stdout.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with contextlib.redirect_stdout(sys.stderr):
        from mlcore.training.fit import fit_and_export

        out = options.out
        work = out.with_name(f".{out.name}.training")
        result = fit_and_export(rows, config, out, work=work, progress=files.show)
    files.put({**result.scores, "fingerprint": result.fingerprint})


def _config(options: argparse.Namespace, rows: pa.Table) -> TrainingConfig:
    """Return the settings of the file, or the default ones with what the rows hold."""
    record = read_json(options.config) if options.config else {}
    if not isinstance(record, dict):
        raise BadInput(f"{options.config} does not hold an object of settings.")
    config = TrainingConfig.from_record(record)
    if "branches" not in record:
        config = replace(config, branches=_branches(rows))
    given = {"epochs": options.epochs, "seed": options.seed}
    return replace(config, **{name: value for name, value in given.items() if value is not None})


def _branches(rows: pa.Table) -> tuple[str, ...]:
    has_malls = columns.MALL_TOKENS in rows.column_names and (
        pc.sum(pc.list_value_length(rows[columns.MALL_TOKENS])).as_py() or 0
    )
    return (NAME, MALL) if has_malls else (NAME,)
