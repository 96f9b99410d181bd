"""The corpus: training rows as Parquet, with the tokens that every later step reads."""

from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mlcore.corpus import columns, source
from mlcore.corpus.checks import Reason, RefusedRow, check
from mlcore.corpus.fingerprint import fingerprint
from mlcore.corpus.folder import read_json, replacing, write_json
from mlcore.progress import BadInput, IsCancelled, Progress, never, silent, stop_if
from mlcore.text.tokenise import Tokeniser, shipped
from mlcore.text.word_list import keep

ROWS_FILE = "rows.parquet"
SUMMARY_FILE = "corpus.json"
TOKENISER_KEY = b"labelhub.tokeniser"

CHUNK_ROWS = 20_000
"""Rows tokenised between two looks at `is_cancelled`: a quarter of a second."""

REQUIRED = (columns.ID, columns.NAME, columns.CATEGORY)


@dataclass(frozen=True)
class CorpusSummary:
    """What an import wrote, and what it left out."""

    rows: int
    categories: int
    refused: tuple[RefusedRow, ...]
    fingerprint: str
    encoding: str
    tokeniser: str


class Refused(BadInput):
    """Some rows cannot be used, and nothing was imported."""

    def __init__(self, refused: tuple[RefusedRow, ...]) -> None:
        first = refused[0]
        super().__init__(
            f"{len(refused)} rows cannot be used, the first on line {first.line}: {first.reason}."
        )
        self.refused = refused


def import_rows(
    path: Path,
    destination: Path,
    *,
    tokeniser: Tokeniser | None = None,
    keep_good: bool = False,
    encoding: str | None = None,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> CorpusSummary:
    """
    Write a corpus folder out of a CSV (also gzipped) or Parquet file.

    An existing corpus in that folder is replaced at the very end.

    Args:
        path: the file; its columns may come in any order, extra ones are kept.
        destination: the corpus folder.
        tokeniser: MeCab unless another is given.
        keep_good: import the usable rows even if others are refused.
        encoding: of a CSV; detected unless given.

    Raises:
        Refused: some rows cannot be used and `keep_good` is off.
        BadInput: the file cannot be read, lacks a column or has no usable row.
        Cancelled: `is_cancelled` said yes; nothing was written.
    """
    splitter = tokeniser or shipped()
    progress("read", 0, 0)
    read_in = source.read(path, required=REQUIRED, encoding=encoding)
    checked = check(read_in)
    if checked.refused and not keep_good:
        raise Refused(checked.refused)
    if not checked.table.num_rows:
        raise BadInput(f"{path.name} holds no usable row.")
    table = with_derived(checked.table, splitter, progress, is_cancelled)
    summary = CorpusSummary(
        rows=table.num_rows,
        categories=pc.count_distinct(table[columns.CATEGORY]).as_py(),
        refused=checked.refused,
        fingerprint=fingerprint(table),
        encoding=read_in.encoding,
        tokeniser=splitter.fingerprint,
    )
    progress("write", 0, 0)
    with replacing(destination) as draft:
        metadata = {TOKENISER_KEY: splitter.fingerprint.encode()}
        pq.write_table(
            table.replace_schema_metadata(metadata), draft / ROWS_FILE, compression="zstd"
        )
        keep(splitter, draft)
        write_json(draft / SUMMARY_FILE, asdict(summary))
    return summary


def read(folder: Path) -> pa.Table:
    """
    Return the rows of a corpus folder.

    Raises:
        BadInput: the folder holds no readable corpus.
    """
    try:
        return pq.read_table(folder / ROWS_FILE)
    except (OSError, pa.ArrowException) as problem:
        raise BadInput(f"{folder} holds no readable corpus.") from problem


def summary(folder: Path) -> CorpusSummary:
    """
    Return what the import that wrote this folder reported.

    Raises:
        BadInput: the folder holds no readable corpus.
    """
    record = read_json(folder / SUMMARY_FILE)
    refused = tuple(
        RefusedRow(**{**row, "reason": Reason(row["reason"])}) for row in record.pop("refused")
    )
    return CorpusSummary(refused=refused, **record)


def with_derived(
    table: pa.Table,
    tokeniser: Tokeniser,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> pa.Table:
    """Return the table with every optional column, the month and the tokens."""
    for name in columns.OPTIONAL:
        if name not in table.column_names:
            table = table.append_column(name, pa.array([""] * table.num_rows, type=pa.string()))
    months = [columns.month_of(text) for text in table[columns.REGISTERED].to_pylist()]
    table = table.append_column(columns.MONTH, pa.array(months, type=pa.string()))
    chunks = []
    for begin in range(0, table.num_rows, CHUNK_ROWS):
        stop_if(is_cancelled)
        progress("tokenise", begin, table.num_rows)
        chunk = table.slice(begin, CHUNK_ROWS)
        for text, tokens in (
            (columns.NAME, columns.NAME_TOKENS),
            (columns.MALL_CATEGORY, columns.MALL_TOKENS),
        ):
            chunk = chunk.append_column(tokens, tokenise(chunk[text], tokeniser))
        chunks.append(chunk)
    progress("tokenise", table.num_rows, table.num_rows)
    return pa.concat_tables(chunks)


def tokenise(column: pa.ChunkedArray, tokeniser: Tokeniser) -> pa.Array:
    """Return the tokens of every text as a list<string> array."""
    split = [tokeniser.tokens(text) if text else [] for text in column.to_pylist()]
    return pa.array(split, type=pa.list_(pa.string()))
