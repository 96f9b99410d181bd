"""What a product of each kind is called, costs and looks like, and when it sells."""

from dataclasses import dataclass
from functools import cache

from mlcore.demo import tables
from mlcore.demo.tree import Leaf

# How often something is listed outside its season, against one inside.
OUT_OF_SEASON = 0.15


@dataclass(frozen=True)
class Product:
    """A kind of product; several leaves may sell the same kind to different people."""

    nouns: tuple[str, ...]
    words: tuple[str, ...]
    shape: str
    sizes: str
    low: int
    high: int
    months: frozenset[int]

    def demand(self, month: int) -> float:
        """Return how much of it is listed in this month of the year, 1 at best."""
        return 1.0 if month in self.months else OUT_OF_SEASON


def product_of(leaf: Leaf) -> Product:
    """Return the kind of product that stands in the leaf."""
    return _products()[leaf.product]


@cache
def _products() -> dict[str, Product]:
    return {row["product"]: _product(row) for row in tables.read("products")}


def _product(row: dict[str, str]) -> Product:
    return Product(
        nouns=tuple(row["nouns"].split()),
        words=tuple(row["words"].split()),
        shape=row["shape"],
        sizes=row["sizes"],
        low=int(row["low"]),
        high=int(row["high"]),
        months=_months(row["months"]),
    )


def _months(written: str) -> frozenset[int]:
    """Return the months of ranges such as `3-5 9-11`; nothing written means all year."""
    if not written:
        return frozenset(range(1, 13))
    spans = (span.partition("-") for span in written.split())
    return frozenset(
        month for first, _, last in spans for month in range(int(first), int(last or first) + 1)
    )
