"""Product pictures: one flat shape a kind of product, in the product's colour."""

import io
import random
from collections.abc import Mapping
from functools import cache

from PIL import Image, ImageDraw

from mlcore.demo import tables
from mlcore.demo.colours import COLOURS, RGB

SIDE = 240
# Drawn larger and scaled down, so that slanted edges are smooth.
DRAWN_SIDE = 2 * SIDE
# Shapes are written on a grid of 100 x 100; this much of the picture stays free around it.
GRID, MARGIN = 100, 0.09
BACKGROUNDS: tuple[RGB, ...] = ((255, 255, 255), (246, 246, 244), (238, 242, 246), (250, 243, 236))
JPEG_QUALITY = 82


def image_name(shape: str, colour: str) -> str:
    """Return the file name of a product's picture."""
    return f"{shape}-{colour}.jpg"


@cache
def picture(image: str) -> bytes:
    """
    Return the JPEG, 240 x 240, of a file name such as `shirt-navy.jpg`.

    Raises:
        ValueError: the market has no such shape or colour.
    """
    shape, _, colour = image.removesuffix(".jpg").partition("-")
    if shape not in _shapes() or colour not in COLOURS:
        raise ValueError(f"The market draws no picture {image!r}.")
    written = io.BytesIO()
    _coloured(shape, colour).resize((SIDE, SIDE), Image.Resampling.BOX).save(
        written, "JPEG", quality=JPEG_QUALITY
    )
    return written.getvalue()


def drawn(shape: str, inks: Mapping[str, RGB]) -> Image.Image:
    """
    Return the shape on an empty square of `DRAWN_SIDE` pixels.

    Args:
        inks: colours of the parts: `upper` the product, `lower` its shadow, `cut` the ground.
    """
    canvas = Image.new("RGB", (DRAWN_SIDE, DRAWN_SIDE), inks["cut"])
    pen = ImageDraw.Draw(canvas)
    for stroke in _shapes()[shape].split("|"):
        _draw_stroke(pen, stroke, inks)
    return canvas


def _coloured(shape: str, colour: str) -> Image.Image:
    dice = random.Random(f"{shape}-{colour}")  # noqa: S311 - guards nothing
    ground = dice.choice(BACKGROUNDS)
    fill = shifted(COLOURS[colour][1], dice.randint(-12, 12))
    return drawn(shape, {"cut": ground, "upper": fill, "lower": shifted(fill, -46)})


def _draw_stroke(pen: ImageDraw.ImageDraw, stroke: str, inks: Mapping[str, RGB]) -> None:
    """
    Draw one stroke: a letter, then grid coordinates.

    P polygon, E ellipse, R rounded box, L line; capital letters in the product's colour, small
    ones in its shadow; w and W cut an ellipse or a box out again.
    """
    letter, *numbers = stroke.split()
    points = [_place(int(number)) for number in numbers]
    ink = inks["cut" if letter in "wW" else "upper" if letter.isupper() else "lower"]
    if letter in "Pp":
        pen.polygon(points, fill=ink)
    elif letter in "Ll":
        pen.line(points, fill=ink, width=_place(5) - _place(1))
    elif letter in "Eew":
        pen.ellipse(points, fill=ink)
    else:
        pen.rounded_rectangle(points, radius=_place(4) - _place(0), fill=ink)


def _place(number: int) -> int:
    return round(DRAWN_SIDE * (MARGIN + (1 - 2 * MARGIN) * number / GRID))


def shifted(colour: RGB, step: int) -> RGB:
    """Return the colour with this much added to each channel."""
    red, green, blue = (min(255, max(0, channel + step)) for channel in colour)
    return red, green, blue


@cache
def _shapes() -> dict[str, str]:
    return {row["shape"]: row["strokes"] for row in tables.read("shapes")}
