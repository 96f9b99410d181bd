"""Exclusion rules over a corpus that does not fit into memory: only rows in question are read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mlcore import exclusion
from mlcore.corpus import columns
from mlcore.exclusion import ExclusionRule
from mlcore.text.normalise import fold

if TYPE_CHECKING:
    import duckdb

BATCH_ROWS = 100_000

# A run of whole tokens spells a keyword only where the tokens, joined, hold it.
IN_QUESTION = """
SELECT * FROM source
WHERE category_path IN (SELECT category_path FROM inside_words)
OR category_path IN (SELECT category_path FROM whole_words) AND regexp_matches(
  concat_ws(chr(31), array_to_string(name_tokens, ''), array_to_string(mall_tokens, '')), ?
)
"""

AFTER_RULES = """
SELECT source.* REPLACE (
  coalesce(stripped.name_tokens, source.name_tokens) AS name_tokens,
  coalesce(stripped.mall_tokens, source.mall_tokens) AS mall_tokens
)
FROM (SELECT * FROM source ANTI JOIN dropped USING (row)) AS source
LEFT JOIN stripped ON source.row = stripped.row
"""

STRIPPED = pa.schema(
    [
        ("row", pa.int64()),
        (columns.NAME_TOKENS, pa.list_(pa.string())),
        (columns.MALL_TOKENS, pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True)
class Excluded:
    """How many rows each rule hit (rows may overlap), and how many stayed but lost tokens."""

    hits: tuple[int, ...]
    stripped: int


def exclude(
    connection: "duckdb.DuckDBPyConnection", rules: Sequence[ExclusionRule], workspace: Path
) -> Excluded:
    """
    Make the view `current`: the rows of the view `source` as the rules leave them.

    Every rule sees the corpus as it came, as in `mlcore.exclusion.apply`, which decides about
    each row that is in question.
    """
    if not rules:
        connection.table("source").create_view("current")
        return Excluded((), 0)
    _list_categories(connection, rules)
    found = connection.sql(IN_QUESTION, params=[_pattern(rules)])
    hits = np.zeros(len(rules), dtype=np.int64)
    stripped, dropped = 0, [np.empty(0, dtype=np.int64)]
    overrides = workspace / "stripped.parquet"
    with pq.ParquetWriter(overrides, STRIPPED) as writer:
        for batch in found.to_arrow_reader(BATCH_ROWS):
            table = pa.table(batch)
            after = exclusion.apply(table, rules)
            hits += after.hits
            stripped += after.stripped
            dropped.append(np.setdiff1d(table["row"], after.table["row"], assume_unique=True))
            if after.stripped:
                writer.write_table(after.table.select(STRIPPED.names).cast(STRIPPED))
    connection.from_arrow(pa.table({"row": np.concatenate(dropped)})).create("dropped")
    connection.read_parquet(str(overrides)).create("stripped")
    connection.sql(AFTER_RULES).create_view("current")
    return Excluded(tuple(hits.tolist()), stripped)


def _list_categories(
    connection: "duckdb.DuckDBPyConnection", rules: Sequence[ExclusionRule]
) -> None:
    """Make the tables of the given categories that rules speak of, by how they match."""
    paths = [path for (path,) in connection.sql("SELECT path FROM categories").fetchall()]
    for table, is_substring in (("whole_words", False), ("inside_words", True)):
        kind = [rule for rule in rules if rule.is_substring == is_substring]
        spoken_of = [
            path
            for path in paths
            if any(exclusion.is_covered(path, rule.categories) for rule in kind)
        ]
        listed = pa.table({columns.CATEGORY: pa.array(spoken_of, type=pa.string())})
        connection.from_arrow(listed).create(table)


def _pattern(rules: Sequence[ExclusionRule]) -> str:
    """Return a regular expression for the keywords that match whole tokens."""
    words = {fold(rule.keyword).replace(" ", "") for rule in rules if not rule.is_substring}
    return "|".join(re.escape(word) for word in sorted(words)) or "$."
