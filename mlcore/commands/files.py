"""What the commands read and write: files of product rows, results."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from mlcore.corpus import columns, source
from mlcore.corpus.checks import Checked, RefusedRow, check
from mlcore.corpus.store import REQUIRED, tokenise
from mlcore.progress import BadInput
from mlcore.text.token_lines import TokenLines, write_lines
from mlcore.text.tokenise import Tokeniser, shipped
from mlcore.text.word_list import WordList, keeping

OUTPUTS = (".csv", ".parquet")

NAMED_LINES = 5
"""Rows that cannot be used whose lines are named."""

BATCH_ROWS = 20_000
"""Names that are Python objects at a time."""


def add_keep_good(parser: argparse.ArgumentParser) -> None:
    """Add the option that leaves out rows which cannot be used."""
    parser.add_argument(
        "--keep-good", action="store_true", help="leave out rows that cannot be used, and say which"
    )


def labelled(path: Path, *, keep_good: bool = False) -> pa.Table:
    """
    Return the rows of a file, each of which must have an id of its own, a name and a category.

    Args:
        keep_good: leave out those that have not, and say so on stderr.

    Raises:
        BadInput: the file cannot be read, or holds no rows, or others without `keep_good`.
    """
    return _usable(check(source.read(path, required=REQUIRED)), path, keep_good)


def products(path: Path, *, keep_good: bool = False) -> pa.Table:
    """Return the rows of a file, each with an id of its own and a name; see `labelled`."""
    return _usable(check(source.read(path), is_labelled=False), path, keep_good)


def refusal(path: Path, refused: Sequence[RefusedRow]) -> BadInput:
    """Return the error that says which rows cannot be used, and how to go on without them."""
    return BadInput(f"{_named(path, refused)} With --keep-good they are left out.")


def tell_left_out(path: Path, refused: Sequence[RefusedRow]) -> None:
    """Say on stderr which rows are left out, if any are."""
    if refused:
        sys.stderr.write(f"Left out: {_named(path, refused)}\n")


def _named(path: Path, refused: Sequence[RefusedRow]) -> str:
    """Return how many rows cannot be used, and where and why the first ones."""
    named = [f"line {row.line} ({row.reason})" for row in refused[:NAMED_LINES]]
    more = len(refused) - len(named)
    where = ", ".join(named) + (f" and {more:,} more" if more else "")
    rows = "1 row" if len(refused) == 1 else f"{len(refused):,} rows"
    return f"{rows} of {path.name} cannot be used: {where}."


def _usable(checked: Checked, path: Path, keep_good: bool) -> pa.Table:
    if checked.refused and not keep_good:
        raise refusal(path, checked.refused)
    tell_left_out(path, checked.refused)
    if not checked.table.num_rows:
        raise BadInput(f"{path.name} holds no rows that can be used.")
    return checked.table


def add_words(parser: argparse.ArgumentParser) -> None:
    """Add the option that names words which stay whole."""
    parser.add_argument("--words", type=Path, help="text file of words that stay whole, one a line")


def tokeniser_of(options: argparse.Namespace) -> Tokeniser:
    """Return the shipped tokeniser, with the words that `add_words` asked for kept whole."""
    return keeping(WordList.read(options.words) if options.words else None, shipped())


def tokenised(rows: pa.Table, tokeniser: Tokeniser) -> pa.Table:
    """Return the rows with the tokens of names and, where there is one, of mall categories."""
    for text, tokens in (
        (columns.NAME, columns.NAME_TOKENS),
        (columns.MALL_CATEGORY, columns.MALL_TOKENS),
    ):
        if text in rows.column_names:
            rows = rows.append_column(tokens, tokenise(rows[text], tokeniser))
    return rows


def names_alone(paths: Sequence[Path], tokeniser: Tokeniser, spool: Path) -> TokenLines:
    """
    Return the tokens of all names in these files, kept in the file `spool`.

    One file's rows are in memory at a time; categories are not looked at.

    Raises:
        BadInput: a file cannot be read or has no names.
    """

    def tokens() -> Iterator[Sequence[str]]:
        for path in paths:
            table = source.read(path, required=(columns.NAME,)).table
            for batch in table.select([columns.NAME]).to_batches(BATCH_ROWS):
                yield from map(tokeniser.tokens, batch[columns.NAME].to_pylist())

    return write_lines(spool, tokens())


def check_output(path: Path) -> None:
    """
    Refuse an output file of a kind that is not written.

    Raises:
        BadInput: its name ends in neither .csv nor .parquet.
    """
    if path.suffix not in OUTPUTS:
        raise BadInput(f"The output must end in {' or '.join(OUTPUTS)}, not {path.name}.")


def write(table: pa.Table, path: Path) -> None:
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


class _Shown:
    """Progress on stderr: one line kept up to date, or in a log a line for each tenth."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        line = f"{stage} {done:,} of {total:,} "
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line}")
        elif total > done and self._last != (stage, 10 * done // total):
            self._last = stage, 10 * done // total
            sys.stderr.write(f"{line}\n")


show = _Shown()


def put(record: dict[str, object]) -> None:
    """Write one JSON object to stdout."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
