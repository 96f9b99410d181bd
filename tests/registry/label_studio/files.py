"""Files as Label Studio writes them, made by the test that imports them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AT = "2026-01-02T03:04:05.678901Z"


def annotation(
    *path: str, by: Any = 1, control: str = "category", kind: str = "taxonomy", **other: Any
) -> dict[str, Any]:
    """Return an annotation of version 1.23 with one path chosen; without a path with none."""
    chosen = [list(path)] if kind == "taxonomy" else list(path)
    result = {
        "id": "kX3a9bQ1",
        "type": kind,
        "value": {kind: chosen},
        "origin": "manual",
        "to_name": "product",
        "from_name": control,
    }
    return {
        "id": 31,
        "completed_by": by,
        "result": [result] if path else [],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": AT,
        "updated_at": "2026-02-01T00:00:00.000000Z",
        "draft_created_at": None,
        "lead_time": 4.2,
        "prediction": {},
        "result_count": len(path) and 1,
        "unique_id": "5a7e33d2-1f0b-4c8e-9d55-0c1f4f9a8f10",
        "import_id": None,
        "last_action": None,
        "bulk_created": False,
        "task": 7,
        "project": 3,
        "updated_by": 1,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
        **other,
    }


def prediction(*path: str, score: Any = 0.8, model: str = "m1") -> dict[str, Any]:
    """Return a prediction of one path."""
    said = annotation(*path)
    return {
        "id": 5,
        "result": said["result"],
        "model_version": model,
        "score": score,
        "created_ago": "1 day",
        "cluster": None,
        "neighbors": None,
        "mislabeling": 0.0,
        "created_at": AT,
        "updated_at": AT,
        "model": None,
        "model_run": None,
        "task": 7,
        "project": 3,
    }


def task(
    data: dict[str, Any],
    *annotations: dict[str, Any],
    id: int = 7,
    predictions: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Return a task of version 1.23."""
    return {
        "id": id,
        "annotations": list(annotations),
        "file_upload": "a1b2c3d4-tasks.json",
        "drafts": [],
        "predictions": list(predictions),
        "data": data,
        "meta": {},
        "created_at": AT,
        "updated_at": AT,
        "allow_skip": True,
        "inner_id": 1,
        "total_annotations": len(annotations),
        "cancelled_annotations": 0,
        "total_predictions": len(predictions),
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": 3,
        "updated_by": 1,
        "comment_authors": [],
    }


def saved(folder: Path, tasks: Any) -> Path:
    """Write the tasks as a file."""
    path = folder / "tasks.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
