"""
Samples that a model points to: where it is least sure, or where it differs from the label.

Such a round shows where errors are. It is no probability sample, so no headline counts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analysis.services.verdicts import fetch
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Round, Source
from labelhub.labelling.services import drawing
from labelhub.labelling.services.drawing import Choice
from labelhub.labelling.services.frames import Frame
from labelhub.registry.models import ModelVersion


class Measure(StrEnum):
    """By what samples are drawn; the first ones are those that a model says least about."""

    LEAST_SURE = "least_sure"  # lowest probability of its first category
    SMALLEST_MARGIN = "smallest_margin"  # least distance between its first two categories
    DISAGREEMENT = "disagreement"  # it differs from the label; the surest differences first


PLANS = {
    Measure.LEAST_SURE: Round.Plan.UNCERTAINTY,
    Measure.SMALLEST_MARGIN: Round.Plan.UNCERTAINTY,
    Measure.DISAGREEMENT: Round.Plan.DISAGREEMENT,
}
# What a sample is ranked by, the smallest first, and what the page shows of it.
VALUES = {
    Measure.LEAST_SURE: "prediction.probability",
    Measure.SMALLEST_MARGIN: "prediction.probability - coalesce(prediction.probabilities[2], 0)",
    Measure.DISAGREEMENT: "-prediction.probability",
}
RANKED = """
WITH ranked AS (
    SELECT prediction.sample_id, {value} AS value
    FROM registry_prediction AS prediction
    JOIN ({samples}) AS fitting ON fitting.id = prediction.sample_id
    JOIN catalog_category AS predicted ON predicted.id = prediction.category_id
    LEFT JOIN labelling_consensus AS label ON label.sample_id = prediction.sample_id
     AND label.source = %(source)s AND label.state = 'settled'
    LEFT JOIN catalog_category AS labelled ON labelled.id = label.category_id
    WHERE prediction.version_id = %(version)s
      AND (%(is_difference)s = false OR label.category_id <> prediction.category_id)
      AND (%(category)s IS NULL OR %(category)s = ANY(predicted.lineage)
           OR (%(is_difference)s AND %(category)s = ANY(labelled.lineage)))
      AND (%(is_open)s = false OR NOT EXISTS (
           SELECT FROM labelling_judgement AS judgement
           WHERE judgement.sample_id = prediction.sample_id AND judgement.superseded_at IS NULL))
)
SELECT sample_id, value, count(*) OVER () FROM ranked ORDER BY value, sample_id LIMIT %(number)s
"""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Which samples are wanted."""

    version: ModelVersion
    measure: Measure
    number: int
    frame: Frame
    category: Category | None = None  # predicted, or of a difference either one, in this subtree
    source: Source = Source.PEOPLE  # whose labels the version differs from
    is_open: bool = False  # only samples that nobody has reviewed


@dataclass(frozen=True, kw_only=True)
class Found:
    """The samples that an aim hits, the first of the order."""

    aim: Aim
    sample_ids: tuple[int, ...]
    among: int  # how many fit
    first: float | None  # probability, or distance, of the first and the last drawn sample
    last: float | None

    @property
    def drawn(self) -> int:
        return len(self.sample_ids)

    @property
    def choice(self) -> Choice:
        """The samples for a round, with what its page says about them."""
        aim = self.aim
        details = {
            "measure": aim.measure.value,
            "version": aim.version.name,
            "category": aim.category.path if aim.category else "",
            "source": aim.source.value if aim.measure is Measure.DISAGREEMENT else "",
            "is_open": aim.is_open,
            "frame_of_list": aim.frame.as_record(),
            "number": aim.number,
            "among": self.among,
            "drawn": self.drawn,
            "range": [self.first, self.last],
        }
        samples = Sample.objects.filter(pk__in=self.sample_ids)
        return drawing.all_of(samples, plan=PLANS[aim.measure], details=details)


def find(aim: Aim) -> Found:
    """Return the samples that the aim hits; equal ones in the order of their ids."""
    samples = drawing.as_sql(aim.frame.samples()).replace("%", "%%")
    rows = fetch(RANKED.format(samples=samples, value=VALUES[aim.measure]), _parameters(aim))
    values = [abs(row[1]) for row in rows]
    return Found(
        aim=aim,
        sample_ids=tuple(row[0] for row in rows),
        among=rows[0][2] if rows else 0,
        first=values[0] if values else None,
        last=values[-1] if values else None,
    )


def _parameters(aim: Aim) -> dict[str, Any]:
    return {
        "version": aim.version.pk,
        "source": aim.source.value,
        "is_difference": aim.measure is Measure.DISAGREEMENT,
        "is_open": aim.is_open,
        "category": aim.category.pk if aim.category else None,
        "number": aim.number,
    }
