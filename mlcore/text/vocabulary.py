"""Token ids: 0 pads, 1 is any word that the training rows did not make frequent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

PAD = 0
UNKNOWN = 1
RESERVED = 2

SIZE = 20_000
"""Words kept; in the talk a small vocabulary beat one of 1.5 million words."""

LENGTH = 30
"""Tokens of a name that are read; 99 % of real names have no more."""


@dataclass(frozen=True)
class Vocabulary:
    """The words that have an id of their own, most frequent first."""

    words: tuple[str, ...]

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]], *, size: int = SIZE) -> "Vocabulary":
        """
        Return the most frequent tokens, ties in alphabetical order.

        Args:
            texts: token lists.
            size: number of ids including the two reserved ones.

        >>> Vocabulary.build([["b", "a"], ["b"]]).words
        ('b', 'a')
        """
        return cls.of_counts(Counter(chain.from_iterable(texts)), size=size)

    @classmethod
    def of_counts(cls, counts: Mapping[str, int], *, size: int = SIZE) -> "Vocabulary":
        """Return the most frequent tokens by how often each occurs, as `build` does."""
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return cls(tuple(word for word, _ in ordered[: size - RESERVED]))

    def __len__(self) -> int:
        """Return the number of ids, the reserved ones included."""
        return len(self.words) + RESERVED

    def encode(
        self, texts: Sequence[Sequence[str]], *, length: int = LENGTH
    ) -> npt.NDArray[np.int32]:
        """
        Return ids of the first `length` tokens of every text, padded at the end.

        Returns:
            Shape (n_texts, length).

        >>> Vocabulary(("coat",)).encode([["red", "coat"]], length=3).tolist()
        [[1, 2, 0]]
        """
        ids = np.full((len(texts), length), PAD, dtype=np.int32)
        find = self._ids.get
        for row, tokens in enumerate(texts):
            found = [find(token, UNKNOWN) for token in tokens[:length]]
            ids[row, : len(found)] = found
        return ids

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: RESERVED + rank for rank, word in enumerate(self.words)}
