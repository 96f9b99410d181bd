"""What the reviewers say together about a category of a sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from labelhub.catalog.models import Category

# The majority of the reviewers' latest judgements; where they balance there is no row.
EFFECTIVE_JUDGEMENTS = """
SELECT sample_id, category_id,
       count(*) FILTER (WHERE is_acceptable) > count(*) FILTER (WHERE NOT is_acceptable)
         AS is_acceptable
FROM labelling_judgement
WHERE superseded_at IS NULL
GROUP BY sample_id, category_id
HAVING count(*) FILTER (WHERE is_acceptable) <> count(*) FILTER (WHERE NOT is_acceptable)
"""
ACCEPTED = f"""
SELECT sample_id, category_id FROM ({EFFECTIVE_JUDGEMENTS}) AS effective
WHERE is_acceptable AND sample_id = ANY(%s)
"""  # noqa: S608  # made of constants


def acceptable_categories(sample_ids: Iterable[int]) -> dict[int, list[Category]]:
    """Return what the reviewers accept for each of these samples, by path."""
    with connection.cursor() as cursor:
        cursor.execute(ACCEPTED, [list(sample_ids)])
        rows = cursor.fetchall()
    categories = Category.objects.in_bulk({category_id for _sample, category_id in rows})
    found: dict[int, list[Category]] = defaultdict(list)
    for sample_id, category_id in rows:
        found[sample_id].append(categories[category_id])
    for accepted in found.values():
        accepted.sort(key=lambda category: category.path)
    return dict(found)
