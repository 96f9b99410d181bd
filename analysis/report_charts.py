"""
The charts of a report, as Plotly figures made of what the report has kept.

They are written as the JSON that plotly.js reads: colours may then name tokens of the page.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

# Light to dark in one hue, so that a grey print still tells more errors from fewer.
ERROR_SCALE = [[0.0, "#fdf3ee"], [0.5, "#e58a68"], [1.0, "#7f1d1d"]]

WHOLE = "*"  # the id of the tile around all others; no path is written so

DARKEST = 0.5  # error from which a tile is darkest; few categories are worse

Row = Mapping[str, Any]
Figure = dict[str, Any]


def treemap(rows: Sequence[Row]) -> Figure:
    """Draw every category with its ancestors: area = samples, colour = error after review."""
    total: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    for row in rows:
        for path in [WHOLE, *_ancestors(row["category_path"])]:
            total[path] += row["total"]
            wrong[path] += row["total"] - row["same"] - row["model"] - row["both"]
    paths = sorted(total)
    shares = [wrong[path] / total[path] for path in paths]
    tiles = {
        "type": "treemap",
        "ids": paths,
        "labels": [path.rpartition(">")[2] if path != WHOLE else _("All") for path in paths],
        "parents": [path.rpartition(">")[0] or WHOLE if path != WHOLE else "" for path in paths],
        "values": [total[path] for path in paths],
        "branchvalues": "total",
        "text": [f"{share:.1%}" for share in shares],
        "textinfo": "label+text",
        "hovertemplate": "%{id}<br>%{value:,} · %{text}<extra></extra>",
        "marker": {
            "colors": shares,
            "colorscale": ERROR_SCALE,
            "cmin": 0,
            "cmax": DARKEST,
            "showscale": False,  # its bar is drawn with inline styles, which the policy forbids
        },
        "maxdepth": 4,
    }
    return {"data": [tiles], "layout": {"margin": {"t": 8, "r": 8, "b": 8, "l": 8}}}


def _ancestors(path: str) -> list[str]:
    names = path.split(">")
    return [">".join(names[:level]) for level in range(1, len(names) + 1)]


def ladder(steps: Sequence[Row], *, people: float | None, target: float) -> Figure:
    """Draw accuracy over the versions; the line breaks where the samples are not the same."""
    names = [step["version"] for step in steps]
    lines = [
        _line(_("after review"), steps, "after", "var:accent", "circle", "solid"),
        _line(_("before review"), steps, "before", "var:ink-3", "diamond", "dot"),
    ]
    for label, value, colour, dash in (
        (_("people"), people, "var:human", "dash"),
        (_("target"), target, "var:good", "longdash"),
    ):
        if value is not None:
            lines.append(_level(label, names, value, colour, dash))
    layout = {
        "xaxis": {"title": {"text": _("Version")}, "type": "category"},
        "yaxis": {"title": {"text": _("Accuracy")}, "tickformat": ".0%", "range": _range(lines)},
        "legend": {"orientation": "h", "y": 1.12},
    }
    return {"data": lines, "layout": layout}


def _range(lines: Sequence[Row]) -> list[float]:
    """Return an axis up to 100 % that starts at the tens below the lowest value."""
    lowest = min((y for line in lines for y in line["y"] if y is not None), default=0.0)
    return [max(0, math.floor(lowest * 10 - 0.5)) / 10, 1]


def _line(
    name: str, steps: Sequence[Row], key: str, colour: str, symbol: str, dash: str
) -> dict[str, Any]:
    x: list[str | None] = []
    y: list[float | None] = []
    for place, step in enumerate(steps):
        if place and not step["continues"]:  # other samples: nothing may join the two points
            x.append(step["version"])
            y.append(None)
        x.append(step["version"])
        y.append(step[key]["value"])
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "mode": "lines+markers",
        "line": {"color": colour, "dash": dash},
        "marker": {"symbol": symbol, "size": 9, "color": colour},
        "hovertemplate": "%{x} · %{y:.1%}<extra>" + name + "</extra>",
    }


def _level(name: str, names: Sequence[str], value: float, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(names),
        "y": [value] * len(names),
        "name": f"{name} {value:.1%}",
        "mode": "lines+markers" if len(names) == 1 else "lines",
        "line": {"color": colour, "dash": dash},
        "hoverinfo": "skip",
    }
