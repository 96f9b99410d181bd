"""What an annotator sees of a sample: what its round shows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from labelhub.catalog.models import Sample, SampleImage
from labelhub.labelling.models import FIELDS, Round
from labelhub.labelling.services import sealing
from labelhub.labelling.services import serving_sql as sql

TEXT_FIELDS = tuple(field for field in FIELDS if field != "image")
LARGE, SMALL = 960, 320  # stored widths, pixels
UNKNOWN = "0" * 64  # stands for a picture in the pattern of its address

# File name or address, SHA-256 and longer side in pixels; what is kept elsewhere has but a name.
Kept = tuple[str, str | None, int | None]


@dataclass(frozen=True)
class Picture:
    """Addresses of one image of a sample; an image kept elsewhere has one size."""

    large: str
    small: str
    whole: str = ""  # with all of its pixels, where `large` has not


@dataclass(frozen=True)
class Suggestion:
    """A category that the model proposes in an assisted round."""

    category_id: int
    path: str
    probability: float


@dataclass(frozen=True)
class Served:
    """An assignment in an annotator's hands, with what its round shows of the sample."""

    id: int
    number: int  # under which it leaves
    round_id: int
    lease_expires_at: datetime
    position: int  # in the serving order; it never leaves
    product_id: str
    name: str
    fields: dict[str, str]  # the texts that the round shows beside the name
    is_adult: bool  # so that the pictures are blurred until they are asked for
    pictures: list[Picture]
    suggestions: list[Suggestion]


def columns(round: Round) -> dict[str, str]:
    """Return the parts of `serving_sql.SHOWN` that depend on what the round shows."""
    return {
        "adult": sql.ADULT if "image" in round.fields_shown else "FALSE",
        "pictures": sql.PICTURES if "image" in round.fields_shown else sql.NONE,
        "suggestions": sql.NONE if round.is_blind else sql.SUGGESTIONS,
    }


def served(round: Round, assignment_ids: Sequence[int]) -> list[Served]:
    """Return assignments of the round that somebody holds, in the order given."""
    shown = sql.SHOWN.format(assignments="labelling_assignment", **columns(round))
    with connection.cursor() as cursor:
        cursor.execute(f"{shown} WHERE assignment.id = ANY(%s)", [list(assignment_ids)])
        found = {row[0]: from_row(row, round) for row in cursor.fetchall()}
    return [found[pk] for pk in assignment_ids]


def from_row(row: Sequence[Any], round: Round) -> Served:
    """Return one row of `serving_sql.SHOWN`."""
    pk, round_id, expires, position, product_id, name, *texts, is_adult, pictures, suggestions = row
    return Served(
        id=pk,
        number=sealing.sealed(pk, round),
        round_id=round_id,
        lease_expires_at=expires,
        position=position,
        product_id=product_id,
        name=name,
        fields={
            field: text
            for field, text in zip(TEXT_FIELDS, texts, strict=True)
            if field in round.fields_shown
        },
        is_adult=is_adult,
        pictures=_shown(pictures),
        suggestions=[Suggestion(*each) for each in suggestions],
    )


def with_pictures() -> QuerySet[Sample]:
    """Return samples with their pictures, for showing."""
    pictures = SampleImage.objects.select_related("image").order_by("position")
    return Sample.objects.prefetch_related(Prefetch("images", pictures))


def pictures(sample: Sample) -> list[Picture]:
    """Return the images that can be shown, in the order of the file."""
    kept: list[Kept] = [
        (each.name, each.image.sha256, max(each.image.width, each.image.height))
        if each.image
        else (each.name, None, None)
        for each in sample.images.all()
    ]
    return _shown(kept)


def _shown(kept: Iterable[Kept]) -> list[Picture]:
    pictures = (_picture(*each) for each in kept)
    return [picture for picture in pictures if picture is not None]


def _picture(name: str, sha256: str | None, side: int | None) -> Picture | None:
    if sha256 is None or side is None:
        return Picture(name, name) if _may_be_shown(name) else None
    return Picture(
        large=_address(sha256, LARGE),
        small=_address(sha256, SMALL),
        whole=_pattern_of_whole().replace(UNKNOWN, sha256) if side > LARGE else "",
    )


def _address(sha256: str, width: int) -> str:
    return _pattern(width).replace(UNKNOWN, sha256)


@cache
def _pattern_of_whole() -> str:
    return reverse("catalog:whole-image", args=[UNKNOWN])


@cache
def _pattern(width: int) -> str:
    """Return the address of a picture that is not known yet; `reverse` is slow."""
    return reverse("catalog:image", args=[UNKNOWN, width])


def _may_be_shown(address: str) -> bool:
    """Tell whether the content policy lets the browser load the address."""
    parts = urlsplit(address)
    allowed: Sequence[str] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"]
    return parts.scheme == "https" and f"https://{parts.netloc}" in allowed
