"""Corpora that come through the browser: the file is kept until its job has ended."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora
from mlcore.corpus.store import Refused
from mlcore.progress import BadInput

SHOWN_ROWS = 200  # refused rows kept with the job


class FileGone(DomainError):
    """The uploaded file was deleted when its import ended."""


def begin(*, file: UploadedFile[bytes], name: str, encoding: str, keep_good: bool, by: User) -> Job:
    """
    Keep the uploaded file and ask a worker to make a corpus out of it.

    Raises:
        folders.BadName, folders.NameInUse: choose another name.
    """
    name = corpora.free_name(name)
    # A folder of its own, so that messages can call the file by its name.
    path = Path(settings.DATA) / "uploads" / uuid.uuid4().hex / Path(file.name or "rows").name
    path.parent.mkdir(parents=True)
    with path.open("wb") as kept:
        shutil.copyfileobj(file, kept)
    return jobs.enqueue(
        "import_corpus",
        by=by,
        key=name,
        path=str(path),
        name=name,
        encoding=encoding,
        keep_good=keep_good,
    )


def carry_out(
    *,
    path: Path,
    name: str,
    encoding: str,
    keep_good: bool,
    by: User | None,
    now: datetime,
    job: RunningJob,
) -> None:
    """
    Import the uploaded file as a corpus and delete it.

    Args:
        now: when the job was asked for; a corpus of that moment is its own, from an attempt
            that died after its commit.

    Raises:
        Refused, BadInput: the file cannot be used; the job keeps its first refused rows.
    """
    if Corpus.objects.filter(name=name, created_at=now).exists():
        return
    if not path.exists():
        raise FileGone(_("The uploaded file is gone; upload it again."))
    try:
        corpus = corpora.import_corpus(
            file=path,
            name=name,
            by=by,
            now=now,
            keep_good=keep_good,
            encoding=encoding or None,
            progress=job.report,
            is_cancelled=job.is_cancelled,
            writing=job.writing,
        )
    except Refused as refusal:
        job.finish(refused=[asdict(row) for row in refusal.refused[:SHOWN_ROWS]])
        _forget(path)
        raise
    except BadInput:
        _forget(path)
        raise
    job.finish(corpus=corpus.pk, rows=corpus.rows)
    _forget(path)


def _forget(path: Path) -> None:
    """Delete the upload: trying the same file again would end the same way."""
    shutil.rmtree(path.parent, ignore_errors=True)
