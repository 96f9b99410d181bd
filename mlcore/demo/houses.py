"""The brands of the market. All of them are invented."""

from dataclasses import dataclass
from functools import cache

from mlcore.demo import tables
from mlcore.demo.tree import Leaf

# Written before a house that puts its goods on whatever shelf is nearest.
CARELESS = "*"
CLOTHING = "패션의류"
# Audiences for which general clothing houses work too.
DRESSED = frozenset({"women", "men", "kids", "baby"})
FURNITURE = "가구/인테리어"


@dataclass(frozen=True)
class House:
    """A brand; a careless one delivers much of its range under the wrong audience."""

    name: str
    is_careless: bool


def houses_of(leaf: Leaf) -> tuple[House, ...]:
    """Return the houses that make things for this leaf: those of its audience or department."""
    audience = "" if leaf.department == FURNITURE else leaf.audience
    return _houses(audience, leaf.department)


@cache
def _houses(audience: str, department: str) -> tuple[House, ...]:
    fields = _fields()
    own = fields.get(audience) or fields[department]
    return own + fields[CLOTHING] if audience in DRESSED else own


@cache
def _fields() -> dict[str, tuple[House, ...]]:
    return {
        row["field"]: tuple(
            House(name.removeprefix(CARELESS), name.startswith(CARELESS))
            for name in row["houses"].split()
        )
        for row in tables.read("houses")
    }
