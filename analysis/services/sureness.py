"""What the page of a run tells about its version's probabilities: threshold, coverage, error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labelhub.registry.models import ModelVersion


@dataclass(frozen=True)
class Sureness:
    """
    Figures over the held-out rows that had no part in choosing temperature and threshold.

    Attributes:
        target: accuracy that the threshold was chosen for.
        threshold: probability from which the version answers; None: the target is out of reach.
        coverage: share of the rows at or over it.
        accuracy, low: of these rows, and its lower bound; None where there are none.
        rows: measured ones.
        error_before, error_after: expected calibration error without and with the temperature.
        chart: Plotly figure of accuracy against coverage.
    """

    target: float
    threshold: float | None
    coverage: float
    accuracy: float | None
    low: float | None
    rows: int
    temperature: float
    error_before: float
    error_after: float
    chart: dict[str, Any]
    bins: list[dict[str, float]]


def of(version: ModelVersion) -> Sureness | None:
    """Return what a version's scores say; None for versions from before it was measured."""
    record = version.scores.get("calibration")
    if not record:
        return None
    measured = record["measured"]
    return Sureness(
        target=record["target"],
        threshold=measured["threshold"],
        coverage=measured["coverage"],
        accuracy=measured["accuracy"],
        low=measured["low"],
        rows=record["curve"]["rows"][-1],
        temperature=record["temperature"],
        error_before=record["error_before"],
        error_after=record["error_after"],
        chart=_chart(record),
        bins=record["table"],
    )


def _chart(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return accuracy with its interval against coverage, and the threshold's place on it."""
    curve, measured = record["curve"], record["measured"]
    data: list[dict[str, Any]] = [
        _edge(curve, "high"),
        {**_edge(curve, "low"), "fill": "tonexty", "fillcolor": "rgba(128,128,128,0.16)"},
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("accuracy"),
            "x": curve["coverage"],
            "y": curve["accuracy"],
            "customdata": curve["threshold"],
            "hovertemplate": "%{x:.1%} · %{y:.1%} · p ≥ %{customdata:.2f}<extra></extra>",
            "line": {"color": "var:accent"},
        },
    ]
    if measured["accuracy"] is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _("threshold"),
                "x": [measured["coverage"]],
                "y": [measured["accuracy"]],
                "marker": {"size": 11, "symbol": "diamond", "color": "var:ink"},
                "hovertemplate": f"p ≥ {measured['threshold']:.2f}<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": {
            "xaxis": {"title": {"text": _("Coverage")}, "tickformat": ".0%", "range": [0, 1.02]},
            "yaxis": {"title": {"text": _("Accuracy")}, "tickformat": ".0%"},
            "legend": {"orientation": "h", "y": 1.15},
        },
    }


def _edge(curve: Mapping[str, Any], end: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": curve["coverage"],
        "y": curve[end],
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
