"""The bytes of a table: unpacked, cut into lines, and in which encoding they are."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

from labelhub.errors import DomainError

UTF8, UTF8_BOM, CP949 = "utf-8", "utf-8-sig", "cp949"
NAMES = {UTF8: "UTF-8", UTF8_BOM: "UTF-8 with BOM", CP949: "CP949"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_UNPACKED = 4 * 1024**3  # bytes; a gzip bomb stops here
LONGEST_READ = 1024**2  # bytes of a line read at once, so that a file without line ends streams


class Unreadable(DomainError):
    """The file as a whole cannot be read as a table; the message says why."""


def first_bytes(path: Path) -> bytes:
    """
    Return the first bytes after unpacking, from which the kind of file is told.

    Raises:
        Unreadable: the file is damaged.
    """
    with _unpacked(path) as file:
        return file.read(8)


def lines(path: Path) -> Iterator[bytes]:
    """
    Yield the lines with their ends, without a byte order mark.

    Raises:
        Unreadable: a gzipped file is damaged, or unpacks to more than 4 GiB.
    """
    unpacked = 0
    with _unpacked(path) as file:
        if file.read(3) != BYTE_ORDER_MARK:
            file.seek(0)
        while line := file.readline(LONGEST_READ):
            unpacked += len(line)
            _refuse_bombs(unpacked)
            yield line


def blocks(path: Path) -> Iterator[bytes]:
    """
    Yield the bytes after unpacking, a megabyte at a time.

    Raises:
        Unreadable: a gzipped file is damaged, or unpacks to more than 4 GiB.
    """
    unpacked = 0
    with _unpacked(path) as file:
        while block := file.read(LONGEST_READ):
            unpacked += len(block)
            _refuse_bombs(unpacked)
            yield block


def _refuse_bombs(unpacked: int) -> None:
    if unpacked > MOST_UNPACKED:
        raise Unreadable(_("The file unpacks to more than 4 GiB; split it."))


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    try:
        with cast(IO[bytes], gzip.open(path, "rb")) if is_gzip else path.open("rb") as file:
            yield file
    except (OSError, EOFError, zlib.error) as fault:
        raise Unreadable(_("The file cannot be unpacked: %(fault)s") % {"fault": fault}) from fault


def detect(path: Path) -> str:
    """
    Return the encoding in which more of the lines with other than ASCII can be read.

    A UTF-8 file with a few broken lines is still UTF-8: Korean text in one of the two
    encodings is hardly ever valid in the other.
    """
    if first_bytes(path).startswith(BYTE_ORDER_MARK):
        return UTF8_BOM
    if _is_wholly_utf8(path):  # nearly every file, and told in a tenth of the time
        return UTF8
    as_utf8 = as_cp949 = 0
    for line in lines(path):
        if not line.isascii():
            as_utf8 += is_valid(line, UTF8)
            as_cp949 += is_valid(line, CP949)
    return UTF8 if as_utf8 >= as_cp949 else CP949


def _is_wholly_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder(UTF8)()
    try:
        for block in blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def is_valid(line: bytes, encoding: str) -> bool:
    """Tell whether the bytes are text in the encoding."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def named(name: str) -> str:
    """
    Return the encoding that a person's word for it means.

    Raises:
        Unreadable: it is none of those this program reads.
    """
    known = {
        "utf8": UTF8, "utf8sig": UTF8_BOM, "cp949": CP949, "euckr": CP949, "ms949": CP949,
        "uhc": CP949,
    }  # fmt: skip
    found = known.get(name.lower().replace("-", "").replace("_", ""))
    if found is None:
        raise Unreadable(_("Files are read as utf-8 or cp949, not as %(name)s.") % {"name": name})
    return found
