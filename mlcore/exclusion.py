"""
Exclusion rules: which training rows a keyword drops, or loses the keyword from.

Rows come as a corpus table with the columns `category_path` (written path),
`name_tokens` and `mall_tokens` (lists of folded tokens), `product_name` and
`mall_category` (raw texts). Tokens were written once with the corpus, so every rule and
every engine sees the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mlcore.text.normalise import fold
from mlcore.text.postings import Postings, replace_lists

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Action(StrEnum):
    """What happens to a training row that a rule hits."""

    DROP = "drop"
    STRIP = "strip"


class RuleRecord(TypedDict):
    """A rule as JSON."""

    id: str
    keyword: str
    categories: list[str]
    action: str
    unless: list[str]
    in_mall_category: bool
    is_substring: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExclusionRule:
    """
    Rows given one of the categories whose text holds the keyword are dropped or stripped.

    Attributes:
        keyword: matches where one whole token, or a run of whole tokens, spells it;
            case, Unicode form and blanks do not matter.
        categories: written paths; a path stands for itself and all its descendants.
        action: drop the row, or take the keyword's tokens out of it.
        unless: words that protect a row when they match in the same texts.
        in_mall_category: look into the mall category too, not only the name.
        is_substring: match inside words as well (여성 in 여성용).
        reason, id: what people and records know the rule by.

    Raises:
        ValueError: no keyword or category, an empty *unless* word, or a substring that
            should be stripped, which would leave halves of words.

    >>> rule = ExclusionRule(keyword="여성", categories=frozenset({"출산/육아"}))
    >>> ExclusionRule.from_record(rule.as_record()) == rule
    True
    """

    keyword: str
    categories: frozenset[str]
    action: Action = Action.DROP
    unless: tuple[str, ...] = ()
    in_mall_category: bool = False
    is_substring: bool = False
    reason: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if not all(fold(word) for word in (self.keyword, *self.unless)):
            raise ValueError("A keyword or unless word must not be blank.")
        if not self.categories:
            raise ValueError(f"The rule for {self.keyword!r} names no category.")
        if self.is_substring and self.action is Action.STRIP:
            raise ValueError("Only whole tokens can be stripped, not parts of words.")

    def as_record(self) -> RuleRecord:
        """Return the rule as JSON values, the same for equal rules."""
        return RuleRecord(
            id=self.id,
            keyword=self.keyword,
            categories=sorted(self.categories),
            action=self.action.value,
            unless=list(self.unless),
            in_mall_category=self.in_mall_category,
            is_substring=self.is_substring,
            reason=self.reason,
        )

    @classmethod
    def from_record(cls, record: RuleRecord) -> "ExclusionRule":
        """Return the rule that `as_record` wrote."""
        return cls(
            id=record["id"],
            keyword=record["keyword"],
            categories=frozenset(record["categories"]),
            action=Action(record["action"]),
            unless=tuple(record["unless"]),
            in_mall_category=record["in_mall_category"],
            is_substring=record["is_substring"],
            reason=record["reason"],
        )


@dataclass(frozen=True)
class RuleHits:
    """Corpus rows that a rule hits, in all and by their given category."""

    rule: ExclusionRule
    rows: int
    substring_rows: int
    """Rows it would hit if it matched inside words too."""
    by_category: dict[str, int]


@dataclass(frozen=True)
class Exclusion:
    """A corpus after the rules, and how many rows each rule hit (rows may overlap)."""

    table: pa.Table
    hits: tuple[int, ...]
    dropped: int
    stripped: int


class TokenIndex:
    """A corpus prepared so that looking a keyword up costs milliseconds."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        encoded = table["category_path"].combine_chunks().dictionary_encode()
        self.categories: list[str] = encoded.dictionary.to_pylist()
        self._category_codes: Rows = encoded.indices.to_numpy(zero_copy_only=False)
        self._substring_rows = cache(self._find_substring)

    @cached_property
    def names(self) -> Postings:
        """Where each token stands in the names."""
        return Postings.of(self._table["name_tokens"])

    @cached_property
    def malls(self) -> Postings:
        """Where each token stands in the mall categories."""
        return Postings.of(self._table["mall_tokens"])

    def postings(self, rule: ExclusionRule) -> list[Postings]:
        """Return the texts that the rule looks at."""
        return [self.names, self.malls] if rule.in_mall_category else [self.names]

    def mask(self, rule: ExclusionRule, *, is_substring: bool) -> Mask:
        """Tell of each row whether the rule hits it, matching words or parts of them."""
        hit = np.zeros(self._table.num_rows, dtype=np.bool_)
        hit[self._holding(rule.keyword, rule, is_substring)] = True
        for word in rule.unless:
            hit[self._holding(word, rule, is_substring)] = False
        covered = [is_covered(path, rule.categories) for path in self.categories]
        hit &= np.array(covered, dtype=np.bool_)[self._category_codes]
        return hit

    def count_by_category(self, hit: Mask) -> dict[str, int]:
        """Return the number of hit rows of every category that has some."""
        counts = np.bincount(self._category_codes[hit], minlength=len(self.categories))
        return {
            path: int(count) for path, count in zip(self.categories, counts, strict=True) if count
        }

    def _holding(self, word: str, rule: ExclusionRule, is_substring: bool) -> Rows:
        """Return the rows whose looked-at texts hold the word."""
        if not is_substring:
            found = [texts.rows_spelling(word) for texts in self.postings(rule)]
            return np.concatenate(found)
        columns = ["product_name"]
        if rule.in_mall_category:
            columns.append("mall_category")
        return np.concatenate([self._substring_rows(column, fold(word)) for column in columns])

    def _find_substring(self, column: str, word: str) -> Rows:
        found = pc.match_substring(self._folded[column], word)
        rows: Rows = np.flatnonzero(found.to_numpy(zero_copy_only=False))
        return rows

    @cached_property
    def _folded(self) -> dict[str, pa.Array]:
        return {
            column: pa.array(
                [fold(text or "") for text in self._table[column].to_pylist()],
                type=pa.large_string(),
            )
            for column in ("product_name", "mall_category")
        }


