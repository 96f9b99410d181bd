"""Picture files made in memory."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import PIL.Image

RED, GREEN, BLUE, WHITE = (220, 20, 30), (10, 200, 60), (20, 40, 210), (255, 255, 255)


def plain(
    colour: Any = RED, size: tuple[int, int] = (64, 64), kind: str = "JPEG", mode: str = "RGB"
) -> bytes:
    """Return a file of one colour; the size is (width, height)."""
    return encoded(PIL.Image.new(mode, size, colour), kind)


def encoded(picture: PIL.Image.Image, kind: str = "JPEG", **settings: Any) -> bytes:
    written = io.BytesIO()
    lossless = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    picture.save(written, kind, **{**lossless.get(kind, {}), **settings})
    return written.getvalue()


def noisy(seed: int, size: tuple[int, int] = (300, 200), kind: str = "JPEG") -> bytes:
    """Return a picture in which no two parts are alike."""
    dots = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return encoded(PIL.Image.fromarray(dots), kind)


def two_halves(kind: str = "JPEG", **settings: Any) -> bytes:
    """Return a picture whose upper half is red and whose lower half is blue, 64 x 64."""
    picture = PIL.Image.new("RGB", (64, 64), RED)
    picture.paste(BLUE, (0, 32, 64, 64))
    return encoded(picture, kind, **settings)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that says how large it is and breaks off where its pixels begin."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 100) + b"IDAT"


def jpeg_header(width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size than its pixels have."""
    data = bytearray(plain(size=(16, 16)))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)
