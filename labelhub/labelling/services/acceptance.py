"""How often people take what the model suggests, by its place in the list."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from labelhub.labelling.models import Round

# What was shown is stored with the answer, so later suggestions change nothing here.
BY_RANK = """
SELECT rank, count(*) FILTER (WHERE (shown ->> 0)::bigint = annotation.category_id), count(*)
FROM labelling_annotation AS annotation,
     jsonb_array_elements(annotation.suggestions) WITH ORDINALITY AS offered(shown, rank)
WHERE annotation.round_id = %(round)s AND annotation.is_assisted
  AND annotation.superseded_at IS NULL AND NOT annotation.is_check
GROUP BY rank ORDER BY rank
"""


@dataclass(frozen=True)
class Acceptance:
    """Of the answers to which a suggestion was offered, those that took it."""

    rank: int  # from 1
    taken: int
    offered: int


def by_rank(round: Round) -> list[Acceptance]:
    """Return the acceptance of the first, second, … suggestion in the answers that stand."""
    with connection.cursor() as cursor:
        cursor.execute(BY_RANK, {"round": round.pk})
        return [Acceptance(*row) for row in cursor.fetchall()]
