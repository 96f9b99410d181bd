"""
The charts of a search, as Plotly figures made of what its row has kept.

Parallel coordinates are drawn as lines of a scatter plot: Plotly's own trace for them compiles
code in the browser, which the content policy forbids.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analysis.services import search_page
from analysis.services.search_page import Trial, Weight
from labelhub.registry.models import Search
from mlcore.training.search_space import SPACE, Choice, Range

GOLDEN = 0.618034  # its multiples spread trials evenly beside a value that they share
SPREAD = 0.05  # of an axis, so that lines through one value are told apart
EDGE = 0.04  # of the axis of accuracy, left free at both ends

Figure = dict[str, Any]


@dataclass(frozen=True)
class Axis:
    """One upright axis: its title, its ticks as (height, label), and the height of a trial."""

    title: str
    ticks: Sequence[tuple[float, str]]
    height: Callable[[Trial], float | None]


def history(trials: Sequence[Trial]) -> Figure:
    """Draw each trial's accuracy in the order of their beginnings, and the best so far."""
    finished = [trial for trial in trials if trial.accuracy is not None]
    pruned = [trial for trial in trials if trial.state == "pruned" and trial.reached is not None]
    best: list[float] = []
    for trial in finished:
        best.append(max(best[-1] if best else 0.0, trial.accuracy or 0.0))
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "name": _("best so far"),
                "x": [trial.number for trial in finished],
                "y": best,
                "line": {"color": "var:accent", "shape": "hv", "width": 2},
                "hoverinfo": "skip",
            },
            _dots(finished, _("finished"), "circle", "var:accent"),
            _dots(pruned, _("ended early"), "x-thin-open", "var:ink-3"),
        ],
        "layout": {
            "xaxis": {"title": {"text": _("Trial")}, "tickformat": "d"},
            "yaxis": {"title": {"text": _("Accuracy, held-out rows")}, "tickformat": ".1%"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        },
    }


def _dots(trials: Sequence[Trial], name: str, symbol: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [trial.number for trial in trials],
        "y": [trial.accuracy or trial.reached for trial in trials],
        "marker": {"symbol": symbol, "color": colour, "size": 9, "line": {"width": 2}},
        "hovertemplate": "%{x} · %{y:.2%}<extra>" + name + "</extra>",
    }


def importances(weights: Sequence[Weight]) -> Figure:
    """Draw the importance of each setting, the largest on top."""
    known = [each for each in reversed(weights) if each.importance is not None]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [each.importance for each in known],
        "y": [each.title for each in known],
        "marker": {"color": "var:accent"},
        "hovertemplate": "%{y} · %{x:.0%}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": {
            "xaxis": {
                "title": {"text": _("Share of the differences")},
                "tickformat": ".0%",
                "rangemode": "tozero",
            },
            "yaxis": {"ticksuffix": "  "},
            "bargap": 0.35,
        },
    }


def parallel(search: Search, trials: Sequence[Trial]) -> Figure:
    """Draw each trial as a line through its settings, which ends at its accuracy."""
    weights = {each.name: place for place, each in enumerate(search_page.weights(search))}
    space = sorted(SPACE, key=lambda each: weights.get(each.name, len(weights)))
    axes = [*(_axis(each) for each in space), _accuracies(trials)]
    told = [trial for trial in trials if trial.settings]
    plain = [trial for trial in told if trial.accuracy is not None and not trial.is_good]
    good = [trial for trial in told if trial.is_good and not trial.is_best]
    kinds = (
        (_("ended early"), [t for t in told if t.state == "pruned"], "var:ink-3", 1, "dot", 0.55),
        (_("finished"), plain, "var:ink-3", 1.5, "solid", 0.7),
        (_("best quarter"), good, "var:accent", 2, "solid", 0.9),
        (_("best"), [trial for trial in told if trial.is_best], "var:model", 4, "solid", 1),
    )
    return {
        "data": [_lines(axes, *kind) for kind in kinds],
        "layout": {
            "xaxis": {"visible": False, "range": [-0.1, len(axes) - 0.4]},
            "yaxis": {"visible": False, "range": [-0.05, 1.2]},
            "annotations": [
                note for place, axis in enumerate(axes) for note in _notes(place, axis)
            ],
            "shapes": [_upright(place) for place in range(len(axes))],
            "legend": {"orientation": "h", "y": -0.02, "traceorder": "reversed"},
            "margin": {"t": 8, "r": 8, "b": 32, "l": 8},
            "hovermode": "closest",
        },
    }


