"""A round as tasks that Label Studio imports, and as a labelling interface to paste there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from django.db import connection

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category
from labelhub.catalog.services.exporting import ROWS_AT_ONCE
from labelhub.catalog.services.staging import as_json
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion
from mlcore.taxonomy import split_path

QUESTION, PRODUCT = "category", "product"  # the names of the two tags that matter
MOST_LEVELS = 100  # more than any tree has

# The given category stays here: people in Label Studio see all data of a task.
FIELDS = ("mall_name", "mall_category", "brand", "maker", "price", "registered_at", "image")
TASKS = f"""
SELECT sample.id, sample.product_id, sample.name, {", ".join(f"sample.{name}" for name in FIELDS)},
    sample.attributes::text, answered.list::text, skipped.list::text,
    predicted.path, prediction.probability
FROM (SELECT DISTINCT sample_id FROM labelling_assignment
      WHERE round_id = %(round)s AND NOT is_check) AS drawn
JOIN catalog_sample sample ON sample.id = drawn.sample_id
LEFT JOIN (
    SELECT annotation.sample_id, json_agg(json_build_array(annotation.id, category.path,
        person.pseudonym, annotation.answered_at, annotation.is_assisted)
        ORDER BY annotation.id) AS list
    FROM labelling_annotation annotation
    JOIN accounts_user person ON person.id = annotation.annotator_id
    LEFT JOIN catalog_category category ON category.id = annotation.category_id
    WHERE annotation.round_id = %(round)s AND annotation.superseded_at IS NULL
      AND NOT annotation.is_check
    GROUP BY annotation.sample_id
) AS answered ON answered.sample_id = sample.id
LEFT JOIN (
    SELECT assignment.sample_id, json_agg(json_build_array(person.pseudonym, skip.skipped_at)
        ORDER BY skip.id) AS list
    FROM labelling_skip skip
    JOIN labelling_assignment assignment ON assignment.id = skip.assignment_id
    JOIN accounts_user person ON person.id = skip.annotator_id
    WHERE assignment.round_id = %(round)s AND NOT assignment.is_check
    GROUP BY assignment.sample_id
) AS skipped ON skipped.sample_id = sample.id
LEFT JOIN registry_prediction prediction
    ON prediction.sample_id = sample.id AND prediction.version_id = %(version)s
LEFT JOIN catalog_category predicted ON predicted.id = prediction.category_id
ORDER BY sample.id
"""  # noqa: S608  # made of constants
SEVERAL_PICTURES = """
SELECT EXISTS (SELECT FROM labelling_assignment assignment
    JOIN catalog_sample sample ON sample.id = assignment.sample_id
    WHERE assignment.round_id = %s AND sample.image !~* '^https?://[^|]+$')
"""


def tasks(*, round: Round, version: ModelVersion | None = None) -> Iterator[bytes]:
    """
    Yield the samples of a round as a list of tasks with the answers that stand.

    Label Studio knows none of our people, so an annotation says who gave it in `annotator`, under
    a pseudonym, which Label Studio passes over and our import reads. An answer without a category
    has no result; a skip is a cancelled annotation.

    Args:
        version: whose most probable category each task brings as a prediction.
    """
    values = {"round": round.pk, "version": version.pk if version else None}
    before = b"[\n"
    with connection.chunked_cursor() as cursor:
        cursor.execute(TASKS, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield before + ",\n".join(as_json(_task(row, version)) for row in rows).encode()
            before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _task(row: Sequence[Any], version: ModelVersion | None) -> dict[str, object]:
    pk, product_id, name, *texts, attributes, answers, skips, path, probability = row
    task: dict[str, object] = {
        "id": pk,
        "data": {
            **json.loads(attributes),
            "product_id": product_id,
            "product_name": name,
            **dict(zip(FIELDS, texts, strict=True)),
        },
        "annotations": [
            *(_answer(*answer) for answer in json.loads(answers or "[]")),
            *(_skip(*skip) for skip in json.loads(skips or "[]")),
        ],
    }
    if version and path:
        said = {"model_version": version.name, "score": probability, "result": _result(path)}
        task["predictions"] = [said]
    return task


def _answer(
    pk: int, path: str | None, annotator: str, at: str, is_assisted: bool
) -> dict[str, object]:
    annotation = {"id": pk, "result": _result(path) if path else [], "was_cancelled": False}
    return {**annotation, **_who_and_when(annotator, at), "is_assisted": is_assisted}


def _skip(annotator: str, at: str) -> dict[str, object]:
    return {"result": [], "was_cancelled": True, **_who_and_when(annotator, at)}


def _who_and_when(annotator: str, at: str) -> dict[str, object]:
    # Label Studio takes what does not say otherwise for a ground truth.
    return {"ground_truth": False, "annotator": annotator, "created_at": at, "updated_at": at}


def _result(path: str) -> list[dict[str, object]]:
    return [
        {
            "id": "category",
            "type": "taxonomy",
            "from_name": QUESTION,
            "to_name": PRODUCT,
            "value": {"taxonomy": [list(split_path(path))]},
        }
    ]


def interface(*, round: Round) -> Iterator[str]:
    """Yield the labelling interface of the round: what it shows, and its tree as a taxonomy."""
    yield "<View>\n"
    yield f'  <Text name="{PRODUCT}" value="$product_name"/>\n'
    for name in FIELDS:
        if name in round.fields_shown and name != "image":
            yield f'  <Text name="{name}" value="${name}"/>\n'
    if "image" in round.fields_shown and _has_one_address_each(round):
        yield '  <Image name="image" value="$image"/>\n'
    yield (
        f'  <Taxonomy name="{QUESTION}" toName="{PRODUCT}" leafsOnly="true" showFullPath="true"'
        ' pathSeparator=" &gt; " maxUsages="1">\n'
    )
    yield from _choices(round)
    yield "  </Taxonomy>\n</View>\n"


def _has_one_address_each(round: Round) -> bool:
    """Tell whether every sample's picture is an address that Label Studio can show."""
    with connection.cursor() as cursor:
        cursor.execute(SEVERAL_PICTURES, [round.pk])
        return not cursor.fetchone()[0]


def _choices(round: Round) -> Iterator[str]:
    """Yield the tree, cut to the level of the round's answers, as nested tags."""
    deepest = round.answer_level or MOST_LEVELS
    rows = Category.objects.current().filter(level__lte=deepest).values_list("path", flat=True)
    open_levels: tuple[str, ...] = ()
    paths = sorted(split_path(path) for path in rows)
    for number, path in enumerate(paths):
        while open_levels != path[: len(open_levels)]:
            open_levels = open_levels[:-1]
            yield "  " * (len(open_levels) + 2) + "</Choice>\n"
        following = paths[number + 1] if number + 1 < len(paths) else ()
        is_leaf = following[: len(path)] != path
        end = "/" if is_leaf else ""
        yield "  " * (len(path) + 1) + f"<Choice value={quoteattr(path[-1])}{end}>\n"
        if not is_leaf:
            open_levels = path
    while open_levels:
        open_levels = open_levels[:-1]
        yield "  " * (len(open_levels) + 2) + "</Choice>\n"


def note(*, round: Round, version: ModelVersion | None, by: User | None, now: datetime) -> None:
    """Leave the audit row of tasks that are about to be sent."""
    details = {"about": round.name, "format": "Label Studio"}
    if version:
        details["version"] = version.name
    audit.record(by=by, verb="exported", target="annotations", details=details, now=now)
