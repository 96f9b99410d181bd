"""One product of the large market at a time, each drawn from its own number."""

import random
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import accumulate
from math import log
from zlib import crc32

from mlcore.demo import malls
from mlcore.demo.conditions import Conditions
from mlcore.demo.delivery import HAS_HOUSE, Delivery
from mlcore.demo.filing import for_another_audience
from mlcore.demo.houses import House, houses_of
from mlcore.demo.market import HAS_BRAND_COLUMN, HAS_MAKER, MALL_FOLLOWS, SOURCE, Row, price_of
from mlcore.demo.naming import product_name
from mlcore.demo.photos import Photo, photo_of, usual_colour
from mlcore.demo.products import product_of
from mlcore.demo.tree import Leaf, children, leaves, leaves_of

YEAR, MONTHS = 2025, 12
# Flattens the head of Zipf's law: the largest category has a tenth of all rows, not a quarter.
OFFSET = 10
# What mothers look for, in names of goods for their children.
SOUGHT_BY_MOTHERS = "여성"
STUFFED = 0.05  # of `misleading`


class Part(IntEnum):
    """What a row is for; rows of different parts have nothing in common."""

    TRAIN = 0
    SHOWN = 1
    UNLABELLED = 2


PREFIXES = {Part.TRAIN: "large-t", Part.SHOWN: "large-s", Part.UNLABELLED: "large-u"}
SPLITS = {Part.TRAIN: "train", Part.SHOWN: "validation", Part.UNLABELLED: "unlabelled"}


@dataclass(frozen=True)
class Good:
    """A row, what is true of it, and the photo of it that exists if the row names one."""

    row: Row
    true_path: str
    photo: Photo


def good(conditions: Conditions, part: Part, number: int) -> Good:
    """Return the product with this number, from 1; the same one in every run."""
    dice = random.Random((conditions.seed << 40 | number) << 2 | part)  # noqa: S311 - guards nothing
    month = _month(conditions, part, dice)
    leaf = dice.choices(leaves(), cum_weights=_listed(conditions, part, month))[0]
    house = dice.choice(houses_of(leaf)) if dice.random() < HAS_HOUSE else None
    delivery = Delivery(
        leaf=leaf,
        shared_with=None,
        given=_filed(leaf, house, conditions, dice),
        house=house,
        mall=malls.pick(leaf, dice),
        year=YEAR,
        month=month,
        colour=usual_colour(leaf, dice),
    )
    return Good(
        row=_row(delivery, conditions, part, number, dice),
        true_path=leaf.path,
        photo=_photo(delivery, conditions, dice),
    )


def look_alike(leaf: Leaf) -> Leaf:
    """Return the leaf that slips of this one go to: its shelf's next, of the same shape first."""
    return _look_alikes()[leaf]


def _month(conditions: Conditions, part: Part, dice: random.Random) -> int:
    """Return a month of the year: any of them to be shown, mostly the last ones else."""
    if part is Part.SHOWN:
        return dice.randint(1, MONTHS)
    return dice.choices(range(1, MONTHS + 1), cum_weights=_left(conditions.half_life))[0]


@cache
def _left(half_life: float) -> list[float]:
    """Return the running sums of what is left in December of each month's goods."""
    return list(accumulate(2 ** ((month - MONTHS) / half_life) for month in range(1, MONTHS + 1)))


@cache
def _listed(conditions: Conditions, part: Part, month: int) -> list[float]:
    """Return the running sums of how much of each leaf is listed in a month."""
    power = conditions.shown_power if part is Part.SHOWN else 1.0
    sizes = _sizes(conditions.imbalance)
    return list(accumulate(sizes[leaf] ** power * _demand(leaf, month) for leaf in leaves()))


def _demand(leaf: Leaf, month: int) -> float:
    return product_of(leaf).demand(month)


