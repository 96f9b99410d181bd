"""Training rows: from a file into a Parquet corpus that later steps only read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpus_pictures, folders
from mlcore.corpus import columns, store
from mlcore.corpus.pieces import FilePieces
from mlcore.heads import BRANCHES, IMAGE, MALL, NAME
from mlcore.progress import IsCancelled, Progress, never, silent
from mlcore.text.tokenise import shipped
from mlcore.text.word_list import FILE, WordList, keeping

NO_WORDS = WordList()

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
    images: Path | None = None,
    words: WordList = NO_WORDS,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
    writing: Writing = transaction.atomic,
) -> Corpus:
    """
    Make a corpus out of a CSV (also gzipped) or Parquet file of training rows.

    Args:
        images: zip or folder of the pictures that rows name; those that can be decoded are
            kept, the others are listed in the corpus's record and stop nothing.
        words: stay whole, in names and shops' categories, here and in what is trained on it.

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
            tokeniser=keeping(words, shipped()),
            keep_good=keep_good,
            encoding=encoding,
            progress=progress,
            is_cancelled=is_cancelled,
        )
        kept = corpus_pictures.NONE
        if images is not None:
            kept = corpus_pictures.keep(images, draft, progress=progress, is_cancelled=is_cancelled)
        mall_rows = _with_words(draft / store.ROWS_FILE)
        with writing():
            corpus = _record(name, summary, mall_rows, kept.rows, by, now)
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


def words(corpus: Corpus | None) -> WordList:
    """Return the words that stay whole in a corpus; none of no corpus."""
    path = folders.corpus_folder(corpus.name) / FILE if corpus else None
    return WordList.read(path) if path and path.exists() else NO_WORDS


def branches(corpus: Corpus) -> tuple[str, ...]:
    """Return what products of the corpus can be classified by."""
    if corpus.mall_rows is None:  # imported before they were counted
        rows = folders.corpus_folder(corpus.name) / store.ROWS_FILE
        corpus.mall_rows = _with_words(rows)
        corpus.save(update_fields=["mall_rows"])
    has = {NAME: True, MALL: corpus.mall_rows > 0, IMAGE: corpus.picture_rows > 0}
    return tuple(branch for branch in BRANCHES if has[branch])


def _with_words(rows: Path) -> int:
    """Return how many rows have a shop's category of at least one word."""
    tokens = columns.MALL_TOKENS
    return sum(
        int(pc.sum(pc.greater(pc.list_value_length(piece[tokens]), 0)).as_py() or 0)
        for piece in FilePieces(rows, fingerprint="").of([tokens])
    )


def _taken(name: str) -> folders.NameInUse:
    return folders.NameInUse(
        _("There is a corpus named %(name)s already; choose another name.") % {"name": name}
    )


def _record(
    name: str,
    summary: store.CorpusSummary,
    mall_rows: int,
    picture_rows: int,
    by: User | None,
    now: datetime,
) -> Corpus:
    try:
        with transaction.atomic():
            corpus = Corpus.objects.create(
                name=name,
                rows=summary.rows,
                categories=summary.categories,
                fingerprint=summary.fingerprint,
                tokeniser=summary.tokeniser,
                mall_rows=mall_rows,
                picture_rows=picture_rows,
                created_by=by,
                created_at=now,
            )
    except IntegrityError:
        raise _taken(name) from None
    audit.record(
        by=by,
        verb="imported a corpus",
        target=corpus,
        details={
            "name": name,
            "rows": summary.rows,
            "refused": len(summary.refused),
            **({"with_picture": picture_rows} if picture_rows else {}),
        },
        now=now,
    )
    return corpus
