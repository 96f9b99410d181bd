"""One category's samples: where they go, what comes in, and each with its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.services.verdicts import Scope, fetch, verdicts_of_samples
from labelhub.catalog.models import Category
from mlcore.quality.confusion import Verdict

MOST_PARTNERS = 12  # more would be a list of chances


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A category that samples go to or come from by a disagreement, with their verdicts."""

    pk: int
    category_id: str | None
    category_path: str
    samples: int
    model: int
    both: int
    neither: int
    human: int
    unreviewed: int
    same: int = 0  # never: partners disagree; here so that the bar reads like all others


@dataclass(frozen=True, kw_only=True)
class JudgedSample:
    """A sample of the category with what people and the version say about it."""

    pk: int
    product_id: str
    name: str
    human_path: str
    predicted_path: str
    probability: float
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class SamplesOfCategory:
    """
    The samples in a category's row, disagreements and sure predictions first; only slices are read.

    Args:
        verdict: only these; None means all.
        total: how many there are, which the row of the table has counted.
    """

    scope: Scope
    category: Category
    verdict: Verdict | None
    total: int

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, place: slice) -> list[JudgedSample]:
        start = place.start or 0
        stop = self.total if place.stop is None else place.stop
        parameters: dict[str, Any] = {
            **self.scope.parameters,
            "category": self.category.pk,
            "verdict": self.verdict.value if self.verdict else None,
            "limit": max(stop - start, 0),
            "offset": start,
        }
        return [_sample(row) for row in fetch(_samples_sql(self.scope), parameters)]


def going_to(scope: Scope, category: Category) -> tuple[Partner, ...]:
    """Return what the version predicts for samples labelled with the category."""
    return _partners(scope, category, own="human", other="model")


def coming_from(scope: Scope, category: Category) -> tuple[Partner, ...]:
    """Return the labels of samples that the version takes for the category."""
    return _partners(scope, category, own="model", other="human")


def _partners(scope: Scope, category: Category, *, own: str, other: str) -> tuple[Partner, ...]:
    decided = ("model", "both", "neither", "human", "unreviewed")
    counts = ", ".join(f"count(*) FILTER (WHERE verdict = '{name}')" for name in decided)
    sql = f"""
    {verdicts_of_samples(scope)}
    SELECT category.id, category.code, category.path, count(*), {counts}
    FROM verdict JOIN catalog_category AS category ON category.id = verdict.{other}
    WHERE verdict.{own} = %(category)s AND human <> model
    GROUP BY category.id ORDER BY 4 DESC, category.path, category.id LIMIT {MOST_PARTNERS}
    """  # noqa: S608  # built from our own words; every value is a parameter
    names = ("pk", "category_id", "category_path", "samples", *decided)
    found = fetch(sql, {**scope.parameters, "category": category.pk})
    return tuple(Partner(**dict(zip(names, row, strict=True))) for row in found)


def _samples_sql(scope: Scope) -> str:
    return f"""
    {verdicts_of_samples(scope)}
    SELECT sample.id, sample.product_id, sample.name, human_category.path, model_category.path,
        verdict.probability, verdict.verdict
    FROM verdict
    JOIN catalog_sample AS sample ON sample.id = verdict.sample_id
    JOIN catalog_category AS human_category ON human_category.id = verdict.human
    JOIN catalog_category AS model_category ON model_category.id = verdict.model
    WHERE verdict.category_id = %(category)s
      AND (%(verdict)s::text IS NULL OR verdict.verdict = %(verdict)s)
    ORDER BY verdict.verdict = 'same', verdict.probability DESC, sample.id
    LIMIT %(limit)s OFFSET %(offset)s
    """  # noqa: S608  # built from our own words; every value is a parameter


def _sample(cells: tuple[Any, ...]) -> JudgedSample:
    pk, product_id, name, human_path, predicted_path, probability, verdict = cells
    return JudgedSample(
        pk=pk,
        product_id=product_id,
        name=name,
        human_path=human_path,
        predicted_path=predicted_path,
        probability=probability,
        verdict=Verdict(verdict),
    )
