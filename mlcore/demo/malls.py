"""The shops of the market and the category paths of their own, true or not."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from mlcore.demo import tables
from mlcore.demo.products import product_of
from mlcore.demo.tree import Leaf, leaves_of
from mlcore.taxonomy import SEPARATOR, split_path

# Shelves on which a shop that lives from promotions puts anything at all.
PROMOTIONS = (
    "상품권>이벤트",
    "무료배송관>오늘의특가",
    "기획전>BEST100",
    "시즌오프",
    "신상품",
    "1+1 행사>전체",
)
# How much of its range such a shop files under a promotion.
PROMOTED = 0.45


@dataclass(frozen=True)
class Mall:
    """A shop: what it sells, how it writes its own categories and how far to believe them."""

    place: int
    name: str
    departments: frozenset[str]
    style: str
    share: float
    reliability: float

    def sells(self, leaf: Leaf) -> bool:
        """Tell whether products of the leaf are sold here."""
        return not self.departments or leaf.department in self.departments


@cache
def malls() -> tuple[Mall, ...]:
    """Return all shops."""
    return tuple(_mall(place, row) for place, row in enumerate(tables.read("malls")))


def pick(leaf: Leaf, dice: random.Random) -> Mall:
    """Return a shop that sells the leaf, the large ones more often."""
    sellers, shares = _sellers(leaf.department)
    return dice.choices(sellers, weights=shares)[0]


def own_category(mall: Mall, leaf: Leaf, dice: random.Random, *, abuse: float = 1.0) -> str:
    """
    Return the shop's own path for a product that it would put in the leaf.

    An unreliable shop takes another shelf of the same parent or department instead.

    Args:
        abuse: how often shops misuse their categories, times what their table says.
    """
    if mall.style == "promo" and dice.random() < PROMOTED * abuse:
        return dice.choice(PROMOTIONS)
    if dice.random() > 1 - (1 - mall.reliability) * abuse:
        leaf = dice.choice(leaves_of(leaf.department))
    return _STYLES[mall.style](mall, leaf)


def _full_path(mall: Mall, leaf: Leaf) -> str:
    nodes = [_own_name(mall, node) for node in split_path(leaf.parent)]
    return SEPARATOR.join([*nodes, _own_noun(mall, leaf)])


def _noun_only(mall: Mall, leaf: Leaf) -> str:
    return _own_noun(mall, leaf)


def _upper_levels(mall: Mall, leaf: Leaf) -> str:
    return SEPARATOR.join(_own_name(mall, node) for node in split_path(leaf.parent)[:2])


def _nothing(mall: Mall, leaf: Leaf) -> str:
    return ""


_STYLES: dict[str, Callable[[Mall, Leaf], str]] = {
    "own": _full_path,
    "promo": _full_path,
    "flat": _noun_only,
    "top": _upper_levels,
    "none": _nothing,
}


def _own_name(mall: Mall, node: str) -> str:
    names = (node, *_shelves().get(node, ()))
    return names[mall.place % len(names)]


def _own_noun(mall: Mall, leaf: Leaf) -> str:
    nouns = (leaf.name, *product_of(leaf).nouns)
    return leaf.name if leaf.is_catch_all else nouns[mall.place % len(nouns)]


@cache
def _sellers(department: str) -> tuple[list[Mall], list[float]]:
    sellers = [mall for mall in malls() if not mall.departments or department in mall.departments]
    return sellers, [mall.share for mall in sellers]


@cache
def _shelves() -> dict[str, tuple[str, ...]]:
    return {row["node"]: tuple(row["own_names"].split()) for row in tables.read("shelves")}


def _mall(place: int, row: dict[str, str]) -> Mall:
    everything = row["departments"] == "*"
    return Mall(
        place=place,
        name=row["name"],
        departments=frozenset() if everything else frozenset(row["departments"].split()),
        style=row["style"],
        share=float(row["share"]),
        reliability=float(row["reliability"]),
    )
