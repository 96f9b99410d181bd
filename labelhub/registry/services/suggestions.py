"""Write what a version suggests onto the open assignments of an assisted round."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from labelhub.errors import DomainError
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion

MOST = 5  # categories shown; more would be read as a list to pick from

WRITE = """
UPDATE labelling_assignment AS assignment
SET suggestions = suggested.best
FROM (
    SELECT prediction.sample_id, (
        SELECT jsonb_agg(jsonb_build_array(category_ids[rank], probabilities[rank]) ORDER BY rank)
        FROM generate_series(1, least(%(most)s, cardinality(category_ids))) AS rank
    ) AS best
    FROM registry_prediction AS prediction
    WHERE prediction.version_id = %(version)s
) AS suggested
WHERE assignment.round_id = %(round)s AND assignment.answered_at IS NULL
  AND assignment.sample_id = suggested.sample_id
"""


class RoundIsBlind(DomainError):
    """A blind round measures people against the model, so it never shows what the model says."""


def write(*, round: Round, version: ModelVersion) -> int:
    """
    Suggest a version's most probable categories where an answer is still open; return how many.

    Raises:
        RoundIsBlind: the round is not an assisted one.
    """
    if round.is_blind:
        problem = _("The round %(name)s is blind; nothing is suggested in it.")
        raise RoundIsBlind(problem % {"name": round.name})
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"round": round.pk, "version": version.pk, "most": MOST})
        return int(cursor.rowcount)
