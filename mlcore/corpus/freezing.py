"""Make a dataset's folder out of a corpus of any size, in bounded memory."""

import errno
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from mlcore.corpus import balance, columns, counts, engines, excluding
from mlcore.corpus.counts import CategoryCount
from mlcore.corpus.fingerprint import COVERED, fingerprint_of, of_file
from mlcore.corpus.folder import replacing, write_json
from mlcore.corpus.frozen import Frozen, as_record
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.progress import BadInput, IsCancelled, Progress, never, silent, stop_if
from mlcore.text import word_list

if TYPE_CHECKING:
    import duckdb

MANIFEST_FILE = "manifest.parquet"
RECORD_FILE = "dataset.json"
CATEGORIES_FILE = "categories.csv"

NEEDED_COLUMNS = (
    columns.ID,
    columns.NAME,
    columns.CATEGORY,
    columns.MONTH,
    columns.NAME_TOKENS,
    columns.MALL_TOKENS,
)
"""Without these a file of rows is no corpus."""

MANIFEST_COLUMNS = (*NEEDED_COLUMNS, columns.MALL_NAME, columns.MALL_CATEGORY, columns.IMAGE)
"""What training needs; everything else stays in the corpus."""

MEMORY_LIMIT = "2GB"
"""What DuckDB keeps in memory before it writes to the workspace; Python comes on top."""

MOST_THREADS = 8
"""Each holds a row group while the manifest is written."""

DISK_FULL = "No space left"

UNCORRECTED: Mapping[str, str] = MappingProxyType({})

RELABELLED = """
SELECT given.* REPLACE (coalesce(relabelled.path, category_path) AS category_path)
FROM given LEFT JOIN relabelled USING (product_id)
"""

NUMBERED = """
SELECT
  row, category, period AS month,
  ('0x' || left(digest, 15))::BIGINT AS ticket,
  ('0x' || substr(digest, 16, 15))::BIGINT AS tail,
  is_worded
FROM (
  SELECT
    row, category_path AS path, coalesce(month, '') AS month, md5(product_id) AS digest,
    coalesce(len(name_tokens), 0) > 0 AS is_worded
  FROM current
) JOIN categories USING (path) JOIN periods USING (month)
"""
"""A number for each row, category and month, and the id's MD5: what the balance is drawn by."""

CHOSEN = "SET VARIABLE chosen = (SELECT bitstring_agg(row, 0, {last}) FROM picks)"
"""A bit for each row of the corpus: whether it stays."""

UNCHANGED = "FROM source WHERE get_bit(getvariable('chosen'), row::INTEGER) = 1"
"""Rows that stay just as they are: DuckDB keeps the order of a filter over one table."""

SORTED = "FROM current SEMI JOIN picks USING (row) ORDER BY current.row"
"""Rows that stay where some were changed: a join keeps no order, and sorting takes as long as
everything else together."""

FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
"""Level 1 takes four fifths of the time of level 3, and 2 % more disk."""

COUNTED = """
SELECT path, any_value(size), count(numbered.row), count(*) FILTER (is_worded), count(picks.row)
FROM categories
LEFT JOIN numbered USING (category)
LEFT JOIN picks ON numbered.row = picks.row
GROUP BY path ORDER BY path
"""


