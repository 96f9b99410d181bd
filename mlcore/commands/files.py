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
from mlcore.corpus.checks import check
from mlcore.corpus.store import REQUIRED, Refused, tokenise
from mlcore.progress import BadInput
from mlcore.text.token_lines import TokenLines, write_lines
from mlcore.text.tokenise import Tokeniser, shipped
from mlcore.text.word_list import WordList, keeping

OUTPUTS = (".csv", ".parquet")

BATCH_ROWS = 20_000
"""Names that are Python objects at a time."""


def labelled(path: Path) -> pa.Table:
    """
    Return the rows of a file, all of which must have a name and a category.

    Raises:
        BadInput: the file cannot be read, or holds no rows, or rows without them.
    """
    checked = check(source.read(path, required=REQUIRED))
    if checked.refused:
        raise Refused(checked.refused)
    if not checked.table.num_rows:
        raise BadInput(f"{path.name} holds no rows.")
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


def show(stage: str, done: int, total: int) -> None:
    """Keep one line of progress up to date where somebody is watching."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{stage} {done:,} of {total:,} ")


def put(record: dict[str, object]) -> None:
    """Write one JSON object to stdout."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
