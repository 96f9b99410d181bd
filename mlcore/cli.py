"""The commands `fit`, `evaluate` and `predict` over files of product rows."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from mlcore.artifact import runtime
from mlcore.corpus import columns, source
from mlcore.corpus.checks import check
from mlcore.corpus.store import REQUIRED, Refused, tokenise
from mlcore.progress import BadInput
from mlcore.taxonomy import split_path
from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.config import TrainingConfig
from mlcore.training.evaluate import evaluate

BAD_INPUT = 2
"""Exit status when a person has to change a file or an argument."""

OUTPUTS = (".csv", ".parquet")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 means bad input."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (BadInput, OSError) as problem:
        reason = " ".join(str(problem).split())
        sys.stderr.write(f"mlcore {options.command}: {reason}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mlcore", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    fit = commands.add_parser("fit", help="train on labelled rows and export the model")
    fit.add_argument("--rows", type=Path, required=True, help="CSV or Parquet with labels")
    fit.add_argument("--out", type=Path, required=True, help="folder of the new model")
    fit.add_argument("--epochs", type=int, default=TrainingConfig.epochs)
    fit.add_argument("--seed", type=int, default=TrainingConfig.seed)
    fit.set_defaults(run=_fit)
    measure = commands.add_parser("evaluate", help="measure a model, as one JSON object")
    measure.add_argument("model", type=Path, help="folder of the model")
    measure.add_argument("--rows", type=Path, required=True, help="CSV or Parquet with labels")
    measure.set_defaults(run=_evaluate)
    predict = commands.add_parser("predict", help="write the categories of rows")
    predict.add_argument("model", type=Path, help="folder of the model")
    predict.add_argument("--rows", type=Path, required=True, help="CSV or Parquet")
    predict.add_argument("--out", type=Path, required=True, help="a .csv or .parquet file")
    predict.add_argument("--top", type=int, default=1, help="categories per row, up to 20")
    predict.set_defaults(run=_predict)
    return parser


def _fit(options: argparse.Namespace) -> None:
    config = TrainingConfig(epochs=options.epochs, seed=options.seed)
    rows = _labelled(options.rows)
    rows = rows.append_column(columns.NAME_TOKENS, tokenise(rows[columns.NAME], MecabTokeniser()))
    # TensorFlow writes to both streams while it loads; results alone go to stdout.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with contextlib.redirect_stdout(sys.stderr):
        from mlcore.training.fit import fit_and_export

        result = fit_and_export(rows, config, options.out, progress=_show)
    _print({**result.scores, "fingerprint": result.fingerprint})


def _evaluate(options: argparse.Namespace) -> None:
    rows = _labelled(options.rows)
    truth = [split_path(path) for path in rows[columns.CATEGORY].to_pylist()]
    model = runtime.load(options.model)
    _print(evaluate(model, rows[columns.NAME].to_pylist(), truth).as_record())


def _predict(options: argparse.Namespace) -> None:
    if options.out.suffix not in OUTPUTS:
        raise BadInput(f"The output must end in {' or '.join(OUTPUTS)}, not {options.out.name}.")
    if not 1 <= options.top <= runtime.RANKS:
        raise BadInput(f"--top must lie between 1 and {runtime.RANKS}, not {options.top}.")
    rows = source.read(options.rows).table
    answers = runtime.load(options.model).predict(rows[columns.NAME].to_pylist())
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
    _write(table, options.out)


def _labelled(path: Path) -> pa.Table:
    """Return the rows of a file, all of which must have a name and a category."""
    checked = check(source.read(path, required=REQUIRED))
    if checked.refused:
        raise Refused(checked.refused)
    if not checked.table.num_rows:
        raise BadInput(f"{path.name} holds no rows.")
    return checked.table


def _write(table: pa.Table, path: Path) -> None:
    """Write the table in the format of its ending, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        if path.suffix == ".parquet":
            pq.write_table(table, draft)
        else:
            pyarrow.csv.write_csv(table, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _show(stage: str, done: int, total: int) -> None:
    """Keep one line of progress up to date where somebody is watching."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{stage} {done:,} of {total:,} ")


def _print(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
