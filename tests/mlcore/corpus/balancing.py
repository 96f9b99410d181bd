"""Corpora of ids, categories and months, and a plain reading of the plan to hold it against."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa
from hypothesis import strategies as st

from mlcore.corpus import curation
from mlcore.corpus.plan import CurationPlan

Product = tuple[str, str, str | None]
"""Id, category, month."""

MONTHS = ["2024-01", "2024-02", "2024-03", None]


@st.composite
def products(draw: st.DrawFn) -> list[Product]:
    """Up to 150 products of three categories; shares of categories and months vary."""
    ids = draw(st.lists(st.text("abc한글12", min_size=1), unique=True, min_size=1, max_size=150))
    categories = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=9))
    months = draw(st.lists(st.sampled_from(MONTHS), min_size=1, max_size=7))
    return [
        (name, categories[place % len(categories)], months[place % len(months)])
        for place, name in enumerate(ids)
    ]


plans = st.builds(CurationPlan, m=st.floats(0.1, 30), by_month=st.booleans())


def corpus(rows: Iterable[Product]) -> pa.Table:
    """Return the products as a corpus with a word in every name."""
    ids, categories, months = zip(*rows, strict=True)
    texts = pa.list_(pa.string())
    return pa.table(
        {
            "product_id": pa.array(ids, pa.string()),
            "product_name": pa.array(["coat"] * len(ids), pa.string()),
            "category_path": pa.array(categories, pa.string()),
            "month": pa.array(months, pa.string()),
            "name_tokens": pa.array([["coat"]] * len(ids), texts),
            "mall_tokens": pa.array([[]] * len(ids), texts),
        }
    )


def kept(rows: Sequence[Product], plan: CurationPlan) -> list[Product]:
    """Return the products that the plan keeps, in the order of the dataset."""
    table = curation.curate(corpus(rows), (), plan=plan).table
    names = ("product_id", "category_path", "month")
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def kept_plainly(rows: Sequence[Product], plan: CurationPlan) -> set[Product]:
    """Return the same as a person would draw it by hand, in ordinary Python."""
    assert plan.m is not None
    picked: set[Product] = set()
    for category in {row[1] for row in rows}:
        queue = sorted((row for row in rows if row[1] == category), key=_ticket)
        quota = max(1, math.floor(plan.m * math.log(len(queue))))
        if plan.by_month:
            drawn: Counter[str | None] = Counter()
            turns: dict[Product, int] = {}
            for row in queue:
                turns[row] = drawn[row[2]]
                drawn[row[2]] += 1
            queue.sort(key=lambda row: turns[row])  # stable: by ticket within a turn
        picked.update(queue[:quota])
    return picked


def by_category(rows: Iterable[Product]) -> dict[str, list[Product]]:
    """Return the products of each category."""
    groups: dict[str, list[Product]] = defaultdict(list)
    for row in rows:
        groups[row[1]].append(row)
    return groups


def _ticket(row: Product) -> str:
    return hashlib.md5(row[0].encode()).hexdigest()
