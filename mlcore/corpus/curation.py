"""From a corpus to a dataset: what is left out before training, counted step by step."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mlcore.corpus.counts import CategoryCount, StepCount, read_categories, write_categories
from mlcore.corpus.fingerprint import COVERED, FIRST, fingerprint, of_file
from mlcore.corpus.folder import read_json, replacing, write_json
from mlcore.corpus.freezing import CATEGORIES_FILE, MANIFEST_FILE, RECORD_FILE, freeze
from mlcore.corpus.frozen import Frozen, as_record
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.progress import BadInput


@dataclass(frozen=True)
class Dataset:
    """
    Training rows that never change again.

    Attributes:
        table: one row a product, the columns of `freezing.MANIFEST_COLUMNS`.
        counts: what each step did, in order.
        rules: the exclusion rules, and in `hits` how many corpus rows each hit.
        fingerprint: SHA-256 of the rows' columns in `covered`.
        corpus, tokeniser: where the rows come from and how they were split.
        plan: how they were balanced.
        categories: rows of each category in the corpus and after each step.
        covered: columns of the fingerprint.
    """

    table: pa.Table
    counts: tuple[StepCount, ...]
    rules: tuple[ExclusionRule, ...]
    hits: tuple[int, ...]
    fingerprint: str
    corpus: str = ""
    tokeniser: str = ""
    plan: CurationPlan = UNBALANCED
    categories: tuple[CategoryCount, ...] = ()
    covered: tuple[str, ...] = COVERED


def curate(
    table: pa.Table,
    rules: Sequence[ExclusionRule],
    *,
    plan: CurationPlan = UNBALANCED,
    corpus: str = "",
    tokeniser: str = "",
) -> Dataset:
    """
    Return the corpus rows that training may see.

    For tables that fit into memory several times over; files go through `freezing.freeze`.

    Args:
        table: a corpus; see `mlcore.corpus.store.read`.
        rules: the exclusion rules in force.
        plan: class and month balance; none unless given.
        corpus, tokeniser: the corpus's name and its tokeniser's fingerprint, kept for
            whoever rebuilds the dataset from its record.

    Raises:
        BadInput: no row is left.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows, dataset = Path(folder, "rows.parquet"), Path(folder, "dataset")
        pq.write_table(table, rows)
        freeze(rows, dataset, rules=rules, plan=plan, corpus=corpus, tokeniser=tokeniser)
        return read_dataset(dataset)


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write the dataset's folder, replacing one that is there at the very end."""
    steps = [count.step for count in dataset.counts]
    with replacing(folder) as draft:
        pq.write_table(dataset.table, draft / MANIFEST_FILE, compression="zstd")
        write_categories(draft / CATEGORIES_FILE, dataset.categories, steps)
        frozen = Frozen(
            rows=dataset.table.num_rows,
            counts=dataset.counts,
            categories=dataset.categories,
            hits=dataset.hits,
            fingerprint=dataset.fingerprint,
            manifest=of_file(draft / MANIFEST_FILE),
            covered=dataset.covered,
        )
        record = as_record(frozen, dataset.rules, dataset.plan, dataset.corpus, dataset.tokeniser)
        write_json(draft / RECORD_FILE, record)


def read_dataset(folder: Path) -> Dataset:
    """
    Return the dataset that `freeze` or `write_dataset` wrote.

    Raises:
        BadInput: the folder is not a dataset, or its rows are not the recorded ones.
    """
    record = read_json(folder / RECORD_FILE)
    try:
        table = pq.read_table(folder / MANIFEST_FILE)
    except (OSError, pa.ArrowException) as problem:
        raise BadInput(f"{folder} holds no readable dataset.") from problem
    covered = covered_by(record)
    if fingerprint(table, covered) != record["fingerprint"]:
        raise BadInput(f"The rows in {folder} are not those that were frozen.")
    listed = folder / CATEGORIES_FILE  # datasets of earlier versions have none
    return Dataset(
        table=table,
        counts=tuple(StepCount(**count) for count in record["counts"]),
        rules=tuple(ExclusionRule.from_record(rule) for rule in record["rules"]),
        hits=tuple(record["hits"]),
        fingerprint=record["fingerprint"],
        corpus=record["corpus"],
        tokeniser=record["tokeniser"],
        plan=CurationPlan.from_record(record.get("plan", {})),
        categories=tuple(read_categories(listed)[1]) if listed.exists() else (),
        covered=covered,
    )


def covered_by(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of a dataset's fingerprint; earlier versions wrote nothing of them."""
    return tuple(record.get("covered", FIRST))
