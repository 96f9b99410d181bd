"""Everything that people said in rounds, taken back or not, as rows to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.catalog.services.exporting import ROWS_AT_ONCE, Export, Kind
from labelhub.labelling.models import Round

KINDS: dict[str, Kind] = {
    "event": "text",  # answer, skip, flag, late answer
    "round": "text",
    "product_id": "text",
    "product_name": "text",
    "category_id": "text",
    "category_path": "text",
    "is_undecidable": "flag",
    "annotator": "text",
    "at": "time",
    "superseded_at": "time",
    "is_assisted": "flag",
    "suggestions": "json",
    "fields_shown": "texts",
    "guideline": "text",
    "guideline_version": "whole",
    "comment": "text",
    "flag": "text",
    "handled_at": "time",
    "resolution": "text",
    "inclusion_probability": "number",
    "is_check": "flag",
}

NONE = "[]"  # suggested nothing, as in nearly every row

# One branch for each thing people can say; what it has no word for is null or empty.
SAID = """
SELECT 'answer' AS event, id, assignment_id, annotator_id, category_id, is_undecidable,
    answered_at AS at, superseded_at, is_assisted, suggestions, fields_shown,
    guideline_version_id, comment, '' AS flag, NULL::timestamptz AS handled_at, '' AS resolution
FROM labelling_annotation
UNION ALL
SELECT 'late answer', id, assignment_id, annotator_id, category_id, is_undecidable,
    received_at, NULL, NULL, '[]', '{}', NULL, comment, '', NULL, ''
FROM labelling_lateanswer WHERE annotation_id IS NULL
UNION ALL
SELECT 'skip', id, assignment_id, annotator_id, NULL, NULL,
    skipped_at, NULL, NULL, '[]', '{}', NULL, reason, '', handled_at, resolution
FROM labelling_skip
UNION ALL
SELECT 'flag', id, assignment_id, annotator_id, NULL, NULL,
    flagged_at, NULL, NULL, '[]', '{}', NULL, comment, kind, handled_at, resolution
FROM labelling_flag
"""
SELECT = f"""
SELECT said.event, round.name, sample.product_id, sample.name, category.code, category.path,
    said.is_undecidable, person.pseudonym, said.at, said.superseded_at, said.is_assisted,
    said.suggestions::text, said.fields_shown, guideline.name, version.number, said.comment,
    said.flag, said.handled_at, said.resolution, assignment.inclusion_probability,
    assignment.is_check
FROM ({SAID}) AS said
JOIN labelling_assignment assignment ON assignment.id = said.assignment_id
JOIN labelling_round round ON round.id = assignment.round_id
JOIN catalog_sample sample ON sample.id = assignment.sample_id
JOIN accounts_user person ON person.id = said.annotator_id
LEFT JOIN catalog_category category ON category.id = said.category_id
LEFT JOIN labelling_guidelineversion version ON version.id = said.guideline_version_id
LEFT JOIN labelling_guideline guideline ON guideline.id = version.guideline_id
"""  # noqa: S608  # made of constants


class Checks(StrEnum):
    """What becomes of what was said to hidden checks."""

    LEFT_OUT = "left out"
    MARKED = "marked"  # in a column of its own: for administrators
    UNMARKED = "unmarked"  # as if they were like the others: for the annotator's own record


# Columns that tell which answers went to a hidden check; no plan draws these. They stand last.
TELLING = {
    Checks.LEFT_OUT: ("is_check",),
    Checks.MARKED: (),
    Checks.UNMARKED: ("inclusion_probability", "is_check"),
}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which part of the history is wanted; None means all of it."""

    round: Round | None = None
    annotator: User | None = None
    first_day: date | None = None  # in the installation's time zone
    last_day: date | None = None
    is_standing: bool = False  # leave out answers that were taken back or replaced
    checks: Checks = Checks.LEFT_OUT


def events(*, scope: Scope) -> Export:
    """
    Return what people said, in the order in which they said it.

    People appear under their pseudonyms. `suggestions` are those that were shown, as a list of
    `category_id`, `category_path` and `probability`.
    """
    columns = tuple(name for name in KINDS if name not in TELLING[scope.checks])
    return Export("history", columns, _rows(scope, len(columns)), KINDS, is_record=False)


def _rows(scope: Scope, width: int) -> Iterator[list[object]]:
    named = Category.objects.values_list("pk", "code", "path")
    categories = {pk: (code, path) for pk, code, path in named.iterator()}
    place = list(KINDS).index("suggestions")
    query, params = _query(scope)
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, params)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                cells = list(row[:width])
                cells[place] = _named(row[place], categories) if row[place] != NONE else []
                yield cells


def _query(scope: Scope) -> tuple[str, Mapping[str, Any]]:
    params = {
        "round": scope.round and scope.round.pk,
        "annotator": scope.annotator and scope.annotator.pk,
        "first": scope.first_day,
        "last": scope.last_day,
        "zone": settings.TIME_ZONE,
    }
    wanted = {
        "assignment.round_id = %(round)s": scope.round,
        "said.annotator_id = %(annotator)s": scope.annotator,
        "said.at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s": scope.first_day,
        "said.at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s": scope.last_day,
        "said.superseded_at IS NULL": scope.is_standing,
        "NOT assignment.is_check": scope.checks is Checks.LEFT_OUT,
    }
    conditions = [condition for condition, is_wanted in wanted.items() if is_wanted]
    where = " AND ".join(conditions) or "true"
    return f"{SELECT} WHERE {where} ORDER BY said.at, said.event, said.id", params


def _named(written: str, categories: Mapping[int, tuple[str | None, str]]) -> list[dict[str, Any]]:
    """Return suggestions with categories that another program knows, not with our keys."""
    return [
        {
            "category_id": categories[pk][0],
            "category_path": categories[pk][1],
            "probability": probability,
        }
        for pk, probability in json.loads(written)
    ]
