"""What the steps of a curation did: rows before and after, in all and per category."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CORPUS = "corpus"
EXCLUDE, WORDLESS, BALANCE = "exclude", "wordless", "balance"


@dataclass(frozen=True)
class StepCount:
    """
    What one step of the curation did.

    Attributes:
        step: its name: `exclude` (rules), `wordless` (rows without any token left) or
            `balance` (rows beyond a category's quota).
        rows_before, rows_after: rows going in and coming out.
        changed: rows that stayed but lost tokens.
    """

    step: str
    rows_before: int
    rows_after: int
    changed: int = 0


@dataclass(frozen=True)
class CategoryCount:
    """Rows of one given category in the corpus, and after each step in order."""

    path: str
    rows: tuple[int, ...]


def steps_of(
    categories: Sequence[CategoryCount], names: Sequence[str], changed: Mapping[str, int]
) -> tuple[StepCount, ...]:
    """
    Return the counts of all categories together.

    >>> steps_of([CategoryCount("a", (5, 4)), CategoryCount("b", (2, 2))], ["exclude"], {})
    (StepCount(step='exclude', rows_before=7, rows_after=6, changed=0),)
    """
    totals = [sum(column) for column in zip(*(one.rows for one in categories), strict=True)]
    return tuple(
        StepCount(name, totals[place], totals[place + 1], changed.get(name, 0))
        for place, name in enumerate(names)
    )


def write_categories(path: Path, categories: Sequence[CategoryCount], names: Sequence[str]) -> None:
    """Write one line a category: its path, its rows in the corpus and after each step."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["category_path", CORPUS, *(f"after_{name}" for name in names)])
        writer.writerows([one.path, *one.rows] for one in categories)


def read_categories(path: Path) -> tuple[list[str], list[CategoryCount]]:
    """Return the titles of the counts, and the categories, that `write_categories` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        (_, *titles), *lines = csv.reader(file)
    return titles, [CategoryCount(line[0], tuple(map(int, line[1:]))) for line in lines]
