"""Own answers that others saw differently, shown to whoever gave them once the round is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.labelling.models import Annotation, Consensus, Guideline, Source
from labelhub.labelling.services import showing
from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS, acceptable_categories
from labelhub.labelling.services.showing import Picture

# An answer at a level of the tree stands for everything below it: it is accepted when something
# below it is. Hidden checks have a page of their own, once they are over; and of a sample
# that somebody still answers without help, or that this person could answer anew in a round that
# goes on, nothing is told.
CHANGED = """
WITH mine AS (
  SELECT annotation.id, annotation.sample_id, annotation.category_id, annotation.answered_at,
         category.lineage
  FROM labelling_annotation AS annotation
  JOIN labelling_round AS round ON round.id = annotation.round_id
  LEFT JOIN catalog_category AS category ON category.id = annotation.category_id
  WHERE annotation.annotator_id = %(annotator)s AND annotation.superseded_at IS NULL
    AND NOT annotation.is_check AND round.state = 'closed' AND round.source = 'people'
), judged AS (
  SELECT mine.id, bool_or(judgement.is_acceptable) AS is_accepted
  FROM mine
  JOIN ({judgements}) AS judgement ON judgement.sample_id = mine.sample_id
  JOIN catalog_category AS category ON category.id = judgement.category_id
  WHERE mine.category_id = ANY (category.lineage)
  GROUP BY mine.id
)
SELECT mine.id, judged.is_accepted IS NOT NULL
FROM mine
LEFT JOIN judged ON judged.id = mine.id
LEFT JOIN labelling_consensus AS consensus
  ON consensus.sample_id = mine.sample_id AND consensus.source = 'people'
  AND consensus.state = 'settled'
LEFT JOIN catalog_category AS agreed ON agreed.id = consensus.category_id
WHERE (judged.is_accepted = false
       OR (judged.is_accepted IS NULL AND agreed.id IS NOT NULL
           AND NOT coalesce(mine.category_id = ANY (agreed.lineage), false)
           AND NOT coalesce(agreed.id = ANY (mine.lineage), false)))
  AND NOT EXISTS (
    SELECT FROM labelling_assignment AS asked
    JOIN labelling_round AS round ON round.id = asked.round_id
    WHERE asked.sample_id = mine.sample_id
      AND (asked.answered_at IS NULL OR asked.annotator_id = %(annotator)s)
      AND round.is_blind AND round.source = 'people' AND round.state <> 'closed')
  AND NOT EXISTS (
    SELECT FROM labelling_hiddencheck AS hidden
    WHERE hidden.sample_id = mine.sample_id AND hidden.retired_at IS NULL)
ORDER BY mine.answered_at DESC, mine.id DESC
"""


@dataclass(frozen=True)
class SecondLook:
    """An own answer, and what holds instead."""

    annotation: Annotation
    is_judged: bool  # reviewers said so; otherwise the others' answers did
    accepted: list[Category]
    guidelines: list[Guideline]  # of the accepted categories, where there are any
    picture: Picture | None


def changed(annotator: User) -> list[tuple[int, bool]]:
    """Return the ids of answers that others saw differently, newest first, and whether judged."""
    with connection.cursor() as cursor:
        statement = CHANGED.format(judgements=EFFECTIVE_JUDGEMENTS)
        cursor.execute(statement, {"annotator": annotator.pk})
        return [(pk, is_judged) for pk, is_judged in cursor.fetchall()]


def of(rows: Sequence[tuple[int, bool]]) -> list[SecondLook]:
    """Return these answers with what holds instead; a few queries, however many they are."""
    found = Annotation.objects.select_related("sample", "category", "round").in_bulk(
        [pk for pk, _is_judged in rows]
    )
    sample_ids = [each.sample_id for each in found.values()]
    accepted = _agreed(sample_ids) | acceptable_categories(sample_ids)
    samples = showing.with_pictures().in_bulk(sample_ids)
    written = _guidelines(accepted)
    return [
        _look(found[pk], is_judged, accepted, written, showing.pictures(samples[sample_id]))
        for pk, is_judged in rows
        for sample_id in [found[pk].sample_id]
    ]


def _look(
    annotation: Annotation,
    is_judged: bool,
    accepted: dict[int, list[Category]],
    written: dict[int, Guideline],
    pictures: list[Picture],
) -> SecondLook:
    holds = accepted.get(annotation.sample_id, [])
    return SecondLook(
        annotation=annotation,
        is_judged=is_judged,
        accepted=holds,
        guidelines=[written[each.pk] for each in holds if each.pk in written],
        picture=next(iter(pictures), None),
    )


def _agreed(sample_ids: Sequence[int]) -> dict[int, list[Category]]:
    settled = Consensus.objects.filter(
        sample__in=sample_ids, source=Source.PEOPLE, state=Consensus.State.SETTLED
    ).select_related("category")
    return {each.sample_id: [each.category] for each in settled if each.category}


def _guidelines(accepted: dict[int, list[Category]]) -> dict[int, Guideline]:
    ids = {category.pk for found in accepted.values() for category in found}
    guidelines = Guideline.objects.filter(category__in=ids).select_related("category")
    return {each.category_id: each for each in guidelines if each.category_id is not None}