@cache
def _sizes(imbalance: float) -> dict[Leaf, float]:
    """
    Return each leaf's deliveries by the law of Zipf and Mandelbrot, (rank + offset) ** -slope.

    The slope is the one that makes the first so many times as large as the last.
    """
    ranked = sorted(leaves(), key=lambda leaf: (-leaf.weight, crc32(leaf.path.encode())))
    slope = log(imbalance) / log((len(ranked) + OFFSET) / (1 + OFFSET))
    return {leaf: (rank + OFFSET) ** -slope for rank, leaf in enumerate(ranked, start=1)}


def _filed(leaf: Leaf, house: House | None, conditions: Conditions, dice: random.Random) -> Leaf:
    """Return where the house files the product, before anything slips."""
    is_careless = house is not None and house.is_careless
    if dice.random() < conditions.misleading and is_careless:
        return for_another_audience(leaf, dice)
    return leaf


def _row(
    delivery: Delivery, conditions: Conditions, part: Part, number: int, dice: random.Random
) -> Row:
    house = delivery.house.name if delivery.house else ""
    product_id = f"{PREFIXES[part]}-{number:08d}"
    return Row(
        product_id=product_id,
        product_name=_name(delivery, conditions, dice),
        mall_name=delivery.mall.name,
        mall_category=_mall_category(delivery, conditions, dice),
        brand=house if dice.random() < HAS_BRAND_COLUMN else "",
        maker=house if dice.random() < HAS_MAKER else "",
        price=price_of(delivery.leaf, dice),
        registered_at=_date(delivery, conditions, dice),
        image=f"{product_id}.jpg" if dice.random() < conditions.pictured else "",
        category_path=_given(delivery, conditions, part, dice),
        source=f"{SOURCE}_large",
        split=SPLITS[part],
    )


def _name(delivery: Delivery, conditions: Conditions, dice: random.Random) -> str:
    name = product_name(delivery, dice, wordless=conditions.wordless)
    is_stuffed = dice.random() < STUFFED * conditions.misleading
    return (
        f"{name} {SOUGHT_BY_MOTHERS}" if is_stuffed and delivery.leaf.audience == "kids" else name
    )


def _mall_category(delivery: Delivery, conditions: Conditions, dice: random.Random) -> str:
    """Return the shop's own path: it believes a careless house, but knows of no later slip."""
    follows = delivery.is_misfiled and dice.random() < MALL_FOLLOWS
    leaf = delivery.given if follows else delivery.leaf
    return malls.own_category(delivery.mall, leaf, dice, abuse=conditions.abuse)


def _given(delivery: Delivery, conditions: Conditions, part: Part, dice: random.Random) -> str:
    """Return the category in the file; some slip to the look-alike after all else."""
    if part is Part.UNLABELLED:
        return ""
    is_slip = dice.random() < conditions.noise
    return (look_alike(delivery.given) if is_slip else delivery.given).path


def _date(delivery: Delivery, conditions: Conditions, dice: random.Random) -> str:
    day = dice.randint(1, 28)
    is_dated = dice.random() < conditions.dated
    return f"{delivery.year}-{delivery.month:02d}-{day:02d}" if is_dated else ""


def _photo(delivery: Delivery, conditions: Conditions, dice: random.Random) -> Photo:
    leaf = delivery.leaf
    if dice.random() < conditions.wrong_photo:
        leaf = dice.choice(leaves_of(leaf.department))
    return photo_of(leaf, delivery.colour, dice)


@cache
def _look_alikes() -> dict[Leaf, Leaf]:
    return {leaf: _next(leaf) for leaf in leaves()}


def _next(leaf: Leaf) -> Leaf:
    shelf = children(leaf.parent)
    if len(shelf) == 1:
        shelf = leaves_of(leaf.department)
    alike = [other for other in shelf if product_of(other).shape == product_of(leaf).shape]
    among = alike if len(alike) > 1 else list(shelf)
    return among[(among.index(leaf) + 1) % len(among)]
