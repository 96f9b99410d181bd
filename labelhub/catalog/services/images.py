"""
Pictures of samples: verified, stored once under their content's SHA-256, and served small.

Nothing of what a file claims about itself is believed: the type comes from its content, the size
from its header before anything is decoded, and a zip entry is read no further than the limit.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageOps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop as _

from labelhub.catalog.models import Image
from labelhub.catalog.services.picture_files import MOST_BYTES, TOO_LARGE, Picture, pictures
from labelhub.errors import DomainError

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
MOST_PIXELS = 50_000_000  # about 150 MB decoded; no shop needs more
WIDTHS = (320, 960)  # pixels: a tile, and the large view of the labelling page
# Stored in English with the refused rows; pages translate them.
UNKNOWN_TYPE = _("This is no JPEG, PNG, WEBP or GIF picture.")
UNDECODABLE = _("The picture cannot be decoded; it may be cut off.")
TOO_MANY_PIXELS = _("The picture has more than 50 million pixels.")
QUALITY = 82  # of WEBP; no difference is seen at these widths


class NotAnImage(DomainError):
    """The bytes are not a picture that can be shown."""


@dataclass(frozen=True)
class Verified:
    """A picture whose header and pixels were read."""

    picture: PIL.Image.Image
    extension: str
    sha256: str


@dataclass(frozen=True)
class Kept:
    """What `store_from` made of the files it was asked for."""

    images: Mapping[str, int]  # file name -> Image key
    refused: Mapping[str, str]  # file name -> reason
    missing: tuple[str, ...]  # asked for, not in the zip or folder


def verify(data: bytes) -> Verified:
    """
    Decode a picture completely.

    Raises:
        NotAnImage: the content is no JPEG, PNG, WEBP or GIF, is cut off, or is too large.
    """
    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=list(FORMATS))
        if picture.width * picture.height > MOST_PIXELS:
            raise PIL.Image.DecompressionBombError
        picture.load()
    except PIL.UnidentifiedImageError:
        raise NotAnImage(UNKNOWN_TYPE) from None
    except PIL.Image.DecompressionBombError:
        raise NotAnImage(TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError):
        raise NotAnImage(UNDECODABLE) from None
    extension = FORMATS[picture.format or ""]
    return Verified(picture, extension, hashlib.sha256(data).hexdigest())


def keep(data: bytes) -> Image:
    """
    Store a picture and its small versions; the same bytes twice are one row and one file.

    Raises:
        NotAnImage: see `verify`.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    known = Image.objects.filter(sha256=sha256).first()
    if known:
        return known
    verified = verify(data)
    _write(original_name(sha256, verified.extension), data)
    for width in WIDTHS:
        _write(small_name(sha256, width), _small(verified.picture, width))
    # The row last: a row without its files must never be.
    image, _is_new = Image.objects.get_or_create(
        sha256=sha256,
        defaults={
            "format": verified.extension,
            "width": verified.picture.width,
            "height": verified.picture.height,
            "size": len(data),
        },
    )
    return image


def original_name(sha256: str, extension: str) -> str:
    """Return where a picture as it came lies in the storage."""
    return f"images/{sha256[:2]}/{sha256}.{extension}"


def small_name(sha256: str, width: int) -> str:
    """Return where the version of a picture for a width lies in the storage."""
    return f"images/{sha256[:2]}/{sha256}.{width}.webp"


def _write(name: str, data: bytes) -> None:
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))


def _small(picture: PIL.Image.Image, width: int) -> bytes:
    """Re-encode without metadata, turned upright, never larger than it was."""
    upright = _upright(picture)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    shown = upright.convert(mode)
    shown.thumbnail((width, width * 2), PIL.Image.Resampling.LANCZOS)
    written = io.BytesIO()
    shown.save(written, "WEBP", quality=QUALITY, method=2)
    return written.getvalue()


def _upright(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Turn the picture as its metadata say; unreadable metadata turn nothing."""
    try:
        return PIL.ImageOps.exif_transpose(picture)
    except Exception:  # broken metadata raise anything; the pixels are whole
        return picture


def store_from(source: Path, names: Iterable[str], report: Any = None) -> Kept:
    """
    Store those pictures of a zip file or folder that samples name.

    One bad file is refused with its reason and stops no other.

    Raises:
        DomainError: the source is neither a folder nor a readable zip file.
    """
    wanted = set(names)
    images: dict[str, int] = {}
    refused: dict[str, str] = {}
    for found in pictures(source, wanted):
        image = _kept_or_reason(found)
        if isinstance(image, str):
            refused[found.name] = image
        else:
            images[found.name] = image
        if report:
            report("storing images", len(images) + len(refused), len(wanted))
    missing = sorted(wanted - set(images) - set(refused))
    return Kept(images, refused, tuple(missing))


def _kept_or_reason(found: Picture) -> int | str:
    if found.reason:
        return found.reason
    if len(found.data) > MOST_BYTES:
        return TOO_LARGE
    try:
        return keep(found.data).pk
    except NotAnImage as refusal:
        return str(refusal)
