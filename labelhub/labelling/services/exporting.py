"""What people said, as files that can be imported again."""

from __future__ import annotations

from labelhub.catalog.services.exporting import ROWS_AT_ONCE, Export
from labelhub.labelling.models import Annotation, Judgement, Round


def answers(*, round: Round) -> Export:
    """Return the answers of a round that stand; an empty category means: cannot be decided."""
    columns = ("product_id", "category_id", "category_path", "annotator", "answered_at")
    fields = (
        "sample__product_id",
        "category__code",
        "category__path",
        "annotator__username",
        "answered_at",
    )
    standing = Annotation.objects.current().filter(round=round).order_by("pk")
    return Export("annotations", columns, standing.values_list(*fields).iterator(ROWS_AT_ONCE))


def judgements() -> Export:
    """Return every reviewer's latest judgements."""
    columns = (
        "product_id",
        "category_id",
        "category_path",
        "is_acceptable",
        "reviewer",
        "judged_at",
    )
    fields = (
        "sample__product_id",
        "category__code",
        "category__path",
        "is_acceptable",
        "reviewer__username",
        "judged_at",
    )
    rows = Judgement.objects.current().order_by("pk").values_list(*fields)
    return Export("judgements", columns, rows.iterator(ROWS_AT_ONCE))


def choices() -> list[tuple[str, str]]:
    """Return the rounds whose answers can be exported, the newest first."""
    rounds = Round.objects.order_by("-created_at", "-pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rounds]
