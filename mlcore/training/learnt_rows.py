"""Which rows of the ground a rung learns from: all of them, or as many as were asked for."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns
from mlcore.corpus.curation import curate
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import ExclusionRule

M = 200.0
"""Rows kept per natural logarithm of a category's size where no number of rows is asked for."""

STEPS = 40
"""Halvings of an interval in search of m; a millionth of it is left after twenty."""


def drawn(pool: pa.Table, rows: int | None) -> pa.Table:
    """Return this many rows of the pool, the same ones whatever their order; None is all."""
    if rows is None or pool.num_rows <= rows:
        return pool
    places = [_place(product) for product in pool[columns.ID].to_pylist()]
    chosen = sorted(range(pool.num_rows), key=places.__getitem__)[:rows]
    return pool.take(pa.array(np.sort(chosen)))


def ruled(pool: pa.Table, rules: Sequence[ExclusionRule]) -> pa.Table:
    """Return the pool without what the rules drop."""
    return _curated(pool, rules, CurationPlan()) if rules else pool


def balanced(pool: pa.Table, rows: int | None) -> pa.Table:
    """
    Return rows of the pool by N̂ = m ln N and evenly over the months.

    Args:
        rows: how many, from which m follows; None takes `M`.
    """
    sizes = pc.value_counts(pool[columns.CATEGORY]).field("counts").to_pylist()
    m = M if rows is None else _m(sizes, rows)
    return drawn(_curated(pool, (), CurationPlan(m=m, by_month=True)), rows)


def _curated(pool: pa.Table, rules: Sequence[ExclusionRule], plan: CurationPlan) -> pa.Table:
    """Return the pool's rows that curation keeps, with all their columns."""
    kept = curate(pool, rules, plan=plan).table[columns.ID].combine_chunks()
    return pool.filter(pc.is_in(pool[columns.ID].combine_chunks(), value_set=kept))


def _m(sizes: Sequence[int], rows: int) -> float:
    """Return the largest m that keeps no more rows of categories of these sizes."""
    low, high = 0.0, float(max(sizes))
    for _ in range(STEPS):
        middle = (low + high) / 2
        if sum(CurationPlan(m=middle).quota(size) for size in sizes) > rows:
            high = middle
        else:
            low = middle
    return low


def _place(product: str) -> bytes:
    return hashlib.sha256(f"ladder {product}".encode()).digest()
