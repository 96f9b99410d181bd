"""What an annotator sees of a sample: what its round shows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from labelhub.catalog.models import Category, Sample, SampleImage
from labelhub.labelling.models import FIELDS, Assignment, Round

TEXT_FIELDS = tuple(field for field in FIELDS if field != "image")
LARGE, SMALL = 960, 320  # stored widths, pixels


@dataclass(frozen=True)
class Picture:
    """Addresses of one image of a sample; an image kept elsewhere has one size."""

    large: str
    small: str


@dataclass(frozen=True)
class Suggestion:
    """A category that the model proposes in an assisted round."""

    category_id: int
    path: str
    probability: float


def with_pictures() -> QuerySet[Sample]:
    """Return samples with their pictures, for showing."""
    pictures = SampleImage.objects.select_related("image").order_by("position")
    return Sample.objects.prefetch_related(Prefetch("images", pictures))


def pictures(sample: Sample) -> list[Picture]:
    """Return the images that can be shown, in the order of the file."""
    shown = (_picture(each) for each in sample.images.all())
    return [picture for picture in shown if picture is not None]


def fields(sample: Sample, round: Round) -> dict[str, str]:
    """Return the texts that the round shows beside the name."""
    return {field: getattr(sample, field) for field in TEXT_FIELDS if field in round.fields_shown}


def suggestions(assignments: Iterable[Assignment], round: Round) -> dict[int, list[Suggestion]]:
    """Return the model's proposals by assignment; a blind round has none, whatever is stored."""
    if round.is_blind:
        return {}
    rows = {each.pk: each.suggestions for each in assignments}
    named = {category for row in rows.values() for category, _ in row}
    paths = dict(Category.objects.filter(pk__in=named).values_list("pk", "path"))
    return {
        pk: [Suggestion(category, paths[category], value) for category, value in row]
        for pk, row in rows.items()
    }


def _picture(each: SampleImage) -> Picture | None:
    if each.image is not None:
        sha256 = each.image.sha256
        return Picture(
            large=reverse("catalog:image", args=[sha256, LARGE]),
            small=reverse("catalog:image", args=[sha256, SMALL]),
        )
    return Picture(each.name, each.name) if _may_be_shown(each.name) else None


def _may_be_shown(address: str) -> bool:
    """Tell whether the content policy lets the browser load the address."""
    parts = urlsplit(address)
    allowed: Sequence[str] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"]
    return parts.scheme == "https" and f"https://{parts.netloc}" in allowed