def find(rule: ExclusionRule, index: TokenIndex) -> Rows:
    """Return the row numbers that the rule hits, ascending."""
    return np.flatnonzero(index.mask(rule, is_substring=rule.is_substring))


def count_hits(index: TokenIndex, rules: Sequence[ExclusionRule]) -> list[RuleHits]:
    """Return for every rule, on its own, how many rows it hits where."""
    counted = []
    for rule in rules:
        hit = index.mask(rule, is_substring=rule.is_substring)
        loose = index.mask(rule, is_substring=True)
        counted.append(
            RuleHits(
                rule=rule,
                rows=int(hit.sum()),
                substring_rows=int(loose.sum()),
                by_category=index.count_by_category(hit),
            )
        )
    return counted


def apply(table: pa.Table, rules: Sequence[ExclusionRule]) -> Exclusion:
    """
    Return the corpus without the dropped rows and the stripped tokens.

    Every rule sees the corpus as it came, so the order of the rules does not matter.
    """
    index = TokenIndex(table)
    masks = [index.mask(rule, is_substring=rule.is_substring) for rule in rules]
    is_dropped = np.zeros(table.num_rows, dtype=np.bool_)
    is_stripped = np.zeros(table.num_rows, dtype=np.bool_)
    strips = []
    for rule, hit in zip(rules, masks, strict=True):
        if rule.action is Action.DROP:
            is_dropped |= hit
        else:
            is_stripped |= hit
            strips.append((rule, hit))
    left = _strip(table, index, strips) if strips else table
    return Exclusion(
        table=left.filter(pa.array(~is_dropped)),
        hits=tuple(int(hit.sum()) for hit in masks),
        dropped=int(is_dropped.sum()),
        stripped=int((is_stripped & ~is_dropped).sum()),
    )


def _strip(
    table: pa.Table, index: TokenIndex, strips: Sequence[tuple[ExclusionRule, Mask]]
) -> pa.Table:
    """Return the table without the keywords' tokens in the rows that were hit."""
    names = index.names.keep_all()
    for rule, hit in strips:
        names &= ~index.names.spelling(rule.keyword, within=hit)
    table = replace_lists(table, "name_tokens", names)
    mall_rules = [pair for pair in strips if pair[0].in_mall_category]
    if not mall_rules:
        return table
    malls = index.malls.keep_all()
    for rule, hit in mall_rules:
        malls &= ~index.malls.spelling(rule.keyword, within=hit)
    return replace_lists(table, "mall_tokens", malls)


def is_covered(path: str, subtrees: frozenset[str]) -> bool:
    """Tell whether the written path is one of the subtrees' roots or below one."""
    levels = path.split(">")
    return any(">".join(levels[:depth]) in subtrees for depth in range(1, len(levels) + 1))
