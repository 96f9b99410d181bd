"""
Which samples a round asks about, and with which chance each was drawn.

A draw depends on the seed and the product ids only: another installation with the same samples
draws the same ones, and a larger number draws the same ones and more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, F, Max, QuerySet, Value
from django.db.models.functions import MD5, Concat
from django.utils.translation import gettext as _

from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Round
from labelhub.labelling.services.frames import Frame
from mlcore.quality.sampling import allocate, inclusion_probabilities

NO_CATEGORY = 0  # the stratum of samples without a given category; keys count from 1
NOTHING = "SELECT id, product_id FROM catalog_sample WHERE false"

# The stratum of a sample: the ancestor of its given category at the level.
STRATA = """
SELECT coalesce(category.lineage[least(category.level, %(level)s)], 0) AS stratum, count(*)
FROM ({samples}) AS fitting
JOIN catalog_sample AS sample ON sample.id = fitting.id
LEFT JOIN catalog_category AS category
  ON category.id = sample.given_category_id AND %(level)s > 0
GROUP BY 1 ORDER BY 1
"""
# Every sample holds a ticket made of its id and the seed; each stratum draws its lowest ones.
DRAWN = """
SELECT ticket.id, ticket.product_id, quota.chance
FROM (
    SELECT fitting.id, fitting.product_id, stratum,
           row_number() OVER (PARTITION BY stratum ORDER BY
               md5(concat(fitting.product_id, ' ', {seed}::text)), fitting.id) AS place
    FROM ({samples}) AS fitting
    JOIN catalog_sample AS sample ON sample.id = fitting.id
    LEFT JOIN catalog_category AS category
      ON category.id = sample.given_category_id AND {level} > 0
    CROSS JOIN LATERAL (
        SELECT coalesce(category.lineage[least(category.level, {level})], 0) AS stratum
    ) AS layer
) AS ticket
JOIN ({quotas}) AS quota (stratum, drawn, chance) USING (stratum)
WHERE place <= quota.drawn
"""


class CannotDraw(DomainError):
    """The plan asks for what the samples do not give."""


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """A part of the frame from which samples are drawn with equal chances."""

    key: int  # a category, or NO_CATEGORY
    size: int
    drawn: int

    @property
    def chance(self) -> float:
        return float(inclusion_probabilities([self.drawn], [self.size])[0])


@dataclass(frozen=True, kw_only=True)
class SamplingPlan:
    """How a probability sample is drawn: all that fit, some at random, or some of each stratum."""

    frame: Frame = field(default_factory=Frame)
    kind: str = Round.Plan.EVERYTHING
    number: int = 0  # samples to draw; without meaning where everything is drawn
    level: int = 0  # of the given categories that are the strata; 0: one stratum
    minimum: int = 0  # drawn from each stratum at least, where it has as many

    def as_record(self) -> dict[str, Any]:
        """Return what was asked, as JSON values."""
        return {
            "frame": self.frame.as_record(),
            "number": self.number,
            "level": self.level,
            "minimum": self.minimum,
        }

    @classmethod
    def of_round(cls, round: Round) -> SamplingPlan:
        """Return the plan that a round was drawn by."""
        details = round.plan_details
        return cls(
            frame=Frame.of_record(details["frame"]),
            kind=round.plan,
            **{name: details.get(name, 0) for name in ("number", "level", "minimum")},
        )


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Chosen samples: a statement of (id, product_id, chance), and how they were chosen."""

    statement: str
    plan: str = Round.Plan.EVERYTHING
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a plan would draw."""

    plan: SamplingPlan
    strata: tuple[Stratum, ...]
    samples: str  # the frame as a statement
    last_id: int  # the highest id of a sample at this time

    @property
    def fitting(self) -> int:
        return sum(stratum.size for stratum in self.strata)

    @property
    def drawn(self) -> int:
        return sum(stratum.drawn for stratum in self.strata)

    def choice(self, *, seed: int) -> Choice:
        """Return the drawn samples."""
        details = {
            **self.plan.as_record(),
            "last_id": self.last_id,
            "fitting": self.fitting,
            "drawn": self.drawn,
            "strata": [[each.key, each.size, each.drawn] for each in self.strata],
        }
        return Choice(statement=self.statement(seed=seed), plan=self.plan.kind, details=details)

    def statement(self, *, seed: int) -> str:
        """Return the drawn samples as a statement."""
        if self.plan.kind == Round.Plan.EVERYTHING:
            return f"SELECT id, product_id, 1::float8 AS chance FROM ({self.samples}) AS fitting"  # noqa: S608  # mogrified
        quotas = ", ".join(
            f"({each.key}, {each.drawn}, {each.chance!r}::float8)" for each in self.strata
        )
        return DRAWN.format(
            samples=self.samples,
            seed=int(seed),
            level=int(self.plan.level),
            quotas=f"VALUES {quotas or '(0, 0, 0::float8)'}",
        )


def at_random(samples: QuerySet[Sample], *, number: int, seed: int) -> QuerySet[Sample]:
    """Return `number` of the samples, each with the same chance."""
    ticket = MD5(Concat(F("product_id"), Value(f" {seed}"), output_field=CharField()))
    return samples.annotate(ticket=ticket).order_by("ticket", "pk")[:number]


def all_of(
    samples: QuerySet[Sample],
    *,
    plan: str = Round.Plan.EVERYTHING,
    details: Mapping[str, Any] | None = None,
) -> Choice:
    """Choose all of these; only a plan that takes everything that fits knows their chance."""
    chance = "1" if plan == Round.Plan.EVERYTHING else "NULL"
    statement = f"SELECT id, product_id, {chance}::float8 AS chance FROM ({as_sql(samples)}) AS s"  # noqa: S608  # mogrified
    return Choice(statement=statement, plan=plan, details=details or {})


def propose(plan: SamplingPlan) -> Proposal:
    """
    Count what fits and share the sample out over the strata.

    Raises:
        CannotDraw: the minimums of all strata together exceed the number to draw.
    """
    last_id = Sample.objects.aggregate(last=Max("pk"))["last"] or 0
    samples = as_sql(plan.frame.samples().filter(pk__lte=last_id))
    strata = _allocated(plan, _sizes(samples, plan.level))
    return Proposal(plan=plan, strata=strata, samples=samples, last_id=last_id)


def propose_more(round: Round, *, number: int) -> Proposal:
    """
    Return what a drawn round would hold with `number` samples more, drawn by the same plan.

    Everything that fits is counted as it is today; a random sample goes on in the frame that it
    was drawn from, so that its chances stay those of one draw.

    Raises:
        CannotDraw: as `propose`.
    """
    plan = SamplingPlan.of_round(round)
    if plan.kind == Round.Plan.EVERYTHING:
        return propose(plan)
    details = round.plan_details
    plan = replace(plan, number=details["drawn"] + number)
    frame = plan.frame.samples_before(round, last_id=details["last_id"])
    samples = as_sql(frame)
    taken = {key: drawn for key, _size, drawn in details["strata"]}
    strata = tuple(
        replace(each, drawn=min(each.size, max(each.drawn, taken.get(each.key, 0))))
        for each in _allocated(plan, _sizes(samples, plan.level))
    )
    return Proposal(plan=plan, strata=strata, samples=samples, last_id=details["last_id"])


def stratum_names(strata: Collection[Stratum]) -> dict[int, str]:
    """Return the paths of the strata by key; samples without a given category have an empty one."""
    named = Category.objects.filter(pk__in=[each.key for each in strata])
    return {NO_CATEGORY: "", **dict(named.values_list("pk", "path"))}


def as_sql(samples: QuerySet[Sample]) -> str:
    """Return a statement of (id, product_id) with its parameters written out."""
    try:
        query, params = samples.values("id", "product_id").query.sql_with_params()
    except EmptyResultSet:  # Django knows that nothing can fit
        return NOTHING
    with connection.cursor() as cursor:
        return str(cursor.mogrify(query, params).decode())


def _sizes(samples: str, level: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        statement = STRATA.format(samples=samples.replace("%", "%%"))
        cursor.execute(statement, {"level": level})
        return list(cursor.fetchall())


def _allocated(plan: SamplingPlan, sizes: list[tuple[int, int]]) -> tuple[Stratum, ...]:
    counts = [size for _key, size in sizes]
    if plan.kind == Round.Plan.EVERYTHING:
        drawn = counts
    else:
        _refuse_too_small(plan, counts)
        drawn = allocate(counts, plan.number, plan.minimum).tolist()
    return tuple(
        Stratum(key=key, size=size, drawn=number)
        for (key, size), number in zip(sizes, drawn, strict=True)
    )


def _refuse_too_small(plan: SamplingPlan, counts: list[int]) -> None:
    needed = sum(min(size, plan.minimum) for size in counts)
    if needed > min(plan.number, sum(counts)):
        problem = _(
            "At least %(minimum)d from each of %(strata)d categories needs %(needed)d samples."
            " Draw as many, or lower the minimum."
        )
        values = {"minimum": plan.minimum, "strata": len(counts), "needed": needed}
        raise CannotDraw(problem % values)
