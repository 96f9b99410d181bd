"""How a round was drawn, in words: what its page shows of the plan that it stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labelhub.catalog.models import Category, ImportBatch
from labelhub.labelling.models import Round
from labelhub.labelling.services import drawing
from labelhub.labelling.services.drawing import Stratum
from labelhub.labelling.services.frames import Frame

MEASURES = {
    "least_sure": gettext_lazy("lowest probability of the first category"),
    "smallest_margin": gettext_lazy("smallest distance between the first two categories"),
    "disagreement": gettext_lazy("people's label differs from the prediction"),
}


@dataclass(frozen=True)
class PlanShown:
    """The plan of a round for a reader."""

    facts: list[tuple[str, Any]]
    strata: list[tuple[str, Stratum]]


def plan_shown(round: Round) -> PlanShown:
    """Return what is known of how the round was drawn."""
    return PlanShown(facts=[fact for fact in _facts(round) if fact[1]], strata=_strata(round))


def frame_words(frame: Frame) -> list[str]:
    """Return the parts of a frame as short phrases."""
    parts = [
        (frame.under, _("given a category in %s"), _path(frame.under)),
        (frame.words, _("name holds %s"), frame.words),
        (frame.mall_name, _("mall %s"), frame.mall_name),
        (frame.brand, _("brand %s"), frame.brand),
        (frame.month_from, _("registered from %s"), _month(frame.month_from)),
        (frame.month_to, _("registered to %s"), _month(frame.month_to)),
        (frame.batch, _("added by the import %s"), _file(frame.batch)),
    ]
    words = [phrase % value for said, phrase, value in parts if said]
    if frame.has_image is not None:
        words.append(_("with an image") if frame.has_image else _("without an image"))
    if frame.is_new:
        words.append(_("in no round before"))
    if frame.is_unlabelled:
        words.append(_("without an answer before"))
    return words


def _facts(round: Round) -> Iterator[tuple[str, Any]]:
    details = round.plan_details
    frame = Frame.of_record(details.get("frame") or details.get("frame_of_list") or {})
    measure = details.get("measure", "")
    yield _("Sampling"), round.get_plan_display()
    yield _("Version"), details.get("version")
    yield _("Measure"), str(MEASURES.get(measure, ""))
    yield _("Predicted, or labelled, in"), details.get("category")
    yield _("Among"), ", ".join(frame_words(frame))
    yield _("File"), details.get("file_name")
    yield _("Ids on the list"), _count(details.get("listed"))
    yield _("Ids named again"), _count(details.get("repeated"))
    yield _("Unknown ids"), _count(details.get("unknown"))
    yield _("Samples that fit"), _count(details.get("fitting") or details.get("among"))
    yield _("Samples drawn"), _count(details.get("drawn"))
    yield _("At least of each category"), _count(details.get("minimum"))
    yield _("Range of the measure"), _range(details)
    yield _("Seed"), str(round.seed)


def _strata(round: Round) -> list[tuple[str, Stratum]]:
    if not round.plan_details.get("level"):
        return []
    strata = [
        Stratum(key=key, size=size, drawn=drawn)
        for key, size, drawn in round.plan_details["strata"]
    ]
    names = drawing.stratum_names(strata)
    return sorted(((names[each.key], each) for each in strata), key=lambda row: row[0])


def _range(details: Mapping[str, Any]) -> str:
    low, high = details.get("range") or (None, None)
    return "" if low is None or high is None else f"{100 * low:.1f}% – {100 * high:.1f}%"


def _count(number: int | None) -> str:
    return f"{number:,}" if number else ""


def _month(first: date | None) -> str:
    return f"{first:%Y-%m}" if first else ""


def _path(category: int | None) -> str:
    found = Category.objects.filter(pk=category).first() if category else None
    return found.path if found else ""


def _file(batch: int | None) -> str:
    found = ImportBatch.objects.filter(pk=batch).first() if batch else None
    return found.file_name if found else ""
