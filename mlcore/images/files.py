"""Pictures of a zip or folder that came from outside: found by name, never read too much of."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from mlcore.images.flaws import MOST_BYTES, MOST_RATIO, Flaw, Unreadable
from mlcore.progress import BadInput

# What reading a zip raises where its bytes make no sense; a name that is no text is a ValueError.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)


class Pictures(Protocol):
    """Picture files by name; may be asked from several threads."""

    def read(self, name: str) -> bytes:
        """
        Return a file's bytes, at most 30 MB.

        Raises:
            Unreadable: it is missing or must not be read.
        """


@contextmanager
def opened(source: Path) -> Iterator[Pictures]:
    """
    Open a zip or folder of pictures.

    Raises:
        BadInput: it is neither, or a damaged zip.
    """
    if source.is_dir():
        yield _Folder(source.resolve())
    elif source.is_file() and zipfile.is_zipfile(source):
        try:
            archive = zipfile.ZipFile(source)
        except _DAMAGE as problem:
            raise BadInput(f"{source.name} is a damaged zip file: {problem}") from problem
        with archive:
            yield _Zip(archive)
    else:
        raise BadInput(f"{source.name} is neither a folder nor a zip file.")


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        try:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._folder):
                raise Unreadable(Flaw.LEADS_OUT)
            if not path.is_file():
                raise Unreadable(Flaw.MISSING)
            with path.open("rb") as file:
                return _limited(file.read(MOST_BYTES + 1))
        except (OSError, RuntimeError) as problem:  # a loop of links is a RuntimeError in 3.11
            raise Unreadable(Flaw.DAMAGED) from problem
        except ValueError as problem:
            if isinstance(problem, Unreadable):
                raise
            raise Unreadable(Flaw.MISSING) from problem  # no file has such a name


class _Zip:
    """
    A zip's entries by their whole name, else by their file name alone.

    Zips often add a folder. Of several entries of one name the last counts, as everywhere.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._whole = {entry.filename: entry for entry in archive.infolist()}
        self._last = {PurePosixPath(name).name: entry for name, entry in self._whole.items()}

    def read(self, name: str) -> bytes:
        entry = self._whole.get(name) or self._last.get(name)
        if entry is None or entry.is_dir():
            raise Unreadable(Flaw.MISSING)
        if flaw := _flaw(entry):
            raise Unreadable(flaw)
        try:
            with self._archive.open(entry) as file:
                # The header may lie about the size, so no more than the limit is unpacked.
                data = file.read(MOST_BYTES + 1)
        except _DAMAGE as problem:
            raise Unreadable(Flaw.DAMAGED) from problem
        return _limited(data)


def _flaw(entry: zipfile.ZipInfo) -> Flaw | None:
    """Return why an entry must not be read."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        return Flaw.LEADS_OUT
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Flaw.LINK
    if entry.flag_bits & 1:
        return Flaw.ENCRYPTED
    if entry.file_size > MOST_BYTES:
        return Flaw.TOO_LARGE
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return Flaw.BOMB
    return None


def _limited(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise Unreadable(Flaw.TOO_LARGE)
    return data
