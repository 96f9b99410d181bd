"""One product on its way into the catalogue: what it is, who delivers it and as what."""

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from mlcore.demo import malls
from mlcore.demo.audiences import twin_of
from mlcore.demo.colours import colours_of
from mlcore.demo.filing import given_leaf
from mlcore.demo.houses import House, houses_of
from mlcore.demo.malls import Mall
from mlcore.demo.products import product_of
from mlcore.demo.tree import Leaf, leaves

# Deliveries are spread evenly over these months.
FIRST_YEAR, FIRST_MONTH, MONTHS = 2024, 10, 24
HAS_HOUSE = 0.8
# Share that honestly belongs to two leaves, among products whose leaf has a twin.
SHARED = 0.12


@dataclass(frozen=True)
class Delivery:
    """
    A product before it is written down.

    Attributes:
        leaf: where it truly belongs.
        shared_with: a second leaf that is as right, if there is one.
        given: the leaf that it is delivered under.
        house: who made it; some things have no brand.
        mall: who sells it.
        year, month: when it was registered.
        colour: its key among the market's colours.
    """

    leaf: Leaf
    shared_with: Leaf | None
    given: Leaf
    house: House | None
    mall: Mall
    year: int
    month: int
    colour: str

    @property
    def is_misfiled(self) -> bool:
        """Tell whether it is delivered under a wrong category."""
        return self.given not in (self.leaf, self.shared_with)


@dataclass(frozen=True)
class Mix:
    """How often each category comes: by its size to the power, watched ones times so much."""

    power: float
    watched: float


def draw(mix: Mix, dice: random.Random) -> Delivery:
    """Return a delivery."""
    years, month = divmod(FIRST_MONTH - 1 + dice.randrange(MONTHS), 12)
    leaf = dice.choices(leaves(), cum_weights=_cumulated(month + 1, mix))[0]
    house = dice.choice(houses_of(leaf)) if dice.random() < HAS_HOUSE else None
    mall = malls.pick(leaf, dice)
    shared_with = twin_of(leaf) if dice.random() < SHARED else None
    return Delivery(
        leaf=leaf,
        shared_with=shared_with,
        given=leaf if shared_with else given_leaf(leaf, house, mall, dice),
        house=house,
        mall=mall,
        year=FIRST_YEAR + years,
        month=month + 1,
        colour=dice.choice(colours_of(leaf)),
    )


@cache
def _cumulated(month: int, mix: Mix) -> list[float]:
    """Return the running sums of how much of each leaf is listed in a month of the year."""
    return list(accumulate(_listed(leaf, month, mix) for leaf in leaves()))


def _listed(leaf: Leaf, month: int, mix: Mix) -> float:
    watched = mix.watched if leaf.is_watched else 1.0
    return float(leaf.weight**mix.power) * watched * product_of(leaf).demand(month)
