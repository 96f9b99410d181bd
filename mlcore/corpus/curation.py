"""From a corpus to a dataset: what is left out before training, counted step by step."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mlcore import exclusion
from mlcore.corpus import columns
from mlcore.corpus.fingerprint import fingerprint
from mlcore.corpus.folder import read_json, replacing, write_json
from mlcore.exclusion import ExclusionRule
from mlcore.progress import BadInput

MANIFEST_FILE = "manifest.parquet"
RECORD_FILE = "dataset.json"

MANIFEST_COLUMNS = (
    columns.ID,
    columns.NAME,
    columns.CATEGORY,
    columns.MONTH,
    columns.NAME_TOKENS,
    columns.MALL_TOKENS,
)
"""What training needs; everything else stays in the corpus."""


@dataclass(frozen=True)
class StepCount:
    """
    What one step of the curation did.

    Attributes:
        step: its name: `exclude` (rules) or `wordless` (rows without any token left).
        rows_before, rows_after: rows going in and coming out.
        changed: rows that stayed but lost tokens.
    """

    step: str
    rows_before: int
    rows_after: int
    changed: int = 0


@dataclass(frozen=True)
class Dataset:
    """
    Training rows that never change again.

    Attributes:
        table: one row a product, the columns of `MANIFEST_COLUMNS`.
        counts: what each step did, in order.
        rules: the exclusion rules, and in `hits` how many corpus rows each hit.
        fingerprint: SHA-256 of the rows' ids, given categories and tokens.
        corpus, tokeniser: where the rows come from and how they were split.
    """

    table: pa.Table
    counts: tuple[StepCount, ...]
    rules: tuple[ExclusionRule, ...]
    hits: tuple[int, ...]
    fingerprint: str
    corpus: str = ""
    tokeniser: str = ""


def curate(
    table: pa.Table,
    rules: Sequence[ExclusionRule],
    *,
    corpus: str = "",
    tokeniser: str = "",
) -> Dataset:
    """
    Return the corpus rows that training may see.

    Args:
        table: a corpus; see `mlcore.corpus.store.read`.
        rules: the exclusion rules in force.
        corpus, tokeniser: the corpus's name and its tokeniser's fingerprint, kept for
            whoever rebuilds the dataset from its record.

    Raises:
        BadInput: no row is left.
    """
    excluded = exclusion.apply(table.select(_present(table)), rules)
    worded = excluded.table.filter(
        pc.greater(pc.list_value_length(excluded.table[columns.NAME_TOKENS]), 0)
    )
    if not worded.num_rows:
        raise BadInput("No row of the corpus is left to train on.")
    between = excluded.table.num_rows
    left = worded.select(MANIFEST_COLUMNS)
    return Dataset(
        table=left,
        counts=(
            StepCount("exclude", table.num_rows, between, excluded.stripped),
            StepCount("wordless", between, left.num_rows),
        ),
        rules=tuple(rules),
        hits=excluded.hits,
        fingerprint=fingerprint(left),
        corpus=corpus,
        tokeniser=tokeniser,
    )


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write the dataset's folder, replacing one that is there at the very end."""
    with replacing(folder) as draft:
        pq.write_table(dataset.table, draft / MANIFEST_FILE, compression="zstd")
        record = {
            "counts": [asdict(count) for count in dataset.counts],
            "rules": [rule.as_record() for rule in dataset.rules],
            "hits": dataset.hits,
            "fingerprint": dataset.fingerprint,
            "corpus": dataset.corpus,
            "tokeniser": dataset.tokeniser,
        }
        write_json(draft / RECORD_FILE, record)


def read_dataset(folder: Path) -> Dataset:
    """
    Return the dataset that `write_dataset` wrote.

    Raises:
        BadInput: the folder is not a dataset, or its rows are not the recorded ones.
    """
    record = read_json(folder / RECORD_FILE)
    try:
        table = pq.read_table(folder / MANIFEST_FILE)
    except (OSError, pa.ArrowException) as problem:
        raise BadInput(f"{folder} holds no readable dataset.") from problem
    if fingerprint(table) != record["fingerprint"]:
        raise BadInput(f"The rows in {folder} are not those that were frozen.")
    return Dataset(
        table=table,
        counts=tuple(StepCount(**count) for count in record["counts"]),
        rules=tuple(ExclusionRule.from_record(rule) for rule in record["rules"]),
        hits=tuple(record["hits"]),
        fingerprint=record["fingerprint"],
        corpus=record["corpus"],
        tokeniser=record["tokeniser"],
    )


def _present(table: pa.Table) -> list[str]:
    """Return the columns that the rules and the manifest need."""
    wanted = {*MANIFEST_COLUMNS, columns.MALL_CATEGORY}
    return [name for name in table.column_names if name in wanted]
