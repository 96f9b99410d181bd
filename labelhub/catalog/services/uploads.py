"""Files that came through the browser: kept until their import has ended."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from labelhub.accounts.models import User
from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import imports
from labelhub.jobs.services import jobs

KEPT = timedelta(days=7)  # long enough to run a failed import again


def begin(
    *,
    kind: str,
    file: UploadedFile[bytes],
    encoding: str,
    keep_good: bool,
    options: Mapping[str, Any],
    by: User,
    now: datetime,
) -> ImportBatch:
    """Keep the uploaded files and ask for the job that imports them."""
    kept = {name: _kept(value) for name, value in options.items()}
    stored_as = _kept(file)
    with transaction.atomic():
        batch = imports.start(
            kind=kind,
            file_name=Path(file.name or "").name,
            by=by,
            now=now,
            encoding=encoding,
            keep_good=keep_good,
            options=kept,
            stored_as=stored_as,
        )
        batch.job = jobs.enqueue("import", by=by, batch_id=batch.pk)
        batch.save(update_fields=["job"])
    return batch


def _kept(value: Any) -> Any:
    """Write an uploaded file under a name of our own and return its path; leave the rest."""
    if not isinstance(value, UploadedFile):
        return value
    path = folder() / uuid.uuid4().hex
    with path.open("wb") as file:
        for chunk in value.chunks():
            file.write(chunk)
    return str(path)


def folder() -> Path:
    """Return where uploaded files lie."""
    uploads = Path(settings.DATA) / "uploads"
    uploads.mkdir(exist_ok=True)
    return uploads


def forget(batch: ImportBatch) -> None:
    """Delete the uploaded files of an import that has ended."""
    for kept in (batch.stored_as, str(batch.options.get("images") or "")):
        path = Path(kept)
        # Only what lies in the folder of uploads was uploaded; a command's file is its owner's.
        if kept and path.parent == folder():
            path.unlink(missing_ok=True)
    ImportBatch.objects.filter(pk=batch.pk).update(stored_as="")


def forget_old(*, now: datetime) -> int:
    """Delete uploaded files whose import failed or was cancelled long ago; return how many."""
    oldest = (now - KEPT).timestamp()
    old = [path for path in folder().iterdir() if path.stat().st_mtime < oldest]
    for path in old:
        if path.is_dir():  # of a corpus, with its pictures
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)
