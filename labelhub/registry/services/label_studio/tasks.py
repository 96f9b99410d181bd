"""What a task of Label Studio means to us: a sample, answers to it, predictions of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labelhub.catalog.services import reasons as row_reasons
from labelhub.catalog.services.importing_samples import TEXTS
from labelhub.catalog.services.staging import as_json
from labelhub.registry.services.label_studio import reasons
from mlcore.taxonomy import SEPARATOR

NAMES = ("product_name", "name", "title", "text", "$undefined$")  # the last: a task of bare text
OWN = {"product_id", "product_name", *TEXTS, "category_path"}  # no attributes
SHORT = {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"}
CHOOSING = ("taxonomy", "choices")
UNNAMED_MODEL = "Label Studio"

Json = Mapping[str, Any]


class RefusedTask(Exception):
    """The task cannot be taken; the message is one of the reasons."""


@dataclass(frozen=True)
class Fields:
    """Which fields mean what, where a file does not say so; empty means: found out."""

    name: str = ""  # of the data
    answer: str = ""  # the question, or control, whose answer is the category


def whole(task: Any, fields: Fields) -> Json:
    """
    Return the task in the long format; rows of the short format (JSON_MIN) become tasks.

    Raises:
        RefusedTask: it is neither.
    """
    if not isinstance(task, dict):
        raise RefusedTask(reasons.NOT_A_TASK)
    if isinstance(task.get("data"), dict):
        return task
    if not task.keys() & {"annotator", "annotation_id"}:
        raise RefusedTask(reasons.NO_DATA)
    field = fields.answer or _answer_field(task)
    annotation = {name: task.get(name) for name in ("annotator", "created_at", "updated_at")}
    annotation["result"] = [_long_result(task.get(field))]
    data = {name: value for name, value in task.items() if name not in SHORT | {field}}
    return {"id": task.get("id"), "data": data, "annotations": [annotation], "short": True}


def _answer_field(task: Json) -> str:
    """Find the one field that only an answer can be; a bare word could be anything."""
    found = [name for name, value in task.items() if name not in SHORT and _is_answer(value)]
    if len(found) != 1:
        raise RefusedTask(reasons.NO_ANSWER_FIELD)
    return found[0]


def _is_answer(value: Any) -> bool:
    if isinstance(value, list) and value:
        return all(isinstance(part, dict) and part.keys() & set(CHOOSING) for part in value)
    return isinstance(value, dict) and bool(value.keys() & set(CHOOSING))


def _long_result(value: Any) -> Json:
    parts = value if isinstance(value, list) else [value]
    taken: dict[str, list[Any]] = {kind: [] for kind in CHOOSING}
    for part in parts:
        if isinstance(part, str):
            taken["choices"].append(part)
        elif isinstance(part, dict):
            for kind in CHOOSING:
                taken[kind].extend(_listed(part.get(kind)))
    kind = "taxonomy" if taken["taxonomy"] else "choices"
    return {"type": kind, "from_name": "answer", "value": {kind: taken[kind]}}


def cells(task: Json, fields: Fields) -> list[str]:
    """
    Return the task as a row of `TASK_COLUMNS`.

    Raises:
        RefusedTask: what is missing, or more than one category is chosen.
    """
    data = task["data"]
    name_field = fields.name or next((name for name in NAMES if _text(data.get(name))), "")
    if not _text(data.get(name_field)):
        raise RefusedTask(reasons.NO_NAME)
    return [
        _text(task.get("id")),
        _product_id(task),
        _text(data[name_field]),
        *(_cell(data.get(name)) for name in TEXTS),
        _cell(data.get("category_path"), between=SEPARATOR),
        as_json(_attributes(data, name_field)),
        as_json(_answers(task, fields)),
        as_json(_said(task, fields)),
    ]


def _attributes(data: Json, name_field: str) -> dict[str, str]:
    used = OWN | {name_field}
    if not _text(data.get("product_id")):
        used.add("id")
    return {
        name: _cell(value)
        for name, value in data.items()
        if name not in used and name.strip() and value is not None
    }


def _product_id(task: Json) -> str:
    data = task["data"]
    written = _text(data.get("product_id")) or _text(data.get("id"))
    if not written and _text(task.get("id")):
        written = f"label-studio-{_text(task['id'])}"
    if not written:
        raise RefusedTask(reasons.NO_ID)
    return written


def _answers(task: Json, fields: Fields) -> list[list[object]]:
    """Return (who, path, when, is a skip, is assisted) of each annotation, equal ones once."""
    found: dict[tuple[object, ...], list[object]] = {}
    for annotation in _listed(task.get("annotations")):
        if not isinstance(annotation, dict):
            raise RefusedTask(reasons.NOT_A_LIST)
        is_skip = annotation.get("was_cancelled") is True
        path = "" if is_skip else _chosen(annotation, fields)
        who = _who(annotation)
        when = _text(annotation.get("created_at")) or _text(annotation.get("updated_at"))
        found.setdefault((who, path, is_skip), [who, path, when, is_skip, _is_assisted(annotation)])
    return list(found.values())


def _who(annotation: Json) -> str:
    """Return the name of whoever answered; a bare number is made a name of."""
    who = annotation.get("completed_by")
    if who is None:
        who = annotation.get("annotator")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    if isinstance(who, int):
        return f"label-studio-{who}"
    return _text(who)


def _is_assisted(annotation: Json) -> bool:
    """Tell whether the annotator began from what a model said."""
    return annotation.get("is_assisted") is True or annotation.get("parent_prediction") is not None


def _chosen(said: Json, fields: Fields) -> str:
    """
    Return the one path that is chosen, or nothing.

    Raises:
        RefusedTask: several are, or in answer to several questions.
    """
    results = [
        result
        for result in _listed(said.get("result"))
        if isinstance(result, dict) and result.get("type") in CHOOSING
    ]
    if fields.answer and any(result.get("from_name") == fields.answer for result in results):
        results = [result for result in results if result.get("from_name") == fields.answer]
    if len({_text(result.get("from_name")) for result in results}) > 1:
        raise RefusedTask(reasons.SEVERAL_QUESTIONS)
    paths = {path for result in results for path in _paths(result)}
    # Some versions list the ancestors of a choice beside it.
    deepest = [path for path in paths if not any(_is_above(path, other) for other in paths)]
    if len(deepest) > 1:
        raise RefusedTask(reasons.SEVERAL_CHOICES)
    return SEPARATOR.join(deepest[0]) if deepest else ""


def _paths(result: Json) -> Iterable[tuple[str, ...]]:
    value = result.get("value")
    if not isinstance(value, dict):
        raise RefusedTask(reasons.NOT_A_LIST)
    for chosen in _listed(value.get(result["type"])):
        # A choice is a path as our files write it; a taxonomy lists the levels.
        levels = chosen.split(SEPARATOR) if isinstance(chosen, str) else chosen
        if not isinstance(levels, list) or not levels or not all(map(_is_level, levels)):
            raise RefusedTask(reasons.NOT_A_PATH)
        yield tuple(level.strip() for level in levels)


def _is_level(level: object) -> bool:
    return isinstance(level, str) and bool(level.strip()) and SEPARATOR not in level


def _is_above(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(path) < len(other) and other[: len(path)] == path


def _said(task: Json, fields: Fields) -> list[list[object]]:
    """
    Return (model, path, probability) of each prediction.

    The path is empty where a prediction cannot be taken: it has no probability, or not one path.
    """
    found: dict[str, list[object]] = {}
    for prediction in _listed(task.get("predictions")):
        if not isinstance(prediction, dict):
            continue  # of the short format of old exports: ids alone
        model = _text(prediction.get("model_version")) or UNNAMED_MODEL
        try:
            path = _chosen(prediction, fields)
        except RefusedTask:
            path = ""
        score = prediction.get("score")
        is_share = isinstance(score, int | float) and 0 <= score <= 1
        found[model] = [model, path if is_share else "", score if is_share else None]
    return list(found.values())


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise RefusedTask(reasons.NOT_A_LIST)
    return value


def _text(value: Any) -> str:
    """Return a text or number as text; anything else is none."""
    if isinstance(value, bool):
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _cell(value: Any, between: str = "|") -> str:
    """Return any value as text: lists joined as our files join them, objects as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case list() if all(isinstance(part, str) for part in value):
            return between.join(value)
        case list() | dict():
            return as_json(value)
    return str(value)


def reason_of_text(written: Iterable[str]) -> str:
    """Return why these cells cannot be stored, or nothing."""
    for text in written:
        if "\0" in text or "\\u0000" in text:
            return row_reasons.ZERO_BYTE
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:  # half of a pair of surrogates
                return row_reasons.BROKEN_BYTES
    return ""
