"""
The template tags of every page; built in, so that no page loads them.

Each returns the markup of one small thing: a path, a verdict, a share with its interval, a time.
Larger pieces are in `page_tags`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from labelhub.markdown import render
from mlcore.quality.intervals import wilson

register = template.Library()

NOTHING = "–"
# In the order of every bar: after `model` everything left of the boundary counts as right.
VERDICTS = {
    "same": (gettext_lazy("same"), pgettext_lazy("letter of a verdict", "S")),
    "both": (gettext_lazy("both right"), pgettext_lazy("letter of a verdict", "B")),
    "model": (gettext_lazy("model right"), pgettext_lazy("letter of a verdict", "M")),
    "unreviewed": (gettext_lazy("unreviewed"), pgettext_lazy("letter of a verdict", "?")),
    "neither": (gettext_lazy("neither right"), pgettext_lazy("letter of a verdict", "N")),
    "human": (gettext_lazy("human right"), pgettext_lazy("letter of a verdict", "H")),
}
PATTERNED = {"unreviewed", "neither"}

register.filter("markdown", render)


# Paths


def _levels(path: Any) -> list[str]:
    text = getattr(path, "path", path) or ""
    return text.split(">") if isinstance(text, str) else [str(level) for level in text]


@register.simple_tag
def category_path(path: Any, other: Any = None) -> SafeString:
    """Show a path with its leaf strong; beside another path, underline where they part."""
    levels = _levels(path)
    if not levels or levels == [""]:
        return format_html('<span class="quiet">{}</span>', NOTHING)
    parting = None
    if other is not None:
        pairs = enumerate(zip_longest(levels, _levels(other)))
        parting = next((place for place, (mine, theirs) in pairs if mine != theirs), None)
    shown = [
        _level(name, place == len(levels) - 1, place == parting)
        for place, name in enumerate(levels)
    ]
    joined = format_html_join(mark_safe("<i>›</i>"), "{}", ((level,) for level in shown))
    return format_html('<span class="path">{}</span>', joined)


def _level(name: str, is_leaf: bool, is_parting: bool) -> SafeString:
    shown = conditional_escape(name.strip())
    if is_parting:
        shown = format_html("<u>{}</u>", shown)
    return format_html("<b>{}</b>", shown) if is_leaf else shown


# Verdicts


@register.filter
def verdict_name(verdict: str) -> str:
    """Return a verdict's name in the reader's language."""
    return str(VERDICTS[verdict][0])


@register.simple_tag
def verdict_badge(verdict: str, label: bool = False) -> SafeString:
    """Show a verdict as shape and letter, or with `label` as shape and name."""
    name, letter = VERDICTS[verdict]
    words = (
        format_html("<span>{}</span>", name)
        if label
        else format_html(
            '<span aria-hidden="true">{}</span><span class="sr">{}</span>', letter, name
        )
    )
    return format_html('<span class="v" title="{}">{}{}</span>', name, verdict_mark(verdict), words)


def verdict_mark(verdict: str) -> SafeString:
    """Return a verdict's shape, which base.html defines once."""
    return format_html(
        '<svg class="mark {0}" viewBox="0 0 12 12" aria-hidden="true">'
        '<use href="#mark-{0}"/></svg>',
        verdict,
    )


@register.simple_tag
def verdict_stack(counts: Any, wide: bool = False) -> SafeString:
    """Draw the composition of a row as one bar; its text says the counts."""
    numbers = {verdict: int(_part(counts, verdict) or 0) for verdict in VERDICTS}
    total = sum(numbers.values())
    if not total:
        return format_html('<span class="quiet">{}</span>', NOTHING)
    bars, start = [], 0
    for verdict, number in numbers.items():
        if number:
            bars += _bars(verdict, 100 * start / total, 100 * number / total)
        start += number
    said = ", ".join(f"{verdict_name(verdict)} {count(n)}" for verdict, n in numbers.items() if n)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}">{}</svg>',
        "stack wide" if wide else "stack",
        said,
        format_html_join("", "{}", ((bar,) for bar in bars)),
    )


def _bars(verdict: str, start: float, width: float) -> list[SafeString]:
    place = format_html('x="{}%" width="{}%" height="100%"', f"{start:.3f}", f"{width:.3f}")
    plain = format_html('<rect class="{}" {}/>', verdict, place)
    if verdict not in PATTERNED:
        return [plain]
    return [plain, format_html('<rect fill="url(#pattern-{})" {}/>', verdict, place)]


def _part(counts: Any, verdict: str) -> Any:
    if isinstance(counts, Mapping):
        return counts.get(verdict)
    return getattr(counts, verdict, None)


@register.inclusion_tag("components/verdict_legend.html")
def verdict_legend() -> dict[str, Any]:
    """Name the fills of the bars, in their order."""
    return {
        "verdicts": [
            (verdict, name, letter, verdict in PATTERNED)
            for verdict, (name, letter) in VERDICTS.items()
        ]
    }


# Numbers and times


@register.filter
def percent(value: float | None, digits: int = 1) -> str:
    """Show a fraction as a percentage."""
    return NOTHING if value is None else f"{100 * value:.{digits}f}%"


@register.filter
def points(value: float | None, digits: int = 1) -> str:
    """Show a difference of two fractions in percentage points, with its sign."""
    if value is None:
        return NOTHING
    shown = f"{abs(100 * value):.{digits}f}"
    if float(shown) == 0:
        return f"± {shown}"
    return f"+{shown}" if value > 0 else f"−{shown}"


@register.filter
def count(value: int | None) -> str:
    """Show a whole number with thousands separators."""
    return NOTHING if value is None else f"{value:,}"


@register.filter
def as_text(value: Any) -> str:
    """Show a stored JSON value; a pair is what stood before and after."""
    if isinstance(value, list) and len(value) == 2:
        return f"{as_text(value[0])} → {as_text(value[1])}"
    if isinstance(value, list):
        return ", ".join(as_text(each) for each in value)
    return NOTHING if value in (None, "") else str(value)


@register.simple_tag
def share(part: int | None, whole: int | None, with_count: bool = False) -> SafeString:
    """Show part/whole with its Wilson 95 % interval, and with its count when asked."""
    if part is None or not whole:
        return format_html('<span class="quiet">{}</span>', NOTHING)
    interval = wilson(part, whole)
    assert interval is not None  # only of an empty total
    note = f"{100 * interval.low:.1f}–{100 * interval.high:.1f}"
    if with_count:
        note = f"{note} · {count(whole)}"
    return format_html('<b>{}</b><span class="ci">{}</span>', percent(part / whole), note)


@register.filter
def local_time(at: datetime | None) -> str:
    """Show a moment in the installation's zone, and name the zone."""
    return _time(at, "%Y-%m-%d %H:%M %Z")


@register.filter
def local_date(at: datetime | None) -> str:
    """Show the day of a moment in the installation's zone."""
    return _time(at, "%Y-%m-%d")


def _time(at: datetime | None, form: str) -> str:
    if at is None:
        return NOTHING
    here = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', here.isoformat(), here.strftime(form))


@register.filter
def duration(seconds: float | None) -> str:
    """Show a span of time in its two largest units."""
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)d s") % {"seconds": rest}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return templates/icons/<name>.svg, hidden from screen readers: a text stands beside it."""
    return mark_safe(get_template(f"icons/{name}.svg").render().strip())  # noqa: S308  # our own file
