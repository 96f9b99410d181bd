"""What the reviewers say together about a category of a sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from labelhub.catalog.models import Category
from labelhub.labelling.models import Judgement

# The majority of the reviewers' latest judgements; where they balance there is no row. The same
# as `effective_judgements`, for aggregates that are written in SQL.
EFFECTIVE_JUDGEMENTS = """
SELECT sample_id, category_id,
       count(*) FILTER (WHERE is_acceptable) > count(*) FILTER (WHERE NOT is_acceptable)
         AS is_acceptable
FROM labelling_judgement
WHERE superseded_at IS NULL
GROUP BY sample_id, category_id
HAVING count(*) FILTER (WHERE is_acceptable) <> count(*) FILTER (WHERE NOT is_acceptable)
"""


def effective_judgements() -> QuerySet[Any, dict[str, Any]]:
    """Return rows of sample_id, category_id and is_acceptable_now."""
    return Judgement.objects.effective()


def acceptable_categories(sample_ids: Iterable[int]) -> dict[int, list[Category]]:
    """Return what the reviewers accept for each of these samples, by path."""
    said = Judgement.objects.filter(sample__in=list(sample_ids)).effective()
    rows = [row for row in said if row["is_acceptable_now"]]
    categories = Category.objects.in_bulk({row["category_id"] for row in rows})
    found: dict[int, list[Category]] = defaultdict(list)
    for row in rows:
        found[row["sample_id"]].append(categories[row["category_id"]])
    for accepted in found.values():
        accepted.sort(key=lambda category: category.path)
    return dict(found)
