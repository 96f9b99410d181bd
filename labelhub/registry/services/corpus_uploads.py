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
from mlcore.text.word_list import WordList

SHOWN_ROWS = 200  # refused rows kept with the job
IMAGES = "images"  # folder of the zip, so that it may have the name of the rows' file


class FileGone(DomainError):
    """The uploaded file was deleted when its import ended."""


def begin(
    *,
    file: UploadedFile[bytes],
    name: str,
    encoding: str,
    keep_good: bool,
    images: UploadedFile[bytes] | None = None,
    words: WordList = corpora.NO_WORDS,
    by: User,
) -> Job:
    """
    Keep the uploaded files and ask a worker to make a corpus out of them.

    Raises:
        folders.BadName, folders.NameInUse: choose another name.
    """
    name = corpora.free_name(name)
    # A folder of its own, so that messages can call the files by their names.
    folder = Path(settings.DATA) / "uploads" / uuid.uuid4().hex
    path = _kept(file, folder, "rows")
    pictures = str(_kept(images, folder / IMAGES, "images.zip")) if images else ""
    return jobs.enqueue(
        "import_corpus",
        by=by,
        key=name,
        path=str(path),
        name=name,
        encoding=encoding,
        keep_good=keep_good,
        images=pictures,
        words=list(words.words),
    )


def carry_out(
    *,
    path: Path,
    name: str,
    encoding: str,
    keep_good: bool,
    images: Path | None = None,
    words: WordList = corpora.NO_WORDS,
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
            images=images,
            words=words,
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


def _kept(file: UploadedFile[bytes], folder: Path, unnamed: str) -> Path:
    path = folder / Path(file.name or unnamed).name
    path.parent.mkdir(parents=True)
    with path.open("wb") as kept:
        shutil.copyfileobj(file, kept)
    return path


def _forget(path: Path) -> None:
    """Delete the upload: trying the same file again would end the same way."""
    shutil.rmtree(path.parent, ignore_errors=True)
