import contextlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelhub.catalog.services import images as catalogue
from mlcore.images.decode import decode
from mlcore.images.flaws import Flaw, Unreadable
from tests.mlcore.images.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    encoded,
    jpeg_header,
    noisy,
    plain,
    png_header,
    two_halves,
)

NEAR = 3
"""JPEG keeps colours to about this many steps of 255."""


def is_colour(pixels, colour, tolerance=0):
    return np.abs(pixels.astype(int) - np.array(colour)).max() <= tolerance


@pytest.mark.parametrize("side", [1, 32, 64, 224, 300])
@pytest.mark.parametrize("size", [(1, 1), (64, 64), (500, 500), (223, 223)])
def test_one_colour_stays_that_colour_at_every_size(size, side):
    pixels = decode(plain(RED, size, "PNG"), side=side)

    assert pixels.shape == (side, side, 3)
    assert pixels.dtype == np.uint8
    assert is_colour(pixels, RED)


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (1000, 1000)])
def test_one_colour_survives_jpeg(size):
    assert is_colour(decode(plain(GREEN, size)), GREEN, NEAR)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_upper_half_stays_above(kind):
    pixels = decode(two_halves(kind), side=32)

    assert is_colour(pixels[:14], RED, 2 * NEAR)
    assert is_colour(pixels[18:], BLUE, 2 * NEAR)


def test_a_wide_picture_keeps_its_proportions_between_bars_of_white():
    pixels = decode(plain(RED, (400, 200), "PNG"), side=40)

    assert is_colour(pixels[:10], WHITE)
    assert is_colour(pixels[10:30], RED)
    assert is_colour(pixels[30:], WHITE)


def test_a_picture_one_pixel_high_is_still_seen():
    pixels = decode(plain(RED, (900, 1), "PNG"), side=9)

    assert is_colour(pixels[4], RED)


def test_shrinking_averages_what_it_leaves_out():
    board = PIL.Image.fromarray(np.indices((64, 64)).sum(axis=0).astype(np.uint8) % 2 * 255)

    pixels = decode(encoded(board, "PNG"), side=32)

    assert is_colour(pixels, (128, 128, 128), 1)


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "seen"),
    [
        ("L", 77, "JPEG", (77, 77, 77)),
        ("L", 77, "PNG", (77, 77, 77)),
        ("1", 1, "PNG", WHITE),
        ("I;16", 77 * 257, "PNG", (77, 77, 77)),
        ("LA", (100, 51), "PNG", (224, 224, 224)),  # 100 * .2 + 255 * .8
        ("RGBA", (100, 0, 255, 51), "PNG", (224, 204, 255)),
        ("RGBA", (9, 9, 9, 0), "PNG", WHITE),
        # Ink 10, 200, 100 and black 20 of 255: light (1 - ink)(1 - black).
        ("CMYK", (10, 200, 100, 20), "JPEG", (226, 51, 143)),
    ],
)
def test_every_kind_of_pixel_becomes_rgb_on_white(mode, colour, kind, seen):
    settings = {"quality": 100} if kind == "JPEG" else {}

    pixels = decode(encoded(PIL.Image.new(mode, (32, 32), colour), kind, **settings), side=16)

    assert is_colour(pixels, seen, NEAR if kind == "JPEG" else 1)


def test_a_transparent_palette_is_laid_on_white():
    palette = PIL.Image.new("RGB", (8, 8), RED).quantize(4)

    assert is_colour(decode(encoded(palette, "GIF", transparency=0), side=8), WHITE)
    assert is_colour(decode(encoded(palette, "PNG", transparency=0), side=8), WHITE)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [PIL.Image.new("RGB", (16, 16), colour) for colour in (GREEN, RED, BLUE)]
    moving = encoded(frames[0], kind, save_all=True, append_images=frames[1:])

    assert is_colour(decode(moving, side=16), GREEN, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("held", range(1, 9))
def test_a_picture_is_seen_upright_as_pillow_turns_it(held, kind):
    corner = PIL.Image.new("RGB", (64, 32), WHITE)
    corner.paste(RED, (0, 0, 16, 8))
    exif = PIL.Image.Exif()
    exif[0x0112] = held
    upright = {
        1: corner,
        2: corner.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT),
        3: corner.transpose(PIL.Image.Transpose.ROTATE_180),
        4: corner.transpose(PIL.Image.Transpose.FLIP_TOP_BOTTOM),
        5: corner.transpose(PIL.Image.Transpose.TRANSPOSE),
        6: corner.transpose(PIL.Image.Transpose.ROTATE_270),
        7: corner.transpose(PIL.Image.Transpose.TRANSVERSE),
        8: corner.transpose(PIL.Image.Transpose.ROTATE_90),
    }[held]

    pixels = decode(encoded(corner, kind, exif=exif.tobytes()), side=64)

    expected = decode(encoded(upright, "PNG"), side=64)
    # Averages over blocks of 8: JPEG blurs edges inside a block.
    blocks = (pixels.astype(int) - expected).reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))
    assert np.abs(blocks).max() <= NEAR


