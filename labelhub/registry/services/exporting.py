"""What a model version said, as a file that can be imported again."""

from __future__ import annotations

from collections.abc import Iterator

from labelhub.catalog.models import Category
from labelhub.catalog.services.exporting import ROWS_AT_ONCE, Export, Kind
from labelhub.registry.models import ModelVersion, Prediction


def predictions(*, version: ModelVersion) -> Export:
    """Return the stored ranks of every prediction of a version, one row a rank."""
    columns = ("product_id", "category_id", "category_path", "probability", "rank")
    kinds: dict[str, Kind] = {"probability": "number", "rank": "whole"}
    return Export("predictions", columns, _ranks(version), kinds)


def _ranks(version: ModelVersion) -> Iterator[tuple[object, ...]]:
    categories = {pk: (code, path) for pk, code, path in _categories()}
    rows = Prediction.objects.filter(version=version).order_by("pk")
    fields = ("sample__product_id", "category_ids", "probabilities")
    for product_id, pks, shares in rows.values_list(*fields).iterator(ROWS_AT_ONCE):
        for rank, (pk, share) in enumerate(zip(pks, shares, strict=True), start=1):
            yield product_id, *categories[pk], share, rank


def _categories() -> Iterator[tuple[int, str | None, str]]:
    return Category.objects.values_list("pk", "code", "path").iterator()


def choices() -> list[tuple[str, str]]:
    """Return the versions whose predictions can be exported, the newest first."""
    versions = ModelVersion.objects.order_by("-created_at", "-pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in versions]
