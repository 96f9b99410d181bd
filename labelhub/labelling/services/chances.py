"""
With which chance a labelled sample came into the figures: through any of the rounds that count.

Rounds that took everything that fits, some of it at random, or some of each stratum are
probability samples; rounds drawn by uncertainty, by disagreement or from a list are not. A sample
of several such rounds counts once, with the chance that at least one of them draws it,
1 − Π(1 − p). The product is over the rounds that could have drawn it, whether they did or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from labelhub.labelling.models import Round
from labelhub.labelling.services import drawing
from labelhub.labelling.services.drawing import NO_CATEGORY
from labelhub.labelling.services.frames import Frame

CERTAIN = Round.Plan.EVERYTHING

# Samples of rounds that are no sample of everything, unless another round took them for certain.
# Copies of a sample share its chance; an answer that came otherwise has none.
MEETINGS = """
SELECT {columns}, max(met.inclusion_probability) AS chance
FROM labelling_assignment AS met
WHERE met.round_id = ANY(%(uncertain)s) AND NOT met.is_check
  AND NOT EXISTS (SELECT FROM labelling_assignment AS sure
                  WHERE sure.sample_id = met.sample_id AND sure.round_id = ANY(%(certain)s)
                    AND NOT sure.is_check)
GROUP BY {columns}
"""
# The chance of any draw, or null where no draw took the sample.
ANY_DRAW = """
SELECT sample_id,
       CASE WHEN NOT bool_or(is_drawn) THEN NULL
            WHEN max(chance) = 1 THEN 1
            ELSE 1 - exp(sum(ln(nullif(1 - chance, 0)))) END AS chance
FROM ({pairs}) AS pair GROUP BY sample_id
"""
# What a draw would have done with samples that other rounds brought.
SEVERAL_DRAWS = """
WITH meeting AS MATERIALIZED ({meetings}), possible AS ({possible})
SELECT sample_id, chance, true AS is_drawn FROM meeting WHERE chance IS NOT NULL
UNION ALL
SELECT sample_id, NULL, false FROM meeting WHERE chance IS NULL
UNION ALL
SELECT possible.sample_id, possible.chance, false FROM possible
WHERE possible.sample_id IN (SELECT sample_id FROM meeting)
  AND NOT EXISTS (SELECT FROM meeting
                  WHERE meeting.sample_id = possible.sample_id AND chance IS NOT NULL
                    AND meeting.round_id = possible.round_id)
"""
POSSIBLE = """
SELECT {round} AS round_id, fitting.id AS sample_id, {chance}::float8 AS chance
FROM ({samples}) AS fitting
"""
POSSIBLE_BY_CATEGORY = """
SELECT {round} AS round_id, fitting.id AS sample_id, quota.chance
FROM ({samples}) AS fitting
JOIN catalog_sample AS sample ON sample.id = fitting.id
LEFT JOIN catalog_category AS category ON category.id = sample.given_category_id
JOIN (VALUES {quotas}) AS quota (stratum, chance)
  ON quota.stratum = coalesce(category.lineage[least(category.level, {level})], {nothing})
"""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Which rounds the headline figures stand on."""

    certain: tuple[Round, ...]  # took everything that fitted
    drawn: tuple[Round, ...]  # at random: weighed by their chances
    left_out: tuple[Round, ...]  # no probability samples

    @property
    def counted(self) -> tuple[Round, ...]:
        """The rounds whose samples count."""
        return self.certain + self.drawn

    @property
    def is_plain(self) -> bool:
        """Tell whether every labelled sample counts, and all count the same."""
        return not self.drawn and not self.left_out

    @property
    def statement(self) -> str:
        """
        SQL of (sample_id, chance) for the samples that do not simply count with chance 1.

        A null chance leaves the sample out.
        """
        if len(self.drawn) < 2:
            return self._meetings("met.sample_id")
        counted = [round.pk for round in self.counted]
        possible = " UNION ALL ".join(_possible(round, counted) for round in self.drawn)
        meetings = self._meetings("met.round_id, met.sample_id")
        return ANY_DRAW.format(pairs=SEVERAL_DRAWS.format(meetings=meetings, possible=possible))

    def _meetings(self, columns: str) -> str:
        values = {
            "uncertain": [round.pk for round in self.drawn + self.left_out],
            "certain": [round.pk for round in self.certain],
        }
        with connection.cursor() as cursor:
            return str(cursor.mogrify(MEETINGS.format(columns=columns), values).decode())


def basis(source: str) -> Basis:
    """Return the rounds whose labels of this source the figures can stand on; blind ones only."""
    rounds = list(Round.objects.filter(source=source, is_blind=True).order_by("created_at", "pk"))
    certain = [round for round in rounds if round.plan == CERTAIN]
    drawn = [round for round in rounds if round.is_probability_sample and round.plan != CERTAIN]
    return Basis(
        certain=tuple(certain),
        drawn=tuple(drawn),
        left_out=tuple(round for round in rounds if not round.is_probability_sample),
    )


def _possible(round: Round, counted: Sequence[int]) -> str:
    """
    Return SQL of the samples that a round could have drawn, with their chances.

    Where the plan asked for samples of no round yet, those of the rounds that count are let in:
    had the earlier draw not taken them, this one might have.
    """
    details = round.plan_details
    frame = Frame.of_record(details["frame"])
    samples = frame.samples_before(round, last_id=details["last_id"], ignoring=counted)
    statement = drawing.as_sql(samples)
    chances = {key: drawn / size for key, size, drawn in details["strata"] if drawn}
    if not details["level"]:
        [chance] = chances.values()
        return POSSIBLE.format(round=round.pk, samples=statement, chance=repr(chance))
    quotas = ", ".join(f"({int(key)}, {chance!r}::float8)" for key, chance in chances.items())
    return POSSIBLE_BY_CATEGORY.format(
        round=round.pk,
        samples=statement,
        level=int(details["level"]),
        quotas=quotas,
        nothing=NO_CATEGORY,
    )
