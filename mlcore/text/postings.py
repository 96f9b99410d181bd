"""Where each token stands in a column of token lists, for looking words up fast."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlcore.text.normalise import fold

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NO_TOKEN = -1
"""Stands behind the last token, so that looking one position ahead is always possible."""


@dataclass(frozen=True)
class Postings:
    """
    An inverted index of one column.

    Attributes:
        ids: each known token's id.
        tokens: token id at every position, all rows after one another, then `NO_TOKEN`.
        rows: row of every position, then `NO_TOKEN`.
        order: positions sorted by token id; `starts[i]:starts[i + 1]` are token i's.
        n_rows: rows of the column.
    """

    ids: dict[str, int]
    tokens: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int64]
    order: Positions
    starts: Positions
    n_rows: int

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Postings":
        """Index a list<string> column; a null list holds no token."""
        lists = column.combine_chunks()
        encoded = lists.flatten().dictionary_encode()
        tokens = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        words: list[str] = encoded.dictionary.to_pylist()
        starts = np.zeros(len(words) + 1, dtype=np.int64)
        np.cumsum(np.bincount(tokens, minlength=len(words)), out=starts[1:])
        return cls(
            ids={word: number for number, word in enumerate(words)},
            tokens=np.append(tokens, np.int32(NO_TOKEN)),
            rows=np.append(np.repeat(np.arange(len(lists)), _lengths(lists)), NO_TOKEN),
            order=np.argsort(tokens, kind="stable"),
            starts=starts,
            n_rows=len(lists),
        )

    def rows_spelling(self, keyword: str) -> Positions:
        """Return the rows, ascending, in which whole tokens spell the keyword."""
        starts, _ = self._spans(keyword)
        return np.unique(self.rows[starts])

    def spelling(self, keyword: str, *, within: Mask) -> Mask:
        """Tell of each position whether it is part of the keyword in one of the rows."""
        starts, ends = self._spans(keyword)
        chosen = within[self.rows[starts]]
        # +1 where a spelling begins, -1 behind it: positive sums are inside one.
        steps = np.zeros(self.tokens.size, dtype=np.int64)
        np.add.at(steps, starts[chosen], 1)
        np.add.at(steps, ends[chosen], -1)
        inside: Mask = np.cumsum(steps)[:-1] > 0
        return inside

    def keep_all(self) -> Mask:
        """Return a mask over the positions that keeps every token."""
        return np.ones(self.tokens.size - 1, dtype=np.bool_)

    def _spans(self, keyword: str) -> tuple[Positions, Positions]:
        """Return where runs of whole tokens that spell the keyword start and end."""
        word = fold(keyword).replace(" ", "")
        # reached[i]: runs that spell the first i letters, as (start, position behind).
        reached: list[list[tuple[Positions, Positions]]] = [[] for _ in range(len(word) + 1)]
        for begin in range(len(word)):
            for end in range(begin + 1, len(word) + 1):
                number = self.ids.get(word[begin:end])
                if number is None:
                    continue
                if begin == 0:
                    found = self.order[self.starts[number] : self.starts[number + 1]]
                    reached[end].append((found, found + 1))
                for starts, behind in reached[begin]:
                    fits = (self.tokens[behind] == number) & (
                        self.rows[behind] == self.rows[starts]
                    )
                    reached[end].append((starts[fits], behind[fits] + 1))
        none = np.empty(0, dtype=np.int64)
        ends = [(none, none), *reached[len(word)]]
        return np.concatenate([s for s, _ in ends]), np.concatenate([e for _, e in ends])


def replace_lists(table: pa.Table, name: str, keep: Mask) -> pa.Table:
    """Return the table with only the kept tokens in this list column."""
    lists = table[name].combine_chunks()
    lengths = _lengths(lists)
    row_of = np.repeat(np.arange(len(lists)), lengths)
    offsets = np.zeros(len(lists) + 1, dtype=np.int32)
    np.cumsum(np.bincount(row_of[keep], minlength=len(lists)), out=offsets[1:])
    values = lists.flatten().filter(pa.array(keep))
    column = pa.ListArray.from_arrays(pa.array(offsets), values)
    return table.set_column(table.schema.get_field_index(name), name, column)


def _lengths(lists: pa.ListArray) -> Positions:
    lengths: Positions = (
        lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    return lengths
