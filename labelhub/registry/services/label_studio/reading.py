"""Open a file of Label Studio's as a table with a row a task."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labelhub.catalog.import_kinds import Order
from labelhub.catalog.services import encoding
from labelhub.catalog.services.reading import Row, Table
from labelhub.catalog.services.staging import as_json
from labelhub.registry.importable import TASK_COLUMNS
from labelhub.registry.services.label_studio import json_list, reasons, tasks
from labelhub.registry.services.label_studio.tasks import Fields, Json, RefusedTask

JSON = "json"
LONGEST_SHOWN = 2_000  # characters of a task that cannot be read


def open_tasks(path: Path, order: Order) -> Table:
    """
    Open a list of tasks, also gzipped; one task is in memory at a time.

    Raises:
        Unreadable: it is no list of tasks.
    """
    fields = Fields(name=order.text("name_field"), answer=order.text("answer_field"))
    rows = _rows(encoding.blocks(path), fields)
    first = next(rows)  # what is no list fails here, not in the middle of the import
    return Table(list(TASK_COLUMNS), JSON, itertools.chain([first], rows))


def _rows(blocks: Iterator[bytes], fields: Fields) -> Iterator[Row]:
    waiting: tuple[int, Json] | None = None
    for number, element in enumerate(json_list.elements(blocks), start=1):
        try:
            task = tasks.whole(element, fields)
        except RefusedTask as refusal:
            yield from _row(waiting, fields)
            waiting = None
            yield Row(number, _shown(element), str(refusal))
            continue
        if waiting and _is_same(waiting[1], task):
            # The short format has a row an annotation; those of a task follow each other.
            waiting[1]["annotations"].extend(task["annotations"])
            continue
        yield from _row(waiting, fields)
        waiting = (number, task)
    yield from _row(waiting, fields)


def _is_same(task: Json, other: Json) -> bool:
    return bool(task.get("short") and other.get("short")) and task.get("id") == other.get("id")


def _row(waiting: tuple[int, Json] | None, fields: Fields) -> Iterator[Row]:
    if waiting is None:
        return
    number, task = waiting
    try:
        cells = tasks.cells(task, fields)
    except (RefusedTask, RecursionError) as refusal:
        why = reasons.TOO_DEEP if isinstance(refusal, RecursionError) else str(refusal)
        yield Row(number, _shown(task), why)
        return
    reason = tasks.reason_of_text(cells)
    yield Row(number, _shown(task) if reason else cells, reason)


def _shown(task: Any) -> list[str]:
    """Return what can be shown of a task that is refused: its id and how it was written."""
    try:
        written = as_json(task)[:LONGEST_SHOWN].encode(errors="replace").decode()
    except RecursionError:
        written = ""
    id = str(task.get("id", ""))[:LONGEST_SHOWN] if isinstance(task, dict) else ""
    return [id, *[""] * (len(TASK_COLUMNS) - 2), written]
