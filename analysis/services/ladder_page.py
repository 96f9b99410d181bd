"""What the page of a ladder shows: its rungs as a table and a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from labelhub.registry.models import Ladder
from mlcore.quality.intervals import Interval, wilson

MEGABYTE = 1_000_000

FASTEST = 1_000_000  # rows a second; above, it is the clock that is measured

# A stage of the job that is not called as its rung is here.
STAGES = (gettext_noop("the same with mall category (peer)"),)

# The others are as `mlcore` writes them: they name the stages of the job too.
TITLES: Mapping[str, str | Promise] = {
    "majority": gettext_lazy("Majority class"),
    "linear_svc": gettext_lazy("TF-IDF + LinearSVC (peer)"),
    "logistic": gettext_lazy("TF-IDF + logistic SGD (peer)"),
    "logistic_mall": gettext_lazy("TF-IDF + logistic SGD, mall category too (peer)"),
    "bag": gettext_lazy("Bag of n-gram vectors (peer)"),
    "text_cnn": gettext_lazy("The talk's TextCNN"),
    "mall": gettext_lazy("+ mall category"),
    "image": gettext_lazy("+ image"),
    "heads": gettext_lazy("+ all heads"),
    "balance": gettext_lazy("+ class and month balance"),
    "selfie": gettext_lazy("+ SELFIE"),
    "rules": gettext_lazy("+ exclusion rules"),
    "default": gettext_lazy("Default"),
    "cleaned": gettext_lazy("Default + SELFIE"),
}
REASONS: Mapping[str, str | Promise] = {
    "no row has a mall category": gettext_lazy("no row has a mall category"),
    "there are no photos": gettext_lazy("there are no photos"),
    "there is one branch alone": gettext_lazy("there is one branch alone"),
    "there are no exclusion rules": gettext_lazy("there are no exclusion rules"),
}


@dataclass(frozen=True)
class Rung:
    """
    One line of the table.

    Attributes:
        reason: why it was not climbed, or failed.
        levels: accuracy at each level of the tree, from the root.
        gain: over the last rung below that is done, with its 95 % interval.
        megabytes: of what has to be kept to answer.
    """

    key: str
    title: str
    state: str
    reason: str
    right: int
    rows: int
    accuracy: float | None
    levels: list[float]
    macro_f1: float | None
    gain: Mapping[str, float] | None
    fit_seconds: float | None
    rows_per_second: float | None
    megabytes: float | None

    @property
    def is_done(self) -> bool:
        """Whether it has figures."""
        return self.state == "done"

    @property
    def rate(self) -> str:
        """Rows a second, as the table shows them."""
        if self.rows_per_second is None:
            return "–"
        return (
            f"{self.rows_per_second:,.0f}" if self.rows_per_second <= FASTEST else f"> {FASTEST:,}"
        )

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the accuracy."""
        return wilson(self.right, self.rows)


def rungs(ladder: Ladder) -> list[Rung]:
    """Return the rungs so far, the simplest first."""
    return [_rung(step) for step in ladder.steps]


def best(climbed: list[Rung]) -> Rung | None:
    """Return the rung of the highest accuracy, the simplest of equal ones."""
    done = [rung for rung in climbed if rung.accuracy is not None]
    return max(done, key=lambda rung: rung.accuracy or 0.0, default=None)


def deepest(climbed: list[Rung]) -> range:
    """Return the levels of the table's columns."""
    return range(1, max((len(rung.levels) for rung in climbed), default=0) + 1)


def chart(climbed: list[Rung]) -> dict[str, Any]:
    """Draw the accuracy of each rung with its interval, the simplest at the bottom."""
    done = [rung for rung in climbed if rung.is_done]
    ends = [(rung.accuracy or 0.0, rung.interval) for rung in done]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [at for at, _interval in ends],
        "y": [rung.title for rung in done],
        "marker": {"color": "var:accent", "size": 10},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [between.high - at if between else 0 for at, between in ends],
            "arrayminus": [at - between.low if between else 0 for at, between in ends],
            "color": "var:accent",
            "thickness": 2,
        },
        "hovertemplate": "%{y} · %{x:.1%}<extra></extra>",
    }
    return {
        "data": [dots],
        "layout": {
            "xaxis": {"title": {"text": _("Accuracy, held-out rows")}, "tickformat": ".0%"},
            "yaxis": {"ticksuffix": "  ", "type": "category"},
        },
    }


def _rung(step: Mapping[str, Any]) -> Rung:
    figures = step["figures"]
    accuracy, rows = figures.get("accuracy"), figures.get("n", 0)
    levels = figures.get("levels", {})
    return Rung(
        key=step["key"],
        title=str(TITLES.get(step["key"], step["title"])),
        state=step["state"],
        reason=str(REASONS.get(step["reason"], step["reason"])),
        right=round(accuracy * rows) if accuracy is not None else 0,
        rows=rows,
        accuracy=accuracy,
        levels=[levels[level] for level in sorted(levels, key=int)],
        macro_f1=figures.get("macro_f1"),
        gain=step["gain"],
        fit_seconds=step["fit_seconds"],
        rows_per_second=step["rows_per_second"],
        megabytes=step["size"] / MEGABYTE if step["size"] is not None else None,
    )
