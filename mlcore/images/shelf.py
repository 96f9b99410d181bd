"""Pictures that were checked once, kept by the names that rows give them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mlcore.images.decode import decode
from mlcore.images.files import Pictures
from mlcore.images.flaws import Flaw, Unreadable
from mlcore.images.rows import Problem, is_address, named
from mlcore.progress import IsCancelled, Progress, never, silent, stop_if

BLOCK = 512
"""Rows between two looks at `is_cancelled`."""


@dataclass(frozen=True)
class Shelved:
    """
    What a shelf was filled with.

    Attributes:
        rows: with a picture that can be read.
        pictures: how many were kept.
        problems: pictures that rows name and that cannot be used.
    """

    rows: int
    pictures: int
    problems: tuple[Problem, ...]


class Shelf:
    """A folder of checked pictures. No name is ever part of a path, so none leads out of it."""

    def __init__(self, folder: Path) -> None:
        """
        Args:
            folder: what `shelve` filled.
        """
        self._folder = folder

    def read(self, name: str) -> bytes:
        """
        Return the picture of that name.

        Raises:
            Unreadable: it was not kept.
        """
        try:
            return self.place(name).read_bytes()
        except OSError as problem:
            raise Unreadable(Flaw.MISSING) from problem

    def place(self, name: str) -> Path:
        """Return where the picture of that name lies, if it was kept."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / digest[:2] / digest


def shelve(
    images: Iterable[str],
    source: Pictures,
    folder: Path,
    *,
    total: int = 0,
    workers: int = 2,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Shelved:
    """
    Copy the picture of each row, the first it names that can be decoded, into a folder.

    Args:
        images: the column `image` of the rows: names joined by `|`.
        source: where the files are; nothing of them is believed.
        folder: of the shelf; need not exist.
        total: number of rows, to report how far the work is.
        workers: threads that read and decode.

    Raises:
        Cancelled: `is_cancelled` said yes.
        OSError: the disk is full.
    """
    filling = _Filling(source, Shelf(folder))
    rows, done = iter(images), 0
    with ThreadPoolExecutor(workers) as pool:
        while block := list(islice(rows, BLOCK)):
            stop_if(is_cancelled)
            progress("pictures", done, total)
            filling.take(block, pool)
            done += len(block)
    return filling.finished()


class _Filling:
    """What is known of the names so far."""

    def __init__(self, source: Pictures, shelf: Shelf) -> None:
        self._source = source
        self._shelf = shelf
        self._flaws: dict[str, Flaw | None] = {}  # None: it is on the shelf
        self._named: Counter[str] = Counter()  # rows that came upon a name which cannot be used
        self._rows = 0

    def take(self, images: Sequence[str], pool: ThreadPoolExecutor) -> None:
        """Shelve the pictures of these rows."""
        open_rows = [list(named(image)) for image in images]
        while open_rows := [names for names in open_rows if names]:
            firsts = {names[0]: None for names in open_rows if names[0] not in self._flaws}
            self._flaws.update(zip(firsts, pool.map(self._shelved, firsts), strict=True))
            for names in open_rows:
                if self._flaws[names[0]] is None:
                    self._rows += 1
                    names.clear()
                else:
                    self._named[names.pop(0)] += 1

    def finished(self) -> Shelved:
        """Return what came of it."""
        kept = sum(flaw is None for flaw in self._flaws.values())
        problems = ((name, flaw) for name, flaw in sorted(self._flaws.items()) if flaw)
        return Shelved(
            self._rows,
            kept,
            tuple(Problem(name, flaw, self._named[name]) for name, flaw in problems),
        )

    def _shelved(self, name: str) -> Flaw | None:
        if is_address(name):
            return Flaw.ADDRESS
        try:
            data = self._source.read(name)
            decode(data)
        except Unreadable as refusal:
            return refusal.flaw
        place = self._shelf.place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return None