def test_broken_metadata_turn_nothing():
    whole = two_halves(exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")

    assert (decode(whole) == decode(two_halves())).all()


def test_a_large_jpeg_decoded_small_is_nearly_the_picture_decoded_whole():
    picture = PIL.Image.radial_gradient("L").resize((900, 900)).convert("RGB")

    reduced = decode(encoded(picture, "JPEG"), side=100)

    whole = decode(encoded(picture, "PNG"), side=100)
    assert np.abs(reduced.astype(int) - whole).mean() < 1.5


def test_a_jpeg_with_stray_bytes_is_read_as_browsers_do():
    data = two_halves()
    scan = data.index(b"\xff\xda")

    pixels = decode(data[:scan] + b"\0\0\0" + data[scan:], side=32)

    assert is_colour(pixels[:14], RED, 2 * NEAR)


BROKEN = {
    "empty": (b"", Flaw.UNKNOWN_TYPE),
    "text": (b"no picture at all, whatever its name", Flaw.UNKNOWN_TYPE),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Flaw.UNKNOWN_TYPE),
    "bmp": (encoded(PIL.Image.new("RGB", (4, 4)), "BMP"), Flaw.UNKNOWN_TYPE),
    "three bytes of JPEG": (b"\xff\xd8\xff", Flaw.UNDECODABLE),
    "half a JPEG": (noisy(1)[:9000], Flaw.UNDECODABLE),
    "half a PNG": (noisy(1, kind="PNG")[:9000], Flaw.UNDECODABLE),
    "half a GIF": (noisy(1, kind="GIF")[:9000], Flaw.UNDECODABLE),
    "half a WEBP": (noisy(1, kind="WEBP")[:9000], Flaw.UNDECODABLE),
    "PNG without pixels": (png_header(8, 8), Flaw.UNDECODABLE),
    "PNG bomb": (png_header(60_000, 60_000), Flaw.TOO_MANY_PIXELS),
    "PNG one row too high": (png_header(10_000, 5_001), Flaw.TOO_MANY_PIXELS),
    "JPEG bomb": (jpeg_header(60_000, 60_000), Flaw.TOO_MANY_PIXELS),
}


@pytest.mark.parametrize(("data", "flaw"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_says_why(data, flaw):
    with pytest.raises(Unreadable) as refusal:
        decode(data)

    assert refusal.value.flaw == flaw
    assert str(refusal.value) == flaw


def test_the_catalogue_gives_the_same_reasons():
    said = {catalogue.UNKNOWN_TYPE, catalogue.UNDECODABLE, catalogue.TOO_MANY_PIXELS}

    assert said == {Flaw.UNKNOWN_TYPE, Flaw.UNDECODABLE, Flaw.TOO_MANY_PIXELS}


def test_a_square_has_a_side():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        decode(plain(), side=0)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    width=st.integers(1, 120),
    height=st.integers(1, 120),
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    side=st.integers(1, 90),
)
def test_the_same_bytes_give_the_same_pixels_in_every_thread(seed, width, height, kind, side):
    data = noisy(seed, (width, height), kind)

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: decode(data, side=side), range(6))

    assert first.shape == (side, side, 3)
    assert all((other == first).all() for other in others)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    position=st.floats(0, 1, exclude_max=True),
    noise=st.binary(min_size=1, max_size=40),
)
def test_damaged_bytes_give_pixels_or_a_reason_and_nothing_else(kind, position, noise):
    data = bytearray(noisy(3, (40, 30), kind))
    at = int(position * len(data))
    data[at : at + len(noise)] = noise

    with contextlib.suppress(Unreadable):
        assert decode(bytes(data), side=16).shape == (16, 16, 3)
