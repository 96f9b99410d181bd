"""Products as shops deliver them, with the truth that only the market knows."""

import math
import random
from dataclasses import dataclass

import numpy as np

from mlcore.demo import malls
from mlcore.demo.delivery import Delivery, Mix, draw
from mlcore.demo.naming import product_name
from mlcore.demo.pictures import image_name
from mlcore.demo.products import product_of
from mlcore.demo.tree import Leaf

SOURCE = "demo_market"
DELIVERED = Mix(power=1.0, watched=1.0)
# People are shown rare categories, and those known for their errors, more often.
SHOWN = Mix(power=0.75, watched=3.0)

HAS_BRAND_COLUMN, HAS_MAKER, HAS_IMAGE, HAS_DATE = 0.66, 0.3, 0.95, 0.97
# How often a shop's own category goes the same wrong way as the one it delivered.
MALL_FOLLOWS = 0.7


@dataclass(frozen=True)
class Row:
    """What shops deliver: the columns of a file of rows, in their order."""

    product_id: str
    product_name: str
    mall_name: str
    mall_category: str
    brand: str
    maker: str
    price: str
    registered_at: str
    image: str
    category_path: str
    source: str
    split: str


@dataclass(frozen=True)
class DemoRow(Row):
    """One product; the two fields of its own are the truth and never written to a file."""

    true_category_path: str
    acceptable: frozenset[str]


def corpus(rng: np.random.Generator, n: int = 20_000) -> list[DemoRow]:
    """Return training rows: as many of each category as shops deliver, without images."""
    dice = _dice(rng)
    return [
        _row(f"demo-t-{number:06d}", "train", draw(DELIVERED, dice), "", dice)
        for number in range(1, n + 1)
    ]


def samples(rng: np.random.Generator, n: int = 3_000) -> list[DemoRow]:
    """Return products to show to people: rarer categories more often, mostly with an image."""
    dice = _dice(rng)
    return [_sample(f"demo-s-{number:05d}", dice) for number in range(1, n + 1)]


def truth(seed: int, n: int = 3_000) -> dict[str, frozenset[str]]:
    """Return the acceptable categories of the samples that this seed makes."""
    return {row.product_id: row.acceptable for row in samples(sample_stream(seed), n)}


def sample_stream(seed: int) -> np.random.Generator:
    """Return the generator of a seed's samples."""
    return np.random.default_rng([seed, 1])


def corpus_stream(seed: int) -> np.random.Generator:
    """Return the generator of a seed's training rows."""
    return np.random.default_rng([seed, 2])


def _dice(rng: np.random.Generator) -> random.Random:
    """Return dice for single throws, which NumPy makes ten times slower."""
    return random.Random(int(rng.integers(2**62)))  # noqa: S311 - guards nothing


def _sample(product_id: str, dice: random.Random) -> DemoRow:
    delivery = draw(SHOWN, dice)
    shape = product_of(delivery.leaf).shape
    image = image_name(shape, delivery.colour) if dice.random() < HAS_IMAGE else ""
    return _row(product_id, "validation", delivery, image, dice)


def _row(
    product_id: str, split: str, delivery: Delivery, image: str, dice: random.Random
) -> DemoRow:
    shared = {delivery.shared_with.path} if delivery.shared_with else set()
    house = delivery.house.name if delivery.house else ""
    return DemoRow(
        product_id=product_id,
        product_name=product_name(delivery, dice),
        mall_name=delivery.mall.name,
        mall_category=_mall_category(delivery, dice),
        brand=house if dice.random() < HAS_BRAND_COLUMN else "",
        maker=house if dice.random() < HAS_MAKER else "",
        price=price_of(delivery.leaf, dice),
        registered_at=_date(delivery, dice),
        image=image,
        category_path=delivery.given.path,
        source=SOURCE,
        split=split,
        true_category_path=delivery.leaf.path,
        acceptable=frozenset({delivery.leaf.path, *shared}),
    )


def _mall_category(delivery: Delivery, dice: random.Random) -> str:
    follows = delivery.is_misfiled and dice.random() < MALL_FOLLOWS
    return malls.own_category(delivery.mall, delivery.given if follows else delivery.leaf, dice)


def price_of(leaf: Leaf, dice: random.Random) -> str:
    """Return a price in won, evenly spread over the logarithm and ending as shops like it."""
    product = product_of(leaf)
    won = math.exp(dice.uniform(math.log(product.low), math.log(product.high)))
    return str(int(won // 1000) * 1000 + dice.choice((0, 500, 800, 900, 900, 900)))


def _date(delivery: Delivery, dice: random.Random) -> str:
    if dice.random() > HAS_DATE:
        return ""
    return f"{delivery.year}-{delivery.month:02d}-{dice.randint(1, 28):02d}"
