"""Under which category shops file a product: mostly the true one, often enough another."""

import random
from functools import cache

from mlcore.demo.audiences import audience_of, counterpart
from mlcore.demo.houses import House
from mlcore.demo.malls import Mall
from mlcore.demo.tree import Leaf, children, leaves, leaves_of

# Share that goes to the same shelf of another audience, by the care of the house.
MIXED_UP_BY_CARELESS = 0.45
MIXED_UP = 0.03
# Shelves that the shops' own matching reads the wrong way round as often as not, and between whom.
MISREAD_SHELVES = frozenset({"재킷", "점퍼", "코트", "백팩"})
MISREAD_AS = {"women": "kids", "kids": "women"}
MISREAD = 0.5
# Share that goes to the parent's catch-all, to some shelf of the department, or anywhere.
TO_CATCH_ALL = 0.008
TO_DEPARTMENT = 0.005
ABUSED_BY_PROMOTERS = 0.06


def given_leaf(leaf: Leaf, house: House | None, mall: Mall, dice: random.Random) -> Leaf:
    """Return the leaf that the product is delivered under."""
    misread = MISREAD_AS.get(leaf.audience) if leaf.name in MISREAD_SHELVES else None
    if misread and dice.random() < MISREAD:
        return counterpart(leaf, misread) or leaf
    is_careless = house is not None and house.is_careless
    if dice.random() < (MIXED_UP_BY_CARELESS if is_careless else MIXED_UP):
        return for_another_audience(leaf, dice)
    if mall.style == "promo" and dice.random() < ABUSED_BY_PROMOTERS:
        return dice.choice(leaves())
    chance = dice.random()
    if chance < TO_CATCH_ALL:
        return _catch_all(leaf.parent) or leaf
    if chance < TO_CATCH_ALL + TO_DEPARTMENT:
        return dice.choice(leaves_of(leaf.department))
    return leaf


def for_another_audience(leaf: Leaf, dice: random.Random) -> Leaf:
    """Return the same shelf of an audience that shops mix up with the leaf's, or the leaf."""
    mistaken = audience_of(leaf).mistaken
    found = [other for name in mistaken if (other := counterpart(leaf, name))]
    return dice.choice(found) if found else leaf


@cache
def _catch_all(parent: str) -> Leaf | None:
    return next((leaf for leaf in children(parent) if leaf.is_catch_all), None)
