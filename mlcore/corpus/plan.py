"""What is declared before a dataset is made: how many rows of a category, from which months."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mlcore.progress import BadInput


@dataclass(frozen=True, kw_only=True)
class CurationPlan:
    """
    How the rows that the exclusion rules left are balanced. No seed: ids decide the draw.

    Attributes:
        m: of a category with N rows, `quota(N)` = m ln N are kept; None keeps every row.
        by_month: draw them evenly over the months, topping short months up from the rest;
            rows without a month are a month of their own.

    Raises:
        BadInput: m is not a positive number, or months are to be balanced without it.
    """

    m: float | None = None
    by_month: bool = False

    def __post_init__(self) -> None:
        if self.m is not None and not 0 < self.m < math.inf:
            raise BadInput(f"The balance m must be a number above 0, not {self.m}.")
        if self.by_month and self.m is None:
            raise BadInput("Months are balanced within N̂ = m ln N rows; give m as well.")

    def quota(self, rows: int) -> int:
        """
        Return how many rows of a category with so many are kept.

        >>> CurationPlan(m=2).quota(8), CurationPlan(m=2).quota(1), CurationPlan().quota(8)
        (4, 1, 8)
        """
        if self.m is None or rows == 0:
            return rows
        return min(rows, max(1, math.floor(math.log(rows) * self.m)))

    def as_record(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "CurationPlan":
        """Return the plan that `as_record` wrote; an empty one balances nothing."""
        return cls(**record)


UNBALANCED = CurationPlan()
"""Every row that the exclusion rules leave."""
