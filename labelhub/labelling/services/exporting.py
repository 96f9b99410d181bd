"""What people said, as files that can be imported again."""

from __future__ import annotations

from labelhub.catalog.services.exporting import ROWS_AT_ONCE, Export, Kind
from labelhub.labelling.models import Annotation, Judgement, Round


def answers(*, round: Round) -> Export:
    """
    Return the answers of a round that stand; an empty category means: cannot be decided.

    People appear under their pseudonyms, which the import takes for the same people. Hidden
    checks are left out: they are no answers of the round.
    """
    columns = (
        "product_id",
        "category_id",
        "category_path",
        "annotator",
        "answered_at",
        "is_assisted",
    )
    fields = (
        "sample__product_id",
        "category__code",
        "category__path",
        "annotator__pseudonym",
        "answered_at",
        "is_assisted",
    )
    standing = Annotation.objects.current().filter(round=round, is_check=False).order_by("pk")
    rows = standing.values_list(*fields).iterator(ROWS_AT_ONCE)
    kinds: dict[str, Kind] = {"answered_at": "time", "is_assisted": "flag"}
    return Export("annotations", columns, rows, kinds)


def judgements() -> Export:
    """Return every reviewer's latest judgements, under their pseudonyms."""
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
        "reviewer__pseudonym",
        "judged_at",
    )
    rows = Judgement.objects.current().order_by("pk").values_list(*fields)
    kinds: dict[str, Kind] = {"is_acceptable": "flag", "judged_at": "time"}
    return Export("judgements", columns, rows.iterator(ROWS_AT_ONCE), kinds)


def choices() -> list[tuple[str, str]]:
    """Return the rounds whose answers can be exported, the newest first."""
    rounds = Round.objects.order_by("-created_at", "-pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rounds]
