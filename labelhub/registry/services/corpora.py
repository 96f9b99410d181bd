"""Training rows: from a file into a Parquet corpus that later steps only read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.registry.models import Corpus
from labelhub.registry.services import folders
from mlcore.corpus import store
from mlcore.progress import IsCancelled, Progress, never, silent

Writing = Callable[[], AbstractContextManager[None]]
"""Opens the transaction in which the caller may write; a job hands in its fence."""


def import_corpus(
    *,
    file: Path,
    name: str,
    by: User | None,
    now: datetime,
    keep_good: bool = False,
    encoding: str | None = None,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
    writing: Writing = transaction.atomic,
) -> Corpus:
    """
    Make a corpus out of a CSV (also gzipped) or Parquet file of training rows.

    Raises:
        folders.BadName, folders.NameInUse: choose another name.
        mlcore.corpus.store.Refused: rows cannot be used and `keep_good` is off.
        BadInput: the file cannot be read, lacks a column or has no usable row.
    """
    name = free_name(name)
    folder = folders.corpus_folder(name)
    with folders.draft_of(folder) as draft:
        summary = store.import_rows(
            file,
            draft,
            keep_good=keep_good,
            encoding=encoding,
            progress=progress,
            is_cancelled=is_cancelled,
        )
        with writing():
            corpus = _record(name, summary, by, now)
            folders.put_in_place(draft, folder)
    return corpus


def free_name(name: str) -> str:
    """
    Return the name as a corpus would have it.

    Raises:
        folders.BadName, folders.NameInUse: choose another name.
    """
    trimmed = folders.check_name(name)
    if Corpus.objects.filter(name=trimmed).exists():
        raise _taken(trimmed)
    return trimmed


def read(corpus: Corpus) -> pa.Table:
    """Return the rows of a corpus; the columns are those of `mlcore.corpus.store.read`."""
    return store.read(folders.corpus_folder(corpus.name))


def summary(corpus: Corpus) -> store.CorpusSummary:
    """Return what the import reported, with its refused rows."""
    return store.summary(folders.corpus_folder(corpus.name))


def _taken(name: str) -> folders.NameInUse:
    return folders.NameInUse(
        _("There is a corpus named %(name)s already; choose another name.") % {"name": name}
    )


def _record(name: str, summary: store.CorpusSummary, by: User | None, now: datetime) -> Corpus:
    try:
        with transaction.atomic():
            corpus = Corpus.objects.create(
                name=name,
                rows=summary.rows,
                categories=summary.categories,
                fingerprint=summary.fingerprint,
                tokeniser=summary.tokeniser,
                created_by=by,
                created_at=now,
            )
    except IntegrityError:
        raise _taken(name) from None
    audit.record(
        by=by,
        verb="imported a corpus",
        target=corpus,
        details={"name": name, "rows": summary.rows, "refused": len(summary.refused)},
        now=now,
    )
    return corpus
