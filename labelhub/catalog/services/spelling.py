"""
Other spellings of names: 후라이팬 for 프라이팬, 치마 for 스커트.

A rule says that a word stands for another one in the names of all categories. Nothing here needs
a database, so that tests and tools read the list an installation starts with as the finder does.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

STARTING_LIST = Path(__file__).resolve().parent.parent / "starting_synonyms.csv"
BETWEEN_WORDS = r"\s/·,()&>+\[\]\-"  # as static/labelling/names.js splits names
YES = ("1", "true")


def normalised(text: str) -> str:
    """Return a word as it is stored and compared: NFC, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


@dataclass(frozen=True)
class Rule:
    """`word` is searched for, `stands_for` is what the names say; both normalised."""

    word: str
    stands_for: str
    is_inside: bool  # within longer words too, not only as a word of its own

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        sought = re.escape(self.stands_for)
        if self.is_inside:
            return re.compile(sought)
        return re.compile(f"(?<![^{BETWEEN_WORDS}]){sought}(?![^{BETWEEN_WORDS}])")


def respelt(name: str, rules: Iterable[Rule]) -> list[str]:
    """
    Return the other spellings of a name, one for each rule that fits it, in the rules' order.

    >>> respelt("레더재킷", [Rule("자켓", "재킷", True), Rule("치마", "스커트", False)])
    ['레더자켓']
    """
    plain = normalised(name)
    found = {
        rule.pattern.sub(rule.word, plain): None
        for rule in rules
        if rule.stands_for in plain  # far cheaper than the pattern, and mostly false
    }
    return [spelling for spelling in found if spelling != plain]


def starting() -> list[Rule]:
    """Return the general list that a new installation may take over."""
    with STARTING_LIST.open(encoding="utf-8", newline="") as file:
        return [
            Rule(normalised(row["word"]), normalised(row["stands_for"]), row["is_inside"] in YES)
            for row in csv.DictReader(file)
        ]
