"""Small pictures and zips for tests, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import PIL.Image


def picture(colour: str = "navy", size: tuple[int, int] = (40, 30), form: str = "PNG") -> bytes:
    written = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(written, form)
    return written.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes of PNG whose header promises a picture of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def zipped(folder: Path, entries: dict[str, bytes]) -> Path:
    path = folder / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path
