"""
Rows as files, one at a time, however many there are.

A file that can be imported again is verbatim (names that start with `=` stay as they are), because
it is the record; tables for spreadsheets are `labelhub.tables`' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db import connection

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category, Sample, Synonym

ROWS_AT_ONCE = 2_000

Kind = Literal["text", "flag", "whole", "number", "time", "texts", "json"]
"""What a column holds, for formats that ask; `texts` is a list of texts."""

SAMPLE_COLUMNS = {
    "product_id": "product_id",
    "product_name": "name",
    "mall_name": "mall_name",
    "mall_category": "mall_category",
    "brand": "brand",
    "maker": "maker",
    "price": "price",
    "registered_at": "registered_at",
    "image": "image",
    "category_path": "given_category__path",
}


@dataclass(frozen=True)
class Export:
    """A file about to be written: its name without ending, its header, and its rows, once."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]
    kinds: Mapping[str, Kind] = field(default_factory=dict)  # of the columns that are not text
    is_record: bool = True  # can be imported again; else its CSV is for a spreadsheet


def categories() -> Export:
    """Return the current tree, parents first."""
    columns = ("category_id", "name", "category_path", "depth", "is_leaf", "is_catch_all")
    fields = ("code", "name", "path", "level", "is_leaf", "is_catch_all")
    tree = Category.objects.current().order_by("level", "path", "pk")
    rows = tree.values_list(*fields).iterator(ROWS_AT_ONCE)
    kinds: dict[str, Kind] = {"depth": "whole", "is_leaf": "flag", "is_catch_all": "flag"}
    return Export("categories", columns, rows, kinds)


def synonyms() -> Export:
    """Return the synonyms in force: those of categories, then those of words."""
    columns = ("word", "category_id", "category_path", "stands_for", "is_inside")
    fields = ("word", "category__code", "category__path", "stands_for", "is_inside")
    current = Synonym.objects.current().order_by("category__path", "stands_for", "word", "pk")
    return Export("synonyms", columns, current.values_list(*fields).iterator(ROWS_AT_ONCE))


def samples() -> Export:
    """Return all samples with their attributes, in the order in which they came."""
    attributes = _attribute_names()
    columns = (*SAMPLE_COLUMNS, *attributes)
    rows = Sample.objects.order_by("pk").values_list(*SAMPLE_COLUMNS.values(), "attributes")
    return Export("samples", columns, _with_attributes(rows.iterator(ROWS_AT_ONCE), attributes))


def _attribute_names() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT jsonb_object_keys(attributes) FROM catalog_sample ORDER BY 1"
        )
        return tuple(name for (name,) in cursor.fetchall())


def _with_attributes(
    rows: Iterator[tuple[object, ...]], names: tuple[str, ...]
) -> Iterator[list[object]]:
    for *cells, attributes in rows:
        yield [*cells, *(attributes.get(name, "") for name in names)]  # type: ignore[attr-defined]


def note(
    *, export: Export, by: User | None, now: datetime, about: str = "", form: str = "csv"
) -> None:
    """Leave the audit row of an export that is about to be sent."""
    details = {"format": form}
    if about:
        details["about"] = about
    audit.record(by=by, verb="exported", target=export.name, details=details, now=now)
