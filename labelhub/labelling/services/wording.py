"""How two versions of a text differ, line by line and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

WORDS = re.compile(r"\s+|\w+|[^\w\s]")

Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True)
class Piece:
    """Some words of a line; the changed ones stand out."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class Line:
    """A line of either version, or of both."""

    kind: Kind
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def compare(before: str, after: str) -> list[Line]:
    """
    Return the lines of both texts in reading order, what is gone before what is new.

    >>> [(line.kind, line.text) for line in compare("one\\ntwo", "one\\nthree")]
    [('same', 'one'), ('gone', 'two'), ('new', 'three')]
    """
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [Line("same", (Piece(text, False),)) for text in old[i:j]]
        else:
            lines += _replaced(old[i:j], new[k:m])
    return lines


def _replaced(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Lines that take each other's place are compared by words; the rest is wholly gone or new."""
    gone, come = [], []
    for before, after in zip_longest(old, new):
        if before is not None:
            gone.append(Line("gone", tuple(_pieces(before, after))))
        if after is not None:
            come.append(Line("new", tuple(_pieces(after, before))))
    return [*gone, *come]


def _pieces(text: str, other: str | None) -> Iterator[Piece]:
    """Cut a line into what the other has too and what it has not; alone, nothing stands out."""
    if other is None:
        yield Piece(text, False)
        return
    words, others = WORDS.findall(text), WORDS.findall(other)
    for tag, i, j, _k, _m in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if i < j:
            yield Piece("".join(words[i:j]), tag != "equal")
