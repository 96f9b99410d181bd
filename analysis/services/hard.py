"""The hard samples of each category: those without a consensus, and those nobody could decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.services.verdicts import NODE, Axis, Scope, fetch, within
from labelhub.labelling.services.consensus_sql import COUNTED


@dataclass(frozen=True)
class Hard:
    """Samples that have answers but no label to compare with."""

    without_consensus: int = 0  # tied, or answers are still wanted
    undecidable: int = 0


@dataclass(frozen=True)
class HardSamples:
    """The hard samples of a scope, by the primary key of each category, and all together."""

    by_category: Mapping[int, Hard]
    total: Hard


NONE = HardSamples({}, Hard())


def hard_samples(scope: Scope) -> HardSamples:
    """
    Count the hard samples of every category.

    With rows by label a sample counts for the category that its answers name most, and where
    several share the first place for each of them: the sum over the rows may exceed the total,
    which counts every sample once. With rows by prediction it counts for what the version
    predicts. A sample of which nobody names a category is in the total only.
    """
    found = fetch(_sql(scope), scope.parameters)
    by_category = {row[0]: Hard(row[2], row[3]) for row in found if row[0] is not None}
    totals = [Hard(row[2], row[3]) for row in found if row[1]]
    return HardSamples(by_category, totals[0] if totals else Hard())


# A label that is still provisional is what its answers name most so far.
_BY_ANSWERS = f"""
    tally AS (
        SELECT annotation.sample_id, annotation.category_id,
            rank() OVER (PARTITION BY annotation.sample_id ORDER BY count(*) DESC) AS place
        FROM {COUNTED} AND annotation.category_id IS NOT NULL
          AND annotation.sample_id IN (SELECT sample_id FROM hard WHERE category_id IS NULL)
        GROUP BY annotation.sample_id, annotation.category_id
    ), named AS (
        SELECT hard.sample_id, state, coalesce(hard.category_id, tally.category_id) AS category_id
        FROM hard LEFT JOIN tally ON tally.sample_id = hard.sample_id AND tally.place = 1
    )"""  # noqa: S608  # built from our own words; every value is a parameter
_BY_PREDICTION = """
    named AS (
        SELECT hard.sample_id, state, prediction.category_id
        FROM hard LEFT JOIN registry_prediction AS prediction
          ON prediction.sample_id = hard.sample_id AND prediction.version_id = %(version)s
    )"""


def _sql(scope: Scope) -> str:
    """Return rows of a category, whether it is the sum, and the two counts."""
    named = _BY_ANSWERS if scope.axis is Axis.HUMAN else _BY_PREDICTION
    return f"""
    WITH hard AS MATERIALIZED (
        SELECT sample_id, state, category_id FROM labelling_consensus
        WHERE source = %(source)s AND state <> 'settled'
    ), {named}
    SELECT {scope.axis.value}_node.cut, grouping({scope.axis.value}_node.cut) = 1,
        count(DISTINCT sample_id) FILTER (WHERE state <> 'undecidable'),
        count(DISTINCT sample_id) FILTER (WHERE state = 'undecidable')
    FROM named LEFT JOIN {NODE} AS {scope.axis.value}_node
      ON {scope.axis.value}_node.id = named.category_id
    WHERE true {within(scope)}
    GROUP BY GROUPING SETS (({scope.axis.value}_node.cut), ())
    """  # noqa: S608  # built from our own words; every value is a parameter
