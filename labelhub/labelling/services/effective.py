"""What the reviewers say together about a category of a sample."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

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
