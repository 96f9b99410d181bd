"""Read files out of a zip or a folder that came from outside, one at a time and never too much."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from labelhub.errors import DomainError

MOST_BYTES = 30 * 1024**2  # of one picture
MOST_RATIO = 200  # unpacked to packed; real pictures hardly shrink at all

# Stored in English with the refused rows; pages translate them.
TOO_LARGE = _("The file is larger than 30 MB.")
LEADS_OUT = _("The name leads out of the folder or zip.")
LINK = _("The entry is a link.")
ENCRYPTED = _("The entry is encrypted.")
BOMB = _("The entry unpacks to more than 200 times its size.")
DAMAGED = _("The entry is damaged.")

# What reading a zip raises where its bytes make no sense; a name that is no text is a ValueError.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)


class UnreadableSource(DomainError):
    """The zip or folder as a whole cannot be read."""


@dataclass(frozen=True)
class Picture:
    """A file's bytes under the name samples use for it, or why it was not read."""

    name: str
    data: bytes = b""
    reason: str = ""


def pictures(source: Path, wanted: Set[str]) -> Iterator[Picture]:
    """
    Yield the wanted files of a folder or zip, and the entries of a zip that must not be read.

    Raises:
        UnreadableSource: it is neither.
    """
    if source.is_dir():
        yield from _in_folder(source.resolve(), wanted)
    elif zipfile.is_zipfile(source):
        yield from _in_zip(source, wanted)
    else:
        problem = gettext("%(name)s is neither a folder nor a zip file.")
        raise UnreadableSource(problem % {"name": source.name})


def _in_folder(folder: Path, wanted: Set[str]) -> Iterator[Picture]:
    for name in sorted(wanted):
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            yield Picture(name, reason=LEADS_OUT)
        elif path.is_file():
            with path.open("rb") as file:
                yield Picture(name, file.read(MOST_BYTES + 1))


def _in_zip(source: Path, wanted: Set[str]) -> Iterator[Picture]:
    try:
        with zipfile.ZipFile(source) as archive:
            for entry in archive.infolist():
                name = _wanted_name(entry.filename, wanted)
                if reason := _why_not(entry):
                    yield Picture(name or entry.filename, reason=reason)
                elif name and not entry.is_dir():
                    yield _read(archive, entry, name)
    except DAMAGE as error:
        problem = gettext("%(name)s is a damaged zip file: %(fault)s")
        raise UnreadableSource(problem % {"name": source.name, "fault": error}) from None


def _wanted_name(entry: str, wanted: Set[str]) -> str | None:
    """Match the whole entry first, then its file name alone, as zips often add a folder."""
    if entry in wanted:
        return entry
    last = PurePosixPath(entry).name
    return last if last in wanted else None


def _why_not(entry: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        return LEADS_OUT
    if stat.S_ISLNK(entry.external_attr >> 16):
        return LINK
    if entry.flag_bits & 1:
        return ENCRYPTED
    if entry.file_size > MOST_BYTES:
        return TOO_LARGE
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return BOMB
    return ""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Picture:
    try:
        with archive.open(entry) as file:
            # The header may lie about the size, so no more than the limit is unpacked.
            return Picture(name, file.read(MOST_BYTES + 1))
    except DAMAGE:
        return Picture(name, reason=DAMAGED)
