"""What every page that judges or shows one sample says about it, before anything of a model."""

from __future__ import annotations

from typing import Any

from labelhub.catalog.models import Sample
from labelhub.labelling.models import FIELDS, Assignment, GuidelineVersion, Round
from labelhub.labelling.services import guidelines, showing


def product(sample_id: int) -> dict[str, Any]:
    """Return the sample with its pictures, its fields and the guideline it was labelled under."""
    sample = showing.with_pictures().get(pk=sample_id)
    return {
        "sample": sample,
        "pictures": showing.pictures(sample),
        "fields": [(field, getattr(sample, field)) for field in FIELDS if field != "image"],
        "guideline": _guideline(sample),
    }


def _guideline(sample: Sample) -> GuidelineVersion | None:
    """Return the guideline of the round in which the sample was labelled last."""
    asked = Assignment.objects.filter(sample=sample, is_check=False)
    labelled = Round.objects.filter(assignments__in=asked).exclude(guideline=None)
    last = labelled.select_related("guideline").order_by("-created_at", "-pk").first()
    return guidelines.newest(last.guideline) if last else None
