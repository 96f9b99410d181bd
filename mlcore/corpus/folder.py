"""Folders that appear whole or not at all."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlcore.progress import BadInput


@contextmanager
def replacing(destination: Path) -> Iterator[Path]:
    """
    Give a new folder beside the destination that takes its place at the end.

    An exception inside leaves the destination as it was.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    draft = destination.with_name(f".{destination.name}.{os.getpid()}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        old = destination.with_name(f".{destination.name}.{os.getpid()}.old")
        if destination.exists():
            destination.rename(old)
        draft.rename(destination)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_json(path: Path, content: object) -> None:
    """Write readable, sorted JSON in UTF-8."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """
    Read a JSON file.

    Raises:
        BadInput: it is missing or not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BadInput(f"{path} is missing or damaged.") from problem