def freeze(
    rows: Path,
    destination: Path,
    *,
    rules: Sequence[ExclusionRule] = (),
    relabelled: Mapping[str, str] = UNCORRECTED,
    plan: CurationPlan = UNBALANCED,
    covered: Sequence[str] = COVERED,
    engine: str = engines.DUCKDB,
    corpus: str = "",
    tokeniser: str = "",
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Frozen:
    """
    Write the rows of a corpus that training may see, in the corpus's order.

    An existing dataset in that folder is replaced at the very end.

    Args:
        rows: the Parquet file of a corpus; see `mlcore.corpus.store`.
        destination: the dataset's folder.
        rules: the exclusion rules in force.
        relabelled: category path by product id, where people corrected the given one; before
            anything else is done. Ids that the corpus lacks are ignored.
        plan: class and month balance; none unless given.
        covered: the columns of the fingerprint; for a dataset that is built again.
        engine: what works the balance out; see `mlcore.corpus.engines.opened`.
        corpus, tokeniser: the corpus's name and its tokeniser's fingerprint, kept for
            whoever rebuilds the dataset from its record.

    Raises:
        BadInput: no row is left, the file is no corpus, or the engine cannot work.
        Cancelled: `is_cancelled` said yes; nothing was written.
        OSError: the disk is full.
    """
    with engines.opened(engine) as chosen, replacing(destination) as draft:
        with (
            tempfile.TemporaryDirectory(dir=draft, prefix=".work") as folder,
            _connected(Path(folder)) as connection,
        ):
            _open(connection, rows, relabelled)
            frozen = _Freezing(
                connection=connection,
                workspace=Path(folder),
                covered=tuple(covered),
                is_as_given=not relabelled,
                progress=progress,
                is_cancelled=is_cancelled,
            ).carry_out(draft / MANIFEST_FILE, rules, plan, chosen)
        names = _steps(plan)
        counts.write_categories(draft / CATEGORIES_FILE, frozen.categories, names)
        write_json(draft / RECORD_FILE, as_record(frozen, rules, plan, corpus, tokeniser))
        if (words := rows.with_name(word_list.FILE)).exists():
            shutil.copyfile(words, draft / word_list.FILE)
    return frozen


@dataclass(frozen=True)
class _Freezing:
    """
    One freezing: its connection, where it may spill, what is hashed, and who watches.

    Attributes:
        is_as_given: nobody corrected a category.
    """

    connection: "duckdb.DuckDBPyConnection"
    workspace: Path
    covered: tuple[str, ...]
    is_as_given: bool
    progress: Progress
    is_cancelled: IsCancelled

    def carry_out(
        self,
        manifest: Path,
        rules: Sequence[ExclusionRule],
        plan: CurationPlan,
        engine: engines.Engine,
    ) -> Frozen:
        """Write the manifest and return what it holds."""
        self._begin(counts.EXCLUDE)
        excluded = excluding.exclude(self.connection, rules, self.workspace)
        self._begin(counts.BALANCE)
        self._pick(plan, engine)
        categories = self._count(_steps(plan))
        steps = counts.steps_of(categories, _steps(plan), {counts.EXCLUDE: excluded.stripped})
        if not steps[-1].rows_after:
            raise BadInput("No row of the corpus is left to train on.")
        self._begin("write")
        self._write(manifest, is_as_given=self.is_as_given and not excluded.stripped)
        self._begin("fingerprint")
        written = self.connection.read_parquet(glob.escape(str(manifest)))
        return Frozen(
            rows=steps[-1].rows_after,
            counts=steps,
            categories=categories,
            hits=excluded.hits,
            fingerprint=fingerprint_of(written, self.covered),
            manifest=of_file(manifest),
            covered=self.covered,
        )

    def _begin(self, stage: str) -> None:
        stop_if(self.is_cancelled)
        self.progress(stage, 0, 0)

    def _pick(self, plan: CurationPlan, engine: engines.Engine) -> None:
        """Make the table `picks`, the rows that stay."""
        self.connection.sql(NUMBERED).create("numbered")
        worded = self.connection.table("numbered").filter("is_worded")
        if plan.m is None:
            worded.project("row").create(engines.PICKS)
        else:
            candidates = worded.project("row, category, month, ticket, tail")
            candidates.create_view(balance.CANDIDATES)
            engine.pick(self.connection, plan, self.workspace)

    def _count(self, names: Sequence[str]) -> tuple[CategoryCount, ...]:
        found = self.connection.sql(COUNTED).fetchall()
        return tuple(CategoryCount(path, tuple(rows[: len(names) + 1])) for path, *rows in found)

    def _write(self, manifest: Path, *, is_as_given: bool) -> None:
        """Write the rows that stay, in the corpus's order."""
        rows = UNCHANGED if is_as_given else SORTED
        if is_as_given:
            [(total,)] = self.connection.sql("SELECT sum(size) FROM categories").fetchall()
            # A range takes two numbers at least.
            self.connection.execute(CHOSEN.format(last=max(total - 1, 1)))
        path = str(manifest).replace("'", "''")
        self.connection.execute(
            f"COPY (SELECT {', '.join(MANIFEST_COLUMNS)} {rows}) TO '{path}' ({FORMAT})"
        )


def _steps(plan: CurationPlan) -> list[str]:
    balance = [] if plan.m is None else [counts.BALANCE]
    return [counts.EXCLUDE, counts.WORDLESS, *balance]


@contextmanager
def _connected(workspace: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Give a database in memory that spills into the workspace."""
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": min(os.cpu_count() or 1, MOST_THREADS),
            "temp_directory": str(workspace),
        }
    )
    try:
        # It would go to stdout, where results are expected.
        connection.execute("SET enable_progress_bar = false")
        yield connection
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
        duckdb.OutOfMemoryException,
    ) as problem:
        reason = str(problem)
        if DISK_FULL in reason:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(workspace)) from problem
        raise BadInput(f"The corpus cannot be curated: {reason.splitlines()[0]}") from problem
    finally:
        connection.close()


def _open(
    connection: "duckdb.DuckDBPyConnection", rows: Path, relabelled: Mapping[str, str]
) -> None:
    """Make the view `source` of the corpus, and number its categories and months."""
    corpus = connection.read_parquet(glob.escape(str(rows)), file_row_number=True)
    if missing := [name for name in NEEDED_COLUMNS if name not in corpus.columns]:
        raise BadInput(f"{rows} is no corpus: it has no column {', '.join(missing)}.")
    present = [name if name in corpus.columns else f"'' AS {name}" for name in MANIFEST_COLUMNS]
    given = corpus.project(", ".join(["file_row_number AS row", *present]))
    given.create_view("given" if relabelled else "source")
    if relabelled:
        paths = {columns.ID: list(relabelled), "path": list(relabelled.values())}
        connection.from_arrow(pa.table(paths)).create("relabelled")
        connection.sql(RELABELLED).create_view("source")
    connection.sql(
        "SELECT category_path AS path, count(*) AS size,"
        " (row_number() OVER (ORDER BY category_path))::INTEGER AS category"
        " FROM source GROUP BY category_path"
    ).create("categories")
    connection.sql(
        "SELECT month, (row_number() OVER (ORDER BY month))::INTEGER AS period"
        " FROM (SELECT DISTINCT coalesce(month, '') AS month FROM source)"
    ).create("periods")