def _axis(setting: Range | Choice) -> Axis:
    name = setting.name
    title = search_page.title(name)
    if isinstance(setting, Choice):
        values, last = list(setting.values), max(len(setting.values) - 1, 1)

        def place(trial: Trial) -> float | None:
            value = trial.settings.get(name)
            if value not in values:
                return None
            return values.index(value) / last + ((trial.number * GOLDEN) % 1 - 0.5) * SPREAD

        return Axis(title, [(at / last, str(value)) for at, value in enumerate(values)], place)
    scale = math.log if setting.is_log else float
    low, high = scale(setting.low), scale(setting.high)

    def height(trial: Trial) -> float | None:
        value = trial.settings.get(name)
        return None if value is None else (scale(value) - low) / (high - low)

    middle = low + (high - low) / 2
    between = math.exp(middle) if setting.is_log else middle
    ticks = ((0.0, setting.low), (0.5, between), (1.0, setting.high))
    return Axis(title, [(at, f"{value:.2g}") for at, value in ticks], height)


def _accuracies(trials: Sequence[Trial]) -> Axis:
    """Return the axis of accuracy, from the worst finished trial to the best."""
    known = [trial.accuracy for trial in trials if trial.accuracy is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = (high - low) or 1.0

    def height(trial: Trial) -> float | None:
        if trial.accuracy is None:
            return None
        return EDGE + (1 - 2 * EDGE) * (trial.accuracy - low) / span

    ends = [(EDGE, f"{low:.1%}"), (1 - EDGE, f"{high:.1%}")]
    return Axis(_("Accuracy"), ends if high > low else ends[:1], height)


def _lines(
    axes: Sequence[Axis],
    name: str,
    trials: Sequence[Trial],
    colour: str,
    width: float,
    dash: str,
    opacity: float,
) -> dict[str, Any]:
    """Return one trace for all lines of a kind, with a gap between two trials."""
    x: list[float | None] = []
    y: list[float | None] = []
    said: list[str] = []
    for trial in trials:
        accuracy = f"{trial.accuracy:.2%}" if trial.accuracy is not None else trial.state_name
        x += [*range(len(axes)), None]
        y += [*(axis.height(trial) for axis in axes), None]
        said += [f"{_('Trial')} {trial.number} · {accuracy}"] * (len(axes) + 1)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": y,
        "text": said,
        "line": {"color": colour, "width": width, "dash": dash},
        "marker": {"size": 4, "color": colour},
        "opacity": opacity,
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": bool(trials),
    }


def _upright(place: int) -> dict[str, Any]:
    line = {"color": "var:edge", "width": 1}
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": line}


def _notes(place: int, axis: Axis) -> list[dict[str, Any]]:
    """Return the title over an axis, and the labels beside its ticks."""
    common = {"x": place, "showarrow": False, "xanchor": "left", "align": "left"}
    title = {**common, "y": 1.06, "yanchor": "bottom", "xshift": -4}
    # No bold: Plotly writes it as an inline style, which the content policy forbids.
    words = axis.title.replace(" (", "<br>(").replace("(", "<br>(", 0 if " (" in axis.title else 1)
    ticks = [
        {
            **common,
            "y": at,
            "yanchor": "middle",
            "xshift": 5,
            "text": label,
            "font": {"size": 11},
            "bgcolor": "var:ground",
            "opacity": 0.85,
            "borderpad": 1,
        }
        for at, label in axis.ticks
    ]
    return [{**title, "text": words, "font": {"size": 12}}, *ticks]
