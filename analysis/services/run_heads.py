"""What each head of a version is worth, and of how many rows there was something to read."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from labelhub.registry.models import ModelVersion
from mlcore.heads import COMBINED, IMAGE, MALL, NAME
from mlcore.quality.intervals import Interval, wilson

SCRATCH = "small"  # the backbone that learns from the corpus's own pictures, without weights


@dataclass(frozen=True)
class Head:
    """One answer of the network, on the held-out rows that have what it reads."""

    title: str
    rows: int
    accuracy: float | None
    interval: Interval | None
    share: float | None  # of all rows that have it; None where that was not counted


def of(version: ModelVersion) -> list[Head]:
    """Return the heads of a version in their order; nothing where it has but one."""
    heads = version.scores.get("heads", {})
    if len(heads) < 2:
        return []
    # Versions of before did not count; names every row has.
    shares = version.scores.get("shares")
    titles = {
        NAME: _("Names"),
        MALL: _("Shops' own categories"),
        IMAGE: _("Pictures"),
        COMBINED: _("All together"),
    }
    return [
        _head(title, heads[name], None if shares is None else shares.get(name, 1.0))
        for name, title in titles.items()
        if name in heads
    ]


def pictures(version: ModelVersion) -> str:
    """Say through what a version sees pictures; nothing where it sees none."""
    seen = version.scores.get("pictures")
    if seen is None:
        return ""
    if seen["backbone"] == SCRATCH and not seen["origin"].startswith("file"):
        return _(
            "Pictures are seen in %(side)d pixels by a small network that learnt from this "
            "corpus alone; no weights of a larger one are set."
        ) % {"side": seen["side"]}
    return _("Pictures are seen in %(side)d pixels by %(backbone)s (%(origin)s).") % {
        "side": seen["side"],
        "backbone": seen["backbone"],
        "origin": seen["origin"],
    }


def _head(title: str, figures: dict[str, float], share: float | None) -> Head:
    rows, accuracy = int(figures["n"]), figures.get("accuracy")
    interval = None if accuracy is None else wilson(round(accuracy * rows), rows)
    return Head(title, rows, accuracy, interval, share)
