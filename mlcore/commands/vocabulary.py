"""`vocabulary`: how much of the text vocabularies of several sizes know."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from mlcore.commands import files
from mlcore.corpus import columns, source
from mlcore.progress import BadInput
from mlcore.text.coverage import by_min_count, by_size
from mlcore.text.split_words import split_words
from mlcore.text.tokenise import Tokeniser

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)

MIN_COUNTS = (1, 2, 3, 5, 10, 20, 50, 100)
"""The talk's 537,227 words were those seen 50 times or more."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    vocabulary = commands.add_parser("vocabulary", help="show what vocabularies would know")
    vocabulary.add_argument("--rows", type=Path, required=True, help="CSV or Parquet")
    files.add_words(vocabulary)
    vocabulary.add_argument("--split-words", type=Path, help="writes words that fall to pieces")
    vocabulary.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Count the words of the names, and print coverage by size and by minimum count."""
    names = [name or "" for name in source.read(options.rows).table[columns.NAME].to_pylist()]
    tokeniser = files.tokeniser_of(options)
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(tokeniser.tokens(name))
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
            "split_words": _write_split_words(names, tokeniser, options.split_words),
        }
    )


def _write_split_words(names: list[str], tokeniser: Tokeniser, path: Path | None) -> int:
    """Return how many words fall to pieces; where a path is given, write them for somebody
    to read and to hand in again with --words."""
    broken = split_words(names, tokeniser)
    if path:
        lines = [f"# {each.count} times: {' '.join(each.tokens)}\n{each.word}\n" for each in broken]
        path.write_text("".join(lines), encoding="utf-8")
    return len(broken)
