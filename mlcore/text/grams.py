"""Character n-grams of a name's tokens, hashed to ids; 0 pads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PAD = 0

WIDTHS = (2, 3, 4)
"""Characters of an n-gram; single ones and five at a time gained nothing on real names."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Odd and without a pattern: multiplying by it spreads neighbouring numbers."""

CHUNK = 4_096
"""Texts hashed at a time, about 20 MB."""

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class GramReader:
    """
    Turns tokens into ids of the n-grams of the text that they make, joined by blanks.

    Tokens, not the name itself: words that an exclusion rule dropped are gone here too, and
    on real names the n-grams of separated morphemes carry more than those of the name.
    Nothing is learnt and nothing stored: an n-gram's id is its hash, so two of them may share one.

    Attributes:
        buckets: number of ids, the padding not counted; a power of two.
        length: n-grams of a name that are read; a longer name loses its last ones.
    """

    buckets: int
    length: int

    def read(self, texts: Sequence[Sequence[str]]) -> Ids:
        """
        Return ids from 1 to `buckets` in the order of the text, padded at the end.

        Returns:
            Shape (n_texts, length).

        >>> ids = GramReader(buckets=1024, length=8).read([["ab"], ["b", "a"], []])
        >>> (ids > 0).sum(axis=1).tolist()  # " ab ": 3 + 2 + 1; " b a ": 4 + 3 + 2, cut at 8
        [6, 8, 0]
        """
        ids = np.full((len(texts), self.length), PAD, dtype=np.int32)
        for begin in range(0, len(texts), CHUNK):
            chunk = [self._joined(tokens) for tokens in texts[begin : begin + CHUNK]]
            self._fill(ids[begin : begin + CHUNK], chunk)
        return ids

    def _joined(self, tokens: Sequence[str]) -> str:
        """Return as much of the text as can be read, a blank around each token."""
        if not tokens:
            return ""
        # Every character begins an n-gram of each width, but for the last few.
        return f" {' '.join(tokens)} "[: self.length + max(WIDTHS)]

    def _fill(self, ids: Ids, texts: list[str]) -> None:
        """Write the ids of these texts into their rows."""
        lengths = np.array([len(text) for text in texts])
        letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        row = np.repeat(np.arange(len(texts)), lengths)
        found = np.zeros((len(letters), len(WIDTHS)), dtype=np.int32)
        for column, width in enumerate(WIDTHS):
            starts = len(letters) - width + 1
            if starts > 0:
                is_one_text = row[:starts] == row[width - 1 :]
                hashed = _hashed(letters, width, self.buckets)
                found[:starts, column] = np.where(is_one_text, hashed, PAD)
        is_gram = found != PAD  # (n_letters, n_widths)
        row = np.repeat(row, is_gram.sum(axis=1))
        first = np.searchsorted(row, np.arange(len(texts)))
        place = np.arange(len(row)) - first[row]
        fits = place < self.length
        ids[row[fits], place[fits]] = found[is_gram][fits]


def _hashed(letters: npt.NDArray[np.uint32], width: int, buckets: int) -> Ids:
    """Return the id of the n-gram that begins at each letter, from 1."""
    starts = len(letters) - width + 1
    hashed = np.full(starts, width, dtype=np.uint64) * GOLDEN
    for place in range(width):
        hashed = (hashed ^ letters[place : place + starts]) * GOLDEN
        hashed ^= hashed >> np.uint64(29)
    ids: Ids = (hashed % np.uint64(buckets)).astype(np.int32) + np.int32(1)
    return ids


def rarity(document_frequencies: npt.NDArray[np.int64], *, n_names: int) -> npt.NDArray[np.float32]:
    """
    Return the weight of each n-gram: its inverse document frequency, smoothed as usual.

    Args:
        document_frequencies: names that hold each id, shape (buckets + 1,).
        n_names: names that were counted.

    Returns:
        Shape (buckets + 1,), 0 for the padding.

    >>> [round(float(weight), 3) for weight in rarity(np.array([0, 7, 1, 0]), n_names=7)]
    [0.0, 1.0, 2.386, 3.079]
    """
    weights = np.log((1 + n_names) / (1 + document_frequencies)) + 1
    weights[PAD] = 0.0
    return weights.astype(np.float32)


def document_frequencies(ids: Ids, buckets: int) -> npt.NDArray[np.int64]:
    """
    Return in how many names each id occurs; 0, the padding, in none.

    Args:
        ids: shape (n_names, length), as `GramReader.read` returns them.
        buckets: of the reader.

    >>> document_frequencies(np.array([[1, 1, 3, 0], [3, 0, 0, 0]], dtype=np.int32), 3).tolist()
    [0, 1, 0, 2]
    """
    counts = np.zeros(buckets + 1, dtype=np.int64)
    for begin in range(0, len(ids), CHUNK):
        each = np.sort(ids[begin : begin + CHUNK], axis=1)
        is_new = np.diff(each, axis=1, prepend=PAD) > 0
        counts += np.bincount(each[is_new], minlength=buckets + 1)
    return counts
