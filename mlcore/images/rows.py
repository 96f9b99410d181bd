"""Which picture each product row shows, and which pictures cannot be used."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.images.files import Pictures
from mlcore.images.flaws import Flaw, Unreadable

BETWEEN = "|"
"""Between several pictures of one product."""

NO_PICTURE = -1
"""Place of a row that shows none."""

_ADDRESSES = ("http://", "https://", "//")


@dataclass(frozen=True)
class Problem:
    """A picture that cannot be used, and how many rows name it."""

    name: str
    flaw: Flaw
    rows: int


@dataclass(frozen=True)
class Shown:
    """
    The picture of every row.

    Attributes:
        places: which of the distinct pictures a row shows, shape (n_rows,); -1 for none.
        digests: SHA-256 of the distinct pictures' bytes: equal bytes are one picture.
        names: a name under which each of them is found.
        problems: pictures that were named and cannot be used, by name.
    """

    places: npt.NDArray[np.int64]
    digests: tuple[str, ...]
    names: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def weights(self) -> npt.NDArray[np.float32]:
        """Return 1 for a row with a picture and 0 for one without, shape (n_rows, 1)."""
        weights = np.zeros((len(self.places), 1), dtype=np.float32)
        weights[self.places != NO_PICTURE] = 1
        return weights


def named(image: str) -> tuple[str, ...]:
    """
    Return the pictures that a row's `image` names, the most important first.

    >>> named("front.jpg| back.jpg|")
    ('front.jpg', 'back.jpg')
    """
    return tuple(part for raw in image.split(BETWEEN) if (part := raw.strip()))


def is_address(name: str) -> bool:
    """Tell an address, which browsers load and nothing here does, from a file's name."""
    return name.lower().startswith(_ADDRESSES)


class RowPictures:
    """
    Finds every row's picture: the first of those it names that can be used.

    A file is read once to learn its digest, and only when a row needs it; of its bytes nothing
    is kept. That a picture cannot be decoded is found out later by somebody else, who rejects it;
    the rows that showed it then show the next one they name.
    """

    def __init__(self, images: Sequence[str], pictures: Pictures) -> None:
        self._named = [named(image) for image in images]
        self._pictures = pictures
        self._digests: dict[str, str] = {}
        self._flaws: dict[str, Flaw] = {}
        self._rejected: dict[str, Flaw] = {}

    def reject(self, digest: str, flaw: Flaw) -> None:
        """Show the picture with this digest no more."""
        self._rejected[digest] = flaw

    def shown(self) -> Shown:
        """Return the picture of every row, as far as is known."""
        places: dict[str, int] = {}
        names: list[str] = []
        rows = np.full(len(self._named), NO_PICTURE, dtype=np.int64)
        for row, candidates in enumerate(self._named):
            name = next(filter(self._is_usable, candidates), None)
            if name is not None:
                place = places.setdefault(self._digests[name], len(places))
                rows[row] = place
                if place == len(names):
                    names.append(name)
        return Shown(rows, tuple(places), tuple(names), self._problems())

    def _is_usable(self, name: str) -> bool:
        if name not in self._digests and name not in self._flaws:
            try:
                self._digests[name] = self._digest(name)
            except Unreadable as refusal:
                self._flaws[name] = refusal.flaw
        return name not in self._flaws and self._digests[name] not in self._rejected

    def _digest(self, name: str) -> str:
        if is_address(name):
            raise Unreadable(Flaw.ADDRESS)
        return hashlib.sha256(self._pictures.read(name)).hexdigest()

    def _problems(self) -> tuple[Problem, ...]:
        flaws = dict(self._flaws)
        for name, digest in self._digests.items():
            if digest in self._rejected:
                flaws[name] = self._rejected[digest]
        rows = Counter(name for names in self._named for name in set(names) & flaws.keys())
        return tuple(Problem(name, flaws[name], rows[name]) for name in sorted(flaws))
