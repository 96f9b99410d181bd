"""How much of the text a vocabulary of some size knows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Coverage:
    """
    What is left of a corpus's tokens under one limit.

    Attributes:
        min_count: a word occurs at least so often to be known.
        words: number of words that are known.
        tokens: share of all occurrences that are known words, in [0, 1].
        singles: share of the known words that occur only once, in [0, 1].
    """

    min_count: int
    words: int
    tokens: float
    singles: float

    def as_record(self) -> dict[str, float]:
        """Return the figures as JSON values."""
        return asdict(self)


def by_size(counts: Counter[str], sizes: Sequence[int]) -> list[Coverage]:
    """
    Return the coverage by the most frequent words, for several numbers of them.

    Args:
        counts: occurrences of every word, at least one word.
        sizes: words kept, each at least 1; more than there are mean all.

    >>> [(each.words, each.tokens) for each in by_size(Counter(a=3, b=1), [1, 9])]
    [(1, 0.75), (2, 1.0)]
    """
    ordered = sorted(counts.values(), reverse=True)
    return [_coverage(ordered[:size], counts) for size in sizes]


def by_min_count(counts: Counter[str], limits: Sequence[int]) -> list[Coverage]:
    """
    Return the coverage by the words that occur often enough, for several limits.

    >>> [(each.words, each.tokens) for each in by_min_count(Counter(a=3, b=1), [1, 2, 4])]
    [(2, 1.0), (1, 0.75), (0, 0.0)]
    """
    return [
        _coverage([count for count in counts.values() if count >= limit], counts, limit)
        for limit in limits
    ]


def _coverage(kept: list[int], counts: Counter[str], limit: int | None = None) -> Coverage:
    return Coverage(
        min_count=limit if limit is not None else min(kept),
        words=len(kept),
        tokens=sum(kept) / counts.total(),
        singles=kept.count(1) / len(kept) if kept else 0.0,
    )
