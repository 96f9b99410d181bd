"""What the page of one run shows: its dataset step by step, its epochs, its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labelhub.jobs.models import Job
from labelhub.labelling.models import Round
from labelhub.registry.models import Dataset, ModelVersion, Run
from mlcore.exclusion import ExclusionRule
from mlcore.quality.intervals import Interval, wilson

SHOWN_JOBS = 5


@dataclass(frozen=True)
class Step:
    """Rows going into a step of the curation, coming out of it, and changed by it."""

    name: str
    before: int
    after: int
    changed: int

    @property
    def dropped(self) -> int:
        """Rows that the step left out."""
        return self.before - self.after


@dataclass(frozen=True)
class RuleDone:
    """A rule of the dataset and how many corpus rows it hit on its own."""

    rule: ExclusionRule
    rows: int

    @property
    def categories(self) -> list[str]:
        """The paths that the rule speaks about, always in one order."""
        return sorted(self.rule.categories)


@dataclass(frozen=True)
class PredictionJob:
    """A job that predicts, and the name of its round."""

    job: Job
    round_name: str


def steps(dataset: Dataset) -> list[Step]:
    """Return what each step of the curation did, in order."""
    names = {
        "exclude": _("Exclusion rules"),
        "wordless": _("Rows without a word left"),
        "balance": _("Class balance"),
    }
    return [
        Step(
            name=names.get(step["step"], step["step"]),
            before=step["rows_before"],
            after=step["rows_after"],
            changed=step["changed"],
        )
        for step in dataset.counts.get("steps", [])
    ]


def rules(dataset: Dataset) -> list[RuleDone]:
    """Return the rules of the dataset, those that hit most first."""
    values = [ExclusionRule.from_record(record) for record in dataset.rules]
    hits = dataset.counts.get("hits", [])
    done = [RuleDone(rule, rows) for rule, rows in zip(values, hits, strict=True)]
    return sorted(done, key=lambda one: -one.rows)


def learning_curve(run: Run) -> dict[str, Any]:
    """Return the Plotly figure of accuracy by epoch, for training and held-out rows."""
    return {
        "data": [
            _line(run.history, "held_out_accuracy", _("held-out rows"), "solid"),
            _line(run.history, "accuracy", _("training rows"), "dot"),
        ],
        "layout": {
            "xaxis": {"title": {"text": _("Epoch")}, "dtick": 1},
            "yaxis": {"title": {"text": _("Accuracy")}, "tickformat": ".0%"},
            "legend": {"orientation": "h", "y": 1.15},
        },
    }


def prediction_jobs(version: ModelVersion) -> list[PredictionJob]:
    """Return the newest prediction jobs of a version, newest first."""
    asked = Job.objects.filter(kind="predict", params__version_id=version.pk)
    jobs = list(asked.select_related("asked_by").order_by("-pk")[:SHOWN_JOBS])
    names = dict(
        Round.objects.filter(pk__in=[job.params["round_id"] for job in jobs]).values_list(
            "pk", "name"
        )
    )
    return [PredictionJob(job, names.get(job.params["round_id"], "")) for job in jobs]


def accuracy_interval(version: ModelVersion) -> Interval | None:
    """Return the 95 % interval of the accuracy on held-out rows."""
    return wilson(rows_right(version), int(version.scores.get("held_out_rows", 0)))


def rows_right(version: ModelVersion) -> int:
    """Return on how many held-out rows the version agreed with the given category."""
    accuracy = float(version.scores.get("accuracy", 0))
    return round(accuracy * int(version.scores.get("held_out_rows", 0)))


def _line(
    history: Sequence[Mapping[str, Any]], figure: str, name: str, dash: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [epoch["epoch"] for epoch in history],
        "y": [epoch[figure] for epoch in history],
        "line": {"dash": dash},
        "hovertemplate": "%{y:.1%}",
    }
