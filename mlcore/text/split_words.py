"""Words that a tokeniser takes to pieces: candidates for a list of words that stay whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mlcore.text.normalise import fold
from mlcore.text.tokenise import Tokeniser
from mlcore.text.word_list import LONGEST

FEWEST_PARTS = 3
"""Words of two syllables are split rightly too often: 낮은 is 낮 and 은."""


@dataclass(frozen=True)
class SplitWord:
    """A word between blanks, how often it occurs, and what became of it."""

    word: str
    count: int
    tokens: tuple[str, ...]


def split_words(
    names: Iterable[str], tokeniser: Tokeniser, *, min_count: int = 5
) -> list[SplitWord]:
    """
    Return the words that fall into single letters, the most frequent first.

    Args:
        names: texts as they came.
        tokeniser: what splits them.
        min_count: occurrences, between blanks, under which a word is left out.
    """
    counts = Counter(word for name in names for word in fold(name).split())
    found = [
        SplitWord(word, count, tuple(tokeniser.tokens(word)))
        for word, count in counts.items()
        if count >= min_count and FEWEST_PARTS <= len(word) <= LONGEST and word.isalpha()
    ]
    broken = [each for each in found if len(each.tokens) == len(each.word)]
    return sorted(broken, key=lambda each: (-each.count, each.word))
