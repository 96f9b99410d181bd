"""
The verdict on every sample, in SQL.

The settled consensus is joined with a version's predictions, both are cut to a level of the tree,
and what reviewers said about either category gives the verdict. Every figure of the comparison
is an aggregate over it, so no two pages can count differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from labelhub.catalog.models import Category
from labelhub.labelling.models import Consensus, Source
from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS
from labelhub.registry.models import ModelVersion

DEEPEST = 32_767  # deeper than any tree: cuts nothing; the column of levels is a smallint


class Axis(StrEnum):
    """Whose category a row of the table stands for."""

    HUMAN = "human"
    PREDICTED = "predicted"

    @property
    def column(self) -> str:
        """Which of a sample's two categories that is, in the statements below."""
        return "human" if self is Axis.HUMAN else "model"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """
    What is compared with what.

    Args:
        version: whose predictions.
        source: whose labels: people's, or those the catalogue came with.
        level: labels and predictions are cut to this level; None leaves them as they are.
        axis: whether a sample counts for its human label or its predicted category.
        under: only samples whose category on the axis lies in this subtree.
    """

    version: ModelVersion
    source: Source
    level: int | None = None
    axis: Axis = Axis.HUMAN
    under: Category | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what the statements below take."""
        return {
            "version": self.version.pk,
            "source": self.source.value,
            "level": DEEPEST if self.level is None else self.level,
            "under": self.under.pk if self.under else None,
        }


def default_source() -> Source:
    """Return *people* once people agree on any sample, else *given*."""
    settled = Consensus.objects.filter(source=Source.PEOPLE, state=Consensus.State.SETTLED)
    return Source.PEOPLE if settled.exists() else Source.GIVEN


# A category with the ancestor (or self) that it is cut to.
NODE = "(SELECT id, lineage, lineage[least(level, %(level)s)] AS cut FROM catalog_category)"

# What the reviewers have decided about each sample. A cut category is acceptable if any category
# below it is, and not if one below it was judged and none is.
JUDGED = f"""
    judged AS MATERIALIZED (
        SELECT decided.sample_id, array_agg(node.cut) AS seen,
            coalesce(array_agg(node.cut) FILTER (WHERE decided.is_acceptable), '{{}}')
                AS acceptable
        FROM ({EFFECTIVE_JUDGEMENTS}) AS decided
        JOIN {NODE} AS node ON node.id = decided.category_id
        GROUP BY decided.sample_id
    )"""  # noqa: S608  # built from our own words

VERDICT = """
    CASE
        WHEN human = model THEN 'same'
        WHEN human = ANY (seen) AND model = ANY (seen) THEN
            CASE
                WHEN human = ANY (acceptable) AND model = ANY (acceptable) THEN 'both'
                WHEN human = ANY (acceptable) THEN 'human'
                WHEN model = ANY (acceptable) THEN 'model'
                ELSE 'neither'
            END
        ELSE 'unreviewed'
    END"""


def acceptable(category: str) -> str:
    """Return SQL for what reviewers say of a cut category: true, false, or null if not judged."""
    return f"CASE WHEN {category} = ANY (seen) THEN {category} = ANY (acceptable) END"


def within(scope: Scope) -> str:
    """Return SQL that keeps the samples whose category on the axis lies in the subtree."""
    if scope.under is None:
        return ""
    return f"AND {scope.axis.value}_node.lineage @> ARRAY[%(under)s]::bigint[]"


def verdicts_of_samples(scope: Scope) -> str:
    """Return the common table expressions that end in `verdict`: a row for each sample."""
    return f"""
    WITH {JUDGED}, verdict AS (
        SELECT sample_id, human, model, {scope.axis.column} AS category_id, probability,
            {VERDICT} AS verdict
        FROM (
            SELECT consensus.sample_id, human_node.cut AS human, predicted_node.cut AS model,
                prediction.probability
            FROM {_PAIRS}
            JOIN {NODE} AS human_node ON human_node.id = consensus.category_id
            JOIN {NODE} AS predicted_node ON predicted_node.id = prediction.category_id
            WHERE {_SETTLED} {within(scope)}
        ) AS pair LEFT JOIN judged USING (sample_id)
    )"""  # noqa: S608  # built from our own words; every value is a parameter


def verdicts_of_pairs(scope: Scope, *, drawn: str = "") -> str:
    """
    Return the common table expressions that end in `verdict`: a row for samples alike.

    Most samples are unjudged and share their two categories with others, so they are counted
    before anything else is looked up; that halves the time of the whole table.

    Args:
        drawn: a statement of (sample_id, chance) for the samples that do not count with chance 1;
            the rows then say the `chance` too.
    """
    chance = "CASE WHEN drawn.sample_id IS NULL THEN 1 ELSE drawn.chance END" if drawn else "1"
    return f"""
    WITH {JUDGED}{f", drawn AS MATERIALIZED ({drawn})" if drawn else ""}, alike AS (
        SELECT consensus.category_id AS human_id, prediction.category_id AS model_id,
            judged.sample_id, {chance} AS chance, count(*) AS samples,
            max(consensus.computed_at) AS labels_at, max(prediction.predicted_at) AS predicted_at
        FROM {_PAIRS}
        LEFT JOIN judged ON judged.sample_id = consensus.sample_id
        {"LEFT JOIN drawn ON drawn.sample_id = consensus.sample_id" if drawn else ""}
        WHERE {_SETTLED}
        GROUP BY 1, 2, 3, 4
    ), verdict AS (
        SELECT {scope.axis.column} AS category_id, chance, samples, labels_at, predicted_at,
            {VERDICT} AS verdict
        FROM (
            SELECT alike.*, human_node.cut AS human, predicted_node.cut AS model
            FROM alike
            JOIN {NODE} AS human_node ON human_node.id = alike.human_id
            JOIN {NODE} AS predicted_node ON predicted_node.id = alike.model_id
            WHERE true {within(scope)}
        ) AS pair LEFT JOIN judged USING (sample_id)
    )"""  # noqa: S608  # built from our own words; every value is a parameter


_PAIRS = """labelling_consensus AS consensus
            JOIN registry_prediction AS prediction
              ON prediction.sample_id = consensus.sample_id
             AND prediction.version_id = %(version)s"""
_SETTLED = "consensus.source = %(source)s AND consensus.state = 'settled'"


def fetch(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
