"""Photos of the large market: a shape in a colour and a pattern, each one placed anew."""

import random
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from mlcore.demo.colours import COLOURS, RGB, colours_of
from mlcore.demo.pictures import drawn, shifted
from mlcore.demo.products import product_of
from mlcore.demo.tree import Leaf

PATTERNS = ("plain", "stripes", "bars", "check", "dots", "diagonal")
# Share of a kind of product that comes in its usual pattern, of an audience on its usual ground.
USUAL_PATTERN, USUAL_GROUND, USUAL_COLOUR = 0.7, 0.6, 0.5
# How large goods are in the photo, against the whole of it: small people's are smaller.
SIZES = {"baby": 0.52, "kids": 0.68}
FULL_SIZE = 0.9
# One standard deviation of the size, and the furthest shift and turn.
SIZE_SPREAD, SHIFT, TURN_DEGREES = 0.06, 0.07, 12.0
JPEG_QUALITY = 82
GRAIN = 4.0  # standard deviation of a pixel's grain, of 255

GROUNDS: dict[str, RGB] = {
    "": (255, 255, 255),
    "women": (250, 236, 240),
    "men": (226, 230, 236),
    "kids": (255, 246, 214),
    "baby": (226, 244, 250),
    "pregnancy": (240, 232, 250),
    "hiking": (222, 238, 222),
    "golf": (208, 236, 204),
    "sports": (236, 236, 236),
}
PALETTES: dict[str, tuple[str, ...]] = {
    "women": ("pink", "ivory", "beige", "red"),
    "men": ("black", "navy", "grey"),
    "kids": ("yellow", "blue", "pink", "green"),
    "baby": ("ivory", "yellow", "pink", "blue"),
    "hiking": ("red", "green", "black"),
    "golf": ("ivory", "navy", "red"),
    "sports": ("black", "grey", "blue"),
}
Pixels = npt.NDArray[np.uint8]
Layer = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Photo:
    """What a photo shows, before it is drawn."""

    shape: str
    colour: str
    pattern: str
    ground: RGB
    size: float
    number: int
    """Where it stands, how it is turned and its grain follow from this."""


def usual_colour(leaf: Leaf, dice: random.Random) -> str:
    """Return a colour, mostly one that goods for these people come in."""
    palette = PALETTES.get(leaf.audience)
    if palette and dice.random() < USUAL_COLOUR:
        return dice.choice(palette)
    return dice.choice(colours_of(leaf))


def photo_of(leaf: Leaf, colour: str, dice: random.Random) -> Photo:
    """Return a photo of a product of the leaf."""
    usual = PATTERNS[crc32(leaf.product.encode()) % len(PATTERNS)]
    is_usual = dice.random() < USUAL_PATTERN
    grounds = [GROUNDS.get(leaf.audience, GROUNDS[""])]
    if dice.random() > USUAL_GROUND:
        grounds = list(GROUNDS.values())
    size = dice.gauss(SIZES.get(leaf.audience, FULL_SIZE), SIZE_SPREAD)
    return Photo(
        shape=product_of(leaf).shape,
        colour=colour,
        pattern=usual if is_usual else dice.choice(PATTERNS),
        ground=dice.choice(grounds),
        size=min(max(size, 0.3), 1.1),
        number=dice.getrandbits(31),
    )


def render(photo: Photo, side: int) -> bytes:
    """Return the JPEG, `side` pixels square; equal photos give equal bytes."""
    dice = random.Random(photo.number)  # noqa: S311 - guards nothing
    fill = shifted(COLOURS[photo.colour][1], dice.randint(-18, 18))
    light = shifted(fill, 70 if sum(fill) < 380 else -70)
    ground = shifted(photo.ground, dice.randint(-8, 8))
    inks = np.array(
        [
            ground,
            np.subtract(fill, ground),
            np.subtract(shifted(fill, -46), ground),
            np.subtract(light, fill),
            (1, 1, 1),
        ],
        dtype=np.float32,
    )
    # One product of matrices, as adding five coloured layers takes ten times as long.
    pixels = _layers(photo, side, dice).T @ inks  # (side * side, 3)
    whole: Pixels = np.clip(pixels, 0, 255, out=pixels).astype(np.uint8)
    encoded: bytes = simplejpeg.encode_jpeg(whole.reshape(side, side, 3), quality=JPEG_QUALITY)
    return encoded


def _layers(photo: Photo, side: int, dice: random.Random) -> Layer:
    """Return how much ground, product, shadow, pattern and grain each pixel has, (5, n)."""
    layers = np.ones((5, side, side), dtype=np.float32)
    moved = cv2.warpAffine(_mask(photo.shape, side), _placing(photo, side, dice), (side, side))
    np.multiply(moved.transpose(2, 0, 1), np.float32(1 / 255), out=layers[1:3])
    np.multiply(layers[1], _cut(_tile(photo.pattern, side), side, dice), out=layers[3])
    layers[4] = _cut(_noise(side), side, dice)
    return layers.reshape(5, side * side)


def _placing(photo: Photo, side: int, dice: random.Random) -> Layer:
    """Return the affine map from the drawn shape to where it stands in the photo."""
    middle = (side / 2, side / 2)
    placing = cv2.getRotationMatrix2D(middle, dice.uniform(-TURN_DEGREES, TURN_DEGREES), photo.size)
    placing[:, 2] += [dice.uniform(-SHIFT, SHIFT) * side, dice.uniform(-SHIFT, SHIFT) * side]
    moved: Layer = placing.astype(np.float32)
    return moved


def _cut(tile: Layer, side: int, dice: random.Random) -> Layer:
    """Return a square of a tile twice as large, from anywhere in it."""
    top, left = dice.randrange(side), dice.randrange(side)
    return tile[top : top + side, left : left + side]


@cache
def _mask(shape: str, side: int) -> Pixels:
    """Return the drawn shape: the product in the first channel, its shadow in the second."""
    inks: dict[str, RGB] = {"cut": (0, 0, 0), "upper": (255, 0, 0), "lower": (0, 255, 0)}
    pixels = np.asarray(drawn(shape, inks), dtype=np.uint8)
    small = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, :, :2])


@cache
def _tile(pattern: str, side: int) -> Layer:
    """Return where a pattern's second colour lies, (2 side, 2 side), 0 or 1."""
    down, right = np.mgrid[0 : 2 * side, 0 : 2 * side] * (16 / side)  # 16 units a photo
    surfaces = {
        "plain": down < 0,
        "stripes": down % 2 < 0.8,
        "bars": right % 2 < 0.8,
        "check": (down % 2 < 0.7) | (right % 2 < 0.7),
        "dots": (down % 2 - 1) ** 2 + (right % 2 - 1) ** 2 < 0.3,
        "diagonal": (down + right) % 2 < 0.8,
    }
    surface: Layer = surfaces[pattern].astype(np.float32)
    return surface


@cache
def _noise(side: int) -> Layer:
    grain = np.random.default_rng(side).normal(0, GRAIN, (2 * side, 2 * side))
    return grain.astype(np.float32)
