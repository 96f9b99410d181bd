"""
The one decoder: a picture's bytes to the pixels that every network sees.

Training and serving must both come through here. Decoders differ from one another by about
1/255, and a network that is served by another decoder than it was trained with answers a
little worse without anybody noticing.
"""

import io
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image
import simplejpeg

from mlcore.images.flaws import MOST_PIXELS, Flaw, Unreadable

SIDE = 224
"""Pixels; what the usual pretrained backbones were trained with."""

DECODER = "labelhub-decoder-1"
"""Changes whenever the same bytes would give other pixels: cached features then are stale."""

WHITE: Final = 255
"""What product pictures stand on: behind transparency, and beside what is not square."""

Pixels = npt.NDArray[np.uint8]

_JPEG = b"\xff\xd8\xff"
_OTHERS = ("PNG", "WEBP", "GIF")
_ORIENTATION = 0x0112  # tag of EXIF
_EXIF, _EXIF_WITHIN = b"Exif\0\0", 1 << 17  # marker, and how far from the start it may stand

# Pictures are decoded side by side in threads of ours; more inside each would only fight.
cv2.setNumThreads(1)
# What is wrong with a picture is said by `Unreadable`, not printed by the library.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def decode(data: bytes, *, side: int = SIDE) -> Pixels:
    """
    Return a picture's pixels as a square of RGB.

    The whole picture is seen, in its proportions, upright as its metadata say, centred on
    white. Transparency is laid on white, an animation gives its first frame, grey and CMYK
    become RGB. JPEG is decoded at the smallest of the format's sizes that is large enough.

    Args:
        data: a JPEG, PNG, WEBP or GIF file; the content decides, no name is asked.
        side: pixels of the square's side.

    Returns:
        uint8, shape (side, side, 3). The same bytes and side always give the same array.

    Raises:
        Unreadable: it is none of these, is cut off, or has more than 50 million pixels.
    """
    if side < 1:
        raise ValueError(f"side must be at least 1, got {side}")
    is_jpeg = data.startswith(_JPEG)
    picture = _decode_jpeg(data, side) if is_jpeg else _decode_other(data)
    fitted = _resized(picture, *_fitted(picture.shape[0], picture.shape[1], side))
    return _centred(_turned(fitted, _orientation(data, is_jpeg)), side)


def _decode_jpeg(data: bytes, side: int) -> Pixels:
    """Return the pixels at a size that holds the fitted one, or at the full size."""
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        _check_size(height, width)
        least_height, least_width = _fitted(height, width, side)
        pixels: Pixels = simplejpeg.decode_jpeg(
            data, "RGB", min_height=least_height, min_width=least_width
        )
    except ValueError as problem:
        if isinstance(problem, Unreadable):
            raise
        return _decode_tolerantly(data)
    return pixels


def _decode_tolerantly(data: bytes) -> Pixels:
    """
    Decode a JPEG that is against the rules.

    Pillow forgives what browsers forgive, so what people see on a page is seen here too; a
    picture that is cut off is refused.
    """
    try:
        with _opened(data, ("JPEG",)) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as problem:
        raise _refusal(problem) from problem


def _decode_other(data: bytes) -> Pixels:
    try:
        with _opened(data, _OTHERS):
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except PIL.UnidentifiedImageError as problem:
        raise Unreadable(Flaw.UNKNOWN_TYPE) from problem
    except (OSError, SyntaxError, ValueError, cv2.error) as problem:
        raise _refusal(problem) from problem
    if pixels is None:
        raise Unreadable(Flaw.UNDECODABLE)
    return _as_rgb(pixels)


def _opened(data: bytes, formats: tuple[str, ...]) -> PIL.Image.Image:
    """Read the header alone; nothing is decoded before its size is known."""
    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=formats)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as problem:
        raise Unreadable(Flaw.TOO_MANY_PIXELS) from problem
    _check_size(picture.height, picture.width)
    return picture


def _check_size(height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise Unreadable(Flaw.TOO_MANY_PIXELS)


def _refusal(problem: Exception) -> Unreadable:
    return problem if isinstance(problem, Unreadable) else Unreadable(Flaw.UNDECODABLE)


def _as_rgb(pixels: npt.NDArray[np.integer]) -> Pixels:
    """Return what OpenCV decoded (grey, BGR or BGRA, 8 or 16 bits) as RGB on white."""
    is_wide = pixels.dtype == np.uint16
    small: Pixels = (cv2.convertScaleAbs(pixels, alpha=1 / 257) if is_wide else pixels).astype(
        np.uint8, copy=False
    )
    if small.ndim == 2:
        return np.repeat(small[:, :, np.newaxis], 3, axis=2)
    if small.shape[2] == 3:
        return small[:, :, ::-1]
    alpha = small[:, :, 3:].astype(np.uint16)
    # The largest value, 255 * 255 + 127, fits 16 bits.
    mixed = small[:, :, 2::-1] * alpha + WHITE * (255 - alpha) + 127
    return (mixed // 255).astype(np.uint8)


def _fitted(height: int, width: int, side: int) -> tuple[int, int]:
    """Return the largest size of the same proportions inside the square."""
    longest = max(height, width)
    return max(1, round(height * side / longest)), max(1, round(width * side / longest))


def _resized(picture: Pixels, height: int, width: int) -> Pixels:
    """Shrink by averaging areas; enlarge by the bilinear method that is exact in integers."""
    if picture.shape[:2] == (height, width):
        return picture
    is_smaller = height <= picture.shape[0] and width <= picture.shape[1]
    method = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR_EXACT
    whole = np.ascontiguousarray(picture)
    resized: Pixels = cv2.resize(whole, (width, height), interpolation=method)
    return resized


def _orientation(data: bytes, is_jpeg: bool) -> int:
    """Return EXIF's orientation; unreadable metadata turn nothing."""
    if is_jpeg and data.find(_EXIF, 0, _EXIF_WITHIN) < 0:
        return 1
    try:
        with _opened(data, ("JPEG", *_OTHERS)) as picture:
            return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken metadata raise anything; the pixels are whole
        return 1


def _turned(picture: Pixels, orientation: int) -> Pixels:
    """Undo how the camera was held: 1 upright, 2-8 the other ways of EXIF."""
    if orientation in (5, 6, 7, 8):
        picture = picture.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return picture


def _centred(picture: Pixels, side: int) -> Pixels:
    height, width, _ = picture.shape
    square = np.full((side, side, 3), WHITE, dtype=np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = picture
    return square
