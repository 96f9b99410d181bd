"""`curate`: make a dataset of a corpus, with exclusion rules and balanced classes and months."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlcore.commands import files
from mlcore.corpus import engines, store
from mlcore.corpus.counts import StepCount
from mlcore.corpus.freezing import freeze
from mlcore.corpus.plan import CurationPlan
from mlcore.corpus.rules_file import read_rules
from mlcore.progress import BadInput
from mlcore.text.tokenise import Tokeniser

TITLES = {
    "exclude": "exclusion rules",
    "wordless": "rows without a word",
    "balance": "class balance",
}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    curate = commands.add_parser("curate", help="make a dataset: rules, class and month balance")
    curate.add_argument(
        "--rows", type=Path, required=True, help="folder of a corpus, or CSV or Parquet with labels"
    )
    curate.add_argument("--rules", type=Path, help="CSV of exclusion rules: keyword, categories")
    curate.add_argument("--m", type=float, help="keep m ln N rows of a category with N")
    curate.add_argument("--months", action="store_true", help="draw them evenly over the months")
    curate.add_argument(
        "--engine", default=engines.DUCKDB, help="duckdb (default), local[2] or spark://host:port"
    )
    files.add_words(curate)
    curate.add_argument("--out", type=Path, required=True, help="folder of the dataset")
    files.add_keep_good(curate)
    curate.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the dataset; the steps are printed as a table, its fingerprint below."""
    plan = CurationPlan(m=options.m, by_month=options.months)
    rules = read_rules(options.rules) if options.rules else ()
    if options.words and options.rows.is_dir():
        raise BadInput(f"The names of {options.rows} are split already; --words is for files.")
    with _corpus(options, files.tokeniser_of(options)) as folder:
        frozen = freeze(
            folder / store.ROWS_FILE,
            options.out,
            rules=rules,
            plan=plan,
            engine=options.engine,
            corpus=options.rows.name,
            tokeniser=store.summary(folder).tokeniser,
            progress=files.show,
        )
    _print_steps(frozen.counts)
    for rule, rows in zip(rules, frozen.hits, strict=True):
        sys.stdout.write(f"rule {rule.id}: {rule.keyword} hits {rows:,} rows\n")
    sys.stdout.write(f"{frozen.rows:,} rows, fingerprint {frozen.fingerprint}\n")


@contextmanager
def _corpus(options: argparse.Namespace, tokeniser: Tokeniser) -> Iterator[Path]:
    """Give the corpus folder, made for the time being where a file was handed in."""
    if options.rows.is_dir():
        yield options.rows
        return
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        try:
            summary = store.import_rows(
                options.rows,
                corpus,
                tokeniser=tokeniser,
                keep_good=options.keep_good,
                progress=files.show,
            )
        except store.Refused as problem:
            raise files.refusal(options.rows, problem.refused) from problem
        files.tell_left_out(options.rows, summary.refused)
        yield corpus


def _print_steps(steps: Sequence[StepCount]) -> None:
    line = "{:<20} {:>13} {:>13} {:>13} {:>13}\n"
    sys.stdout.write(line.format("step", "before", "left out", "lost a word", "after"))
    for step in steps:
        figures = (step.rows_before, step.rows_before - step.rows_after, step.changed)
        cells = [f"{figure:,}" for figure in (*figures, step.rows_after)]
        sys.stdout.write(line.format(TITLES[step.step], *cells))
