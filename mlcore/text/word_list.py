"""Words that stay whole however a tokeniser would split them: brands, new goods."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlcore.progress import BadInput
from mlcore.text.normalise import fold
from mlcore.text.tokenise import Tokeniser, known_as

FILE = "words.txt"
"""What keeps the words beside that which was split: a corpus, a dataset, a version."""

HOLDER = "\ue000"
"""Stands for a listed word while the rest is split; of the private use area, so in no name."""

BY_ITSELF = f" {HOLDER} "

LONGEST = 40
"""Letters of a listed word; what is longer is a whole name, and no word."""

SHORT = 2
"""Letters up to which a word has to stand alone: 나이 is no word of 하나이불."""

LETTER = r"[^\W\d_]"

NOTHING = "(?!)"
"""The pattern that is found nowhere."""

LISTED, DIGITS = "+words-", 16
"""Ends the fingerprint of a tokeniser with a list: what comes before is the other's."""

END = ""
_Tree = dict[str, "_Tree"]


class NoWord(BadInput):
    """A line that is a single letter, several words, or too long."""

    def __init__(self, line: str) -> None:
        self.line = line[:LONGEST]
        super().__init__(
            f"{self.line} cannot be listed: a word has 2 to {LONGEST} letters and no blank."
        )


@dataclass(frozen=True)
class WordList:
    """
    Folded words, each once, sorted.

    Attributes:
        words: of 2 to `LONGEST` letters and without blanks.
    """

    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Iterable[str]) -> "WordList":
        """
        Return the list of these words, however they are written.

        Raises:
            NoWord: one of them is none.

        >>> WordList.of(["ZARA", "느와이", "zara", ""]).words
        ('zara', '느와이')
        """
        folded = sorted({fold(word) for word in words} - {""})
        for word in folded:
            if " " in word or HOLDER in word or not 2 <= len(word) <= LONGEST:
                raise NoWord(word)
        return cls(tuple(folded))

    @classmethod
    def read(cls, path: Path) -> "WordList":
        """
        Read a text file with a word a line, as `of_lines` does.

        Raises:
            BadInput: the file cannot be read, or a line is no word.
        """
        try:
            return cls.of_lines(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as problem:
            raise BadInput(f"{path} holds no readable list of words.") from problem

    @classmethod
    def of_lines(cls, text: str) -> "WordList":
        """
        Return the words of a text, one a line; lines that are empty or begin with # say nothing.

        Raises:
            NoWord: a line is none.
        """
        return cls.of(line for line in text.splitlines() if not line.startswith("#"))

    def write(self, path: Path) -> None:
        """Write the words as `read` reads them."""
        path.write_text("".join(f"{word}\n" for word in self.words), encoding="utf-8")

    @property
    def digest(self) -> str:
        """SHA-256 of the words."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """
        What finds the longest listed word at each place of a folded text.

        It branches by letter: the alternatives of a flat pattern would be tried one by one.
        """
        tree: _Tree = {}
        for word in self.words:
            branch = tree
            for letter in word:
                branch = branch.setdefault(letter, {})
            branch[END] = {}
        return re.compile(_branching(tree, "") or NOTHING)


class ListedTokeniser:
    """Keeps the listed words whole, and has another tokeniser split what is left of a text."""

    def __init__(self, words: WordList, inner: Tokeniser) -> None:
        self.words = words
        self.inner = inner

    @property
    def fingerprint(self) -> str:
        """The other tokeniser's, and the words'."""
        return f"{self.inner.fingerprint}{LISTED}{self.words.digest[:DIGITS]}"

    def tokens(self, text: str) -> list[str]:
        """
        Return the folded tokens of the text, in order.

        >>> from mlcore.text.tokenise import RunTokeniser
        >>> ListedTokeniser(WordList.of(["t셔츠"]), RunTokeniser()).tokens("긴팔T셔츠 2장")
        ['긴팔', 't셔츠', '2', '장']
        """
        folded = fold(text.replace(HOLDER, " "))
        found = self.words.pattern.findall(folded)
        if not found:
            return self.inner.tokens(folded)
        left = iter(found)
        split = self.inner.tokens(self.words.pattern.sub(BY_ITSELF, folded))
        return [next(left) if token == HOLDER else token for token in split]


def keeping(words: WordList | None, tokeniser: Tokeniser) -> Tokeniser:
    """Return the tokeniser with these words kept whole, itself where there are none."""
    return ListedTokeniser(words, tokeniser) if words and words.words else tokeniser


def words_of(tokeniser: Tokeniser) -> WordList | None:
    """Return the words that a tokeniser keeps whole, None where it has no list."""
    return tokeniser.words if isinstance(tokeniser, ListedTokeniser) else None


def keep(tokeniser: Tokeniser, folder: Path) -> None:
    """Write the words of a tokeniser beside what it has split, if it keeps any whole."""
    if words := words_of(tokeniser):
        words.write(folder / FILE)


def splitter_of(folder: Path, fingerprint: str) -> Tokeniser:
    """Return the tokeniser of this fingerprint as far as it is here, with the folder's words."""
    path = folder / FILE
    words = WordList.read(path) if path.exists() else None
    return keeping(words, known_as(fingerprint.partition(LISTED)[0]))


def _branching(tree: _Tree, begun: str) -> str:
    """Return what matches the rest of each word that begins so, the longest first."""
    rests = [
        re.escape(letter) + _branching(rest, begun + letter)
        for letter, rest in tree.items()
        if letter != END
    ]
    if END in tree:
        # Looking back at the end, not at the beginning, lets Python skip to a first letter.
        is_alone = f"(?<!{LETTER}{re.escape(begun)})(?!{LETTER})"
        rests.append(is_alone if len(begun) <= SHORT else "")
    return f"(?:{'|'.join(rests)})" if len(rests) > 1 else "".join(rests)
