"""Ask once more about samples whose label is weak."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Round
from labelhub.labelling.services import consensus, rounds
from labelhub.labelling.services.claims import refuse_unless_open

PLACE = rounds.PLACE.format(product="sample.product_id", copy="asked.copies + 1")

# One assignment more for each sample of the round that waits for nobody yet, with the chance with
# which the sample was drawn.
ASK_AGAIN = f"""
INSERT INTO labelling_assignment
    (round_id, sample_id, turn, position, passed_from, suggestions, inclusion_probability)
SELECT %(round)s, asked.sample_id, asked.turn, {PLACE}, '{{}}', '[]', asked.chance
FROM (
    SELECT sample_id, count(*) AS copies, min(turn) AS turn, max(inclusion_probability) AS chance
    FROM labelling_assignment
    WHERE round_id = %(round)s AND sample_id = ANY(%(samples)s) AND NOT is_check
    GROUP BY sample_id HAVING bool_and(answered_at IS NOT NULL)
) AS asked
JOIN catalog_sample AS sample ON sample.id = asked.sample_id
ORDER BY 2
RETURNING sample_id
"""  # noqa: S608  # made of constants


class NothingAsked(DomainError):
    """None of the samples can be asked about again."""


@transaction.atomic
def ask_again(*, round: Round, sample_ids: Collection[int], by: User, now: datetime) -> int:
    """
    Want one answer more of each of these samples; return of how many.

    Their labels are provisional until the answers are in. Samples that still wait for an answer,
    or are not in the round, are passed over.

    Raises:
        RoundNotOpen: the round is paused or closed, so nobody could answer.
        NothingAsked: every sample was passed over.
    """
    # Two curators who ask at once: the second then sees the assignments of the first.
    round = Round.objects.locked().get(pk=round.pk)
    refuse_unless_open(round)
    with connection.cursor() as cursor:
        cursor.execute(
            ASK_AGAIN, {"round": round.pk, "seed": round.seed, "samples": list(sample_ids)}
        )
        asked = [sample for (sample,) in cursor.fetchall()]
    if not asked:
        raise NothingAsked(_("These products wait for an answer already; nothing was added."))
    list(Sample.objects.select_for_update(no_key=True).filter(pk__in=asked).order_by("pk"))
    consensus.refresh(sample_ids=asked, now=now, source=round.source)
    rounds.settle_later(round=round, by=by)
    audit.record(by=by, verb="asked again", target=round, details={"samples": len(asked)}, now=now)
    return len(asked)
