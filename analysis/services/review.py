"""
Which disagreement a reviewer judges next, and what the page may show of it.

Nothing here tells which of the two categories is the model's until the reviewer has judged: the
pair is ordered by a hash of the sample and the reviewer, and the filters treat both sides alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Annotation, Consensus, Judgement, ReviewDraw, Source
from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS
from labelhub.labelling.services.review_draws import REVIEWERS
from labelhub.registry.models import ModelVersion, Prediction
from mlcore.quality.confusion import Verdict, verdict

# A disagreement waits while reviewers together have not judged both of its categories, unless this
# reviewer has. A sample that was drawn at random waits for two reviewers, also where people and the
# version agree and one category is all there is to judge. What they put off comes last; the rest in
# an order of the reviewer's own, so that two reviewers rarely meet but over what was drawn, which
# is mixed into the first quarter.
QUEUE = f"""
WITH judged AS ({EFFECTIVE_JUDGEMENTS}), mine AS (
    SELECT sample_id, array_agg(category_id) AS categories FROM labelling_judgement
    WHERE reviewer_id = %(reviewer)s AND superseded_at IS NULL GROUP BY sample_id
), asked AS (
    SELECT sample_id, category_id, count(*) AS reviewers FROM labelling_judgement
    WHERE superseded_at IS NULL AND sample_id IN (SELECT sample_id FROM labelling_reviewdraw)
    GROUP BY sample_id, category_id
), pair AS (
    SELECT human.sample_id, human.category_id AS human_id, model.category_id AS model_id,
           draw.id IS NOT NULL AND human.source = 'people' AS is_drawn
    FROM labelling_consensus AS human
    JOIN registry_prediction AS model
      ON model.sample_id = human.sample_id AND model.version_id = %(version)s
    LEFT JOIN labelling_reviewdraw AS draw ON draw.sample_id = human.sample_id
    WHERE human.source = %(source)s AND human.state = 'settled'
      AND human.category_id <> model.category_id
    UNION ALL
    SELECT human.sample_id, human.category_id, human.category_id, true
    FROM labelling_reviewdraw AS draw
    JOIN labelling_consensus AS human ON human.sample_id = draw.sample_id
    LEFT JOIN registry_prediction AS model
      ON model.sample_id = human.sample_id AND model.version_id = %(version)s
    WHERE %(source)s = 'people' AND human.source = 'people' AND human.state = 'settled'
      AND coalesce(human.category_id = model.category_id, true)
), queue AS (
    SELECT pair.sample_id, is_drawn,
           (judged_human.sample_id IS NULL OR judged_model.sample_id IS NULL
            OR is_drawn AND least(coalesce(asked_human.reviewers, 0),
                                  coalesce(asked_model.reviewers, 0)) < %(reviewers)s)
           AND NOT coalesce(mine.categories @> ARRAY[human_id, model_id], false) AS is_waiting
    FROM pair
    JOIN catalog_category AS human_category ON human_category.id = human_id
    JOIN catalog_category AS model_category ON model_category.id = model_id
    LEFT JOIN judged AS judged_human ON judged_human.sample_id = pair.sample_id
     AND judged_human.category_id = human_id
    LEFT JOIN judged AS judged_model ON judged_model.sample_id = pair.sample_id
     AND judged_model.category_id = model_id
    LEFT JOIN asked AS asked_human ON asked_human.sample_id = pair.sample_id
     AND asked_human.category_id = human_id
    LEFT JOIN asked AS asked_model ON asked_model.sample_id = pair.sample_id
     AND asked_model.category_id = model_id
    LEFT JOIN mine ON mine.sample_id = pair.sample_id
    WHERE (%(under)s IS NULL OR %(under)s = ANY(human_category.lineage)
                             OR %(under)s = ANY(model_category.lineage))
      AND NOT EXISTS (SELECT FROM labelling_annotation AS own
                      WHERE own.sample_id = pair.sample_id AND own.annotator_id = %(reviewer)s)
)
SELECT count(*), count(*) FILTER (WHERE is_waiting),
       (SELECT sample_id FROM queue WHERE is_waiting
        ORDER BY sample_id = ANY(%(later)s),
                 ('x' || left(md5(concat_ws(' ', sample_id, %(reviewer)s)), 8))::bit(32)::bigint
                   / CASE WHEN is_drawn THEN 4 ELSE 1 END, sample_id
        OFFSET %(place)s LIMIT 1)
FROM queue
"""  # noqa: S608  # no value of a user is in it


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which disagreements a reviewer goes through."""

    version: ModelVersion
    source: str = Source.PEOPLE
    under: Category | None = None  # either category lies in this subtree


@dataclass(frozen=True)
class Waiting:
    """How far the reviewer's queue is, and what comes next."""

    total: int
    remaining: int
    next_id: int | None

    @property
    def done(self) -> int:
        return self.total - self.remaining


