"""Split names in a file, one a line: more of them than fit into memory, read again and again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

BLANK, NEW_LINE = " ", "\n"
"""Tokens hold neither."""


@dataclass(frozen=True)
class TokenLines:
    """The token lists of a file that `write_lines` wrote, in its order."""

    path: Path

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the tokens of each name."""
        with self.path.open(encoding="utf-8", errors="surrogatepass", newline=NEW_LINE) as file:
            for line in file:
                yield line.removesuffix(NEW_LINE).split(BLANK) if line != NEW_LINE else []


def write_lines(path: Path, texts: Iterable[Sequence[str]]) -> TokenLines:
    """
    Write token lists and return them as they can be read again.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     list(write_lines(Path(folder, "names"), [["겨울", "코트"], []]))
    [['겨울', '코트'], []]
    """
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline=NEW_LINE) as file:
        file.writelines(f"{BLANK.join(tokens)}{NEW_LINE}" for tokens in texts)
    return TokenLines(path)
