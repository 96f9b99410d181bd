"""The market's category tree: ten departments, about 300 leaves, up to four levels."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mlcore.demo import tables
from mlcore.taxonomy import SEPARATOR, ancestors, join_path, split_path

# Codes that the tree gives itself; those named in leaves.csv lie below them.
FIRST_CODE = 50001000
CATCH_ALL = "기타"
# The n-th leaf of a parent sells n ** -SLOPE as much as its first.
SLOPE = 0.6


@dataclass(frozen=True)
class DemoCategory:
    """One node of the tree."""

    code: str
    name: str
    path: str
    depth: int
    is_leaf: bool

    @property
    def is_catch_all(self) -> bool:
        """Tell whether the category is one for other things (기타…)."""
        return self.name.startswith(CATCH_ALL)


@dataclass(frozen=True)
class Leaf:
    """
    A category that products stand in, with what the market needs to make them.

    Attributes:
        product: the kind of product; several leaves may sell the same kind.
        audience: whom it is for; empty: everybody.
        weight: how much of it is delivered, against other leaves.
        is_watched: its error is known to be high, so people are shown more of it.
    """

    path: str
    product: str
    audience: str
    weight: float
    is_watched: bool

    @property
    def name(self) -> str:
        """The last level of the path."""
        return self.path.rpartition(SEPARATOR)[2]

    @property
    def parent(self) -> str:
        """The path without its last level."""
        return self.path.rpartition(SEPARATOR)[0]

    @property
    def department(self) -> str:
        """The first level of the path."""
        return self.path.partition(SEPARATOR)[0]

    @property
    def is_catch_all(self) -> bool:
        """Tell whether the leaf is one for other things (기타…)."""
        return self.name.startswith(CATCH_ALL)


@cache
def leaves() -> tuple[Leaf, ...]:
    """Return every leaf in the order of the tree."""
    return tuple(leaf for leaf, _ in _written_leaves())


@cache
def leaf_at(path: str) -> Leaf:
    """Return the leaf with this path; raise KeyError where there is none."""
    return {leaf.path: leaf for leaf in leaves()}[path]


@cache
def leaves_of(department: str) -> tuple[Leaf, ...]:
    """Return the leaves of one department."""
    return tuple(leaf for leaf in leaves() if leaf.department == department)


@cache
def children(parent: str) -> tuple[Leaf, ...]:
    """Return the leaves whose parent has this path."""
    return tuple(leaf for leaf in leaves() if leaf.parent == parent)


@cache
def categories() -> tuple[DemoCategory, ...]:
    """Return every node of the tree, parents before their children."""
    codes = {leaf.path: code for leaf, code in _written_leaves()}
    paths = dict.fromkeys(join_path(node) for path in codes for node in ancestors(split_path(path)))
    return tuple(
        _category(path, codes.get(path) or str(FIRST_CODE + place), is_leaf=path in codes)
        for place, path in enumerate(paths)
    )


def _category(path: str, code: str, *, is_leaf: bool) -> DemoCategory:
    levels = split_path(path)
    return DemoCategory(code=code, name=levels[-1], path=path, depth=len(levels), is_leaf=is_leaf)


def _written_leaves() -> Iterator[tuple[Leaf, str]]:
    """Yield each leaf with the code written for it, or an empty code."""
    for row in tables.read("leaves"):
        for place, written in enumerate(row["leaves"].split(), start=1):
            name, _, code = written.partition("#")
            name, _, product = name.partition("=")
            weight = float(row["weight"]) * place**-SLOPE
            path = f"{row['parent']}{SEPARATOR}{name}"
            # Only categories that the talk's table shows have their code written.
            yield Leaf(path, product or name, row["audience"], weight, bool(code)), code
