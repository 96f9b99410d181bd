"""Runs and versions side by side: what was trained, is being trained, or was imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from analysis.services import run_page
from labelhub.accounts.models import User
from labelhub.jobs.models import Job
from labelhub.registry.models import ModelVersion, Prediction, Run


@dataclass(frozen=True)
class Entry:
    """One line of the table: a run with or without its version, or an imported version."""

    name: str
    run: Run | None
    version: ModelVersion | None
    predictions: int
    created_at: datetime
    created_by: User | None

    @property
    def accuracy(self) -> float | None:
        """Accuracy on the held-out rows of the run's own dataset."""
        return self.version.scores.get("accuracy") if self.version else None

    @property
    def held_out_rows(self) -> int:
        """Rows that the accuracy was measured on."""
        return int(self.version.scores.get("held_out_rows", 0)) if self.version else 0

    @property
    def right(self) -> int:
        """Held-out rows on which the version agreed with the given category."""
        return run_page.rows_right(self.version) if self.version else 0

    @property
    def rows(self) -> int | None:
        """Rows of the dataset."""
        return self.run.dataset.rows if self.run and self.run.dataset else None

    @property
    def job(self) -> Job | None:
        """The job of the training."""
        return self.run.job if self.run else None


KEYS: dict[str, Callable[[Entry], Any]] = {
    "name": lambda entry: entry.name,
    "stage": lambda entry: entry.version.stage if entry.version else "",
    "accuracy": lambda entry: entry.accuracy or 0,
    "rows": lambda entry: entry.rows or 0,
    "predictions": lambda entry: entry.predictions,
    "created": lambda entry: entry.created_at,
}


def entries(
    *,
    query: str = "",
    origin: str = "",
    stage: str = "",
    sort: str = "created",
    is_descending: bool = True,
) -> list[Entry]:
    """Return runs and imported versions, filtered and sorted; there are hundreds at most."""
    counts = _prediction_counts()
    found = [*_runs(counts), *_imported(counts)]
    kept = [entry for entry in found if _matches(entry, query, origin, stage)]
    kept.sort(key=lambda entry: entry.name)
    kept.sort(key=KEYS[sort], reverse=is_descending)
    return kept


def _runs(counts: Mapping[int, int]) -> list[Entry]:
    runs = Run.objects.select_related("corpus", "dataset", "job", "created_by", "version")
    return [
        Entry(
            name=run.version_name,
            run=run,
            version=(version := getattr(run, "version", None)),
            predictions=counts.get(version.pk, 0) if version else 0,
            created_at=run.created_at,
            created_by=run.created_by,
        )
        for run in runs.order_by("pk")
    ]


def _imported(counts: Mapping[int, int]) -> list[Entry]:
    versions = ModelVersion.objects.filter(origin=ModelVersion.Origin.IMPORTED).order_by("pk")
    return [
        Entry(
            name=version.name,
            run=None,
            version=version,
            predictions=counts.get(version.pk, 0),
            created_at=version.created_at,
            created_by=None,
        )
        for version in versions
    ]


def _prediction_counts() -> dict[int, int]:
    counted = Prediction.objects.order_by().values("version").annotate(count=Count("pk"))
    return dict(counted.values_list("version", "count"))


def _matches(entry: Entry, query: str, origin: str, stage: str) -> bool:
    its_origin = ModelVersion.Origin.TRAINED if entry.run else ModelVersion.Origin.IMPORTED
    its_stage = entry.version.stage if entry.version else ""
    return (
        query.casefold() in entry.name.casefold()
        and origin in ("", its_origin)
        and stage in ("", its_stage)
    )