@dataclass(frozen=True)
class Sides:
    """A sample's two categories with their sides. Not for a page before the verdict."""

    sample: Sample
    human: Category
    model: Category

    @property
    def agree(self) -> bool:
        """Tell whether there is one category only, which both name."""
        return self.human == self.model


@dataclass(frozen=True)
class Judged:
    """A verdict just given, with the sides it was given on."""

    sides: Sides
    verdict: Verdict
    is_acceptable: bool  # what people say, which is all there is to judge where both agree


@dataclass(frozen=True)
class Evidence:
    """What speaks for either side: the answers of people, the most probable of the model."""

    answers: list[tuple[Category | None, int]]
    ranks: list[tuple[Category, float]]


def waiting(
    *, selection: Selection, reviewer: User, later: Sequence[int] = (), place: int = 0
) -> Waiting:
    """
    Return the reviewer's queue; samples put off for `later` come last.

    Args:
        place: how many that wait to pass over; past the end there is no next one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE,
            {
                "version": selection.version.pk,
                "source": selection.source,
                "under": selection.under.pk if selection.under else None,
                "reviewer": reviewer.pk,
                "later": list(later),
                "place": place,
                "reviewers": REVIEWERS,
            },
        )
        return Waiting(*cursor.fetchone())


def sides(*, sample_id: int, selection: Selection) -> Sides | None:
    """
    Return what people and the version say of a sample, or None where there is nothing to judge.

    There is where they differ. A sample that was drawn at random is judged where they agree too,
    and where the version says nothing of it.
    """
    consensus = (
        Consensus.objects.select_related("sample", "category")
        .filter(sample=sample_id, source=selection.source, state=Consensus.State.SETTLED)
        .first()
    )
    prediction = (
        Prediction.objects.select_related("category")
        .filter(sample=sample_id, version=selection.version)
        .first()
    )
    if consensus is None or consensus.category is None:
        return None
    found = Sides(
        consensus.sample,
        consensus.category,
        prediction.category if prediction else consensus.category,
    )
    return found if not found.agree or _is_drawn(found, selection) else None


def _is_drawn(found: Sides, selection: Selection) -> bool:
    drawn = ReviewDraw.objects.filter(sample=found.sample)
    return selection.source == Source.PEOPLE and drawn.exists()


def shuffled(found: Sides, *, reviewer: User) -> tuple[Category, Category]:
    """Return the two categories in the order in which this reviewer always sees this sample."""
    first, second = sorted([found.human, found.model], key=lambda category: category.pk)
    coin = hashlib.sha256(f"{found.sample.pk} {reviewer.pk}".encode()).digest()[0] % 2
    return (second, first) if coin else (first, second)


def is_own(*, sample_id: int, reviewer: User) -> bool:
    """Tell whether the reviewer labelled the sample and so may not judge it."""
    return Annotation.objects.filter(sample=sample_id, annotator=reviewer).exists()


def has_seen_sides(*, sample_id: int, reviewer: User) -> bool:
    """Tell whether a verdict of this reviewer, even one taken back, has shown them the sides."""
    return Judgement.objects.filter(sample=sample_id, reviewer=reviewer).exists()


def judged_by(*, sample_id: int, selection: Selection, reviewer: User) -> Judged | None:
    """Return the reviewer's own verdict on a sample, or None while they have not judged it."""
    found = sides(sample_id=sample_id, selection=selection)
    if found is None:
        return None
    mine = Judgement.objects.current().filter(sample=sample_id, reviewer=reviewer)
    said = dict(mine.values_list("category_id", "is_acceptable"))
    if found.human.pk not in said or found.model.pk not in said:
        return None
    human, model = said[found.human.pk], said[found.model.pk]
    given = verdict(
        found.human.path, found.model.path, human_acceptable=human, predicted_acceptable=model
    )
    return Judged(found, given, is_acceptable=human)


def evidence(*, found: Sides, selection: Selection, most: int = 5) -> Evidence:
    """Return what speaks for either side; opening it before the verdict unblinds the reviewer."""
    counts: dict[int | None, int] = {}
    answers = Annotation.objects.current().filter(
        sample=found.sample, round__source=selection.source, is_assisted=False, is_check=False
    )
    for category in answers.values_list("category_id", flat=True):
        counts[category] = counts.get(category, 0) + 1
    ranks = [
        rank
        for said in Prediction.objects.filter(sample=found.sample, version=selection.version)
        for rank in zip(said.category_ids, said.probabilities, strict=True)
    ][:most]
    known = Category.objects.in_bulk({*filter(None, counts), *(category for category, _ in ranks)})
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0] or 0))
    return Evidence(
        answers=[(known[pk] if pk else None, number) for pk, number in ordered],
        ranks=[(known[pk], probability) for pk, probability in ranks],
    )
