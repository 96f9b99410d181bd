"""`vocabulary`: how much of the text vocabularies of several sizes know."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from mlcore.commands import files
from mlcore.corpus import columns, source
from mlcore.progress import BadInput
from mlcore.text.coverage import by_min_count, by_size
from mlcore.text.tokenise import shipped

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)

MIN_COUNTS = (1, 2, 3, 5, 10, 20, 50, 100)
"""The talk's 537,227 words were those seen 50 times or more."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    vocabulary = commands.add_parser("vocabulary", help="show what vocabularies would know")
    vocabulary.add_argument("--rows", type=Path, required=True, help="CSV or Parquet")
    vocabulary.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Count the words of the names, and print coverage by size and by minimum count."""
    names = source.read(options.rows).table[columns.NAME].to_pylist()
    split = shipped().tokens
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(split(name or ""))
    if not counts:
        raise BadInput(f"{options.rows.name} holds no words.")
    sizes = [size for size in SIZES if size < len(counts)]
    files.put(
        {
            "names": len(names),
            "words": len(counts),
            "tokens": counts.total(),
            "by_size": [each.as_record() for each in by_size(counts, [*sizes, len(counts)])],
            "by_min_count": [each.as_record() for each in by_min_count(counts, MIN_COUNTS)],
        }
    )
