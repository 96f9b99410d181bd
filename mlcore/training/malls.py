"""
How far a shop's own categories are to be believed.

Some shops file ties under gift vouchers. What such a shop says is worth less than what others
say in the same words, so its category weighs less in the network's mall branch.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns

Filed = tuple[str, str, str, int]
"""A mall, the text of its own category, the given category, and how many rows have them."""

BETWEEN = "\x1f"


def mall_weights(pieces: Iterable[pa.Table], *, prior: float) -> dict[str, float]:
    """
    Return the weight of every mall whose own categories say less than others' do.

    Args:
        pieces: rows with the columns `mall_name`, `mall_tokens`, `category_path`.
        prior: as in `weights`.
    """
    filed: Counter[tuple[str, str, str]] = Counter()
    for piece in pieces:
        texts = pc.binary_join(piece[columns.MALL_TOKENS], BETWEEN)
        rows = pa.table([piece[columns.MALL_NAME], texts, piece[columns.CATEGORY]], list("mtc"))
        rows = rows.filter(pc.greater(pc.utf8_length(rows["t"]), 0))
        counts = rows.group_by(list("mtc")).aggregate([([], "count_all")])
        found = (counts[name].to_pylist() for name in [*"mtc", "count_all"])
        for mall, text, category, number in zip(*found, strict=True):
            filed[mall, text, category] += number
    return weights(((*key, number) for key, number in filed.items()), prior=prior)


def weights(filed: Iterable[Filed], *, prior: float = 20.0) -> dict[str, float]:
    """
    Return the weight of every mall whose own categories say less than others' do.

    A row is foretold by what the other malls file under the same text, or, of a text that
    is one mall's alone, by what that mall mostly files there. The weight of a mall is the
    share of its rows that are foretold rightly, over the share of all malls, at most 1.

    Args:
        filed: numbers of rows, each combination once.
        prior: rows of average reliability that every mall is credited with, so that
            a few odd rows do not condemn a small shop; more than 0.

    Returns:
        Weights in (0, 1) by mall; malls that are not in it weigh 1.

    >>> rows = [("a", "tie", "Tie", 40), ("b", "tie", "Tie", 40), ("c", "tie", "Toy", 20)]
    >>> {mall: round(weight, 3) for mall, weight in weights(rows).items()}
    {'c': 0.5}
    """
    by_text: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for mall, text, category, rows in filed:
        by_text[text][mall][category] += rows
    told: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for malls in by_text.values():
        for mall, rows, foretold in _foretold(malls):
            told[mall] += rows
            right[mall] += foretold
    if not right:
        return {}
    average = right.total() / told.total()
    reliability = {
        mall: (right[mall] + prior * average) / (told[mall] + prior) / average for mall in told
    }
    return {mall: share for mall, share in sorted(reliability.items()) if share < 1}


def _foretold(malls: Mapping[str, Counter[str]]) -> Iterable[tuple[str, int, int]]:
    """Yield of the malls that use one text: the mall, its rows, and how many are foretold."""
    everywhere: Counter[str] = Counter()
    for counts in malls.values():
        everywhere.update(counts)
    for mall, counts in malls.items():
        elsewhere = everywhere - counts
        expected = _most_frequent(elsewhere or counts)
        rows = counts.total()
        # A text that occurs once says nothing of how its mall uses it.
        if elsewhere or rows > 1:
            yield mall, rows, counts[expected]


def _most_frequent(counts: Counter[str]) -> str:
    """Return the category with the most rows; of equal ones the first by name."""
    return min(counts, key=lambda category: (-counts[category], category))
