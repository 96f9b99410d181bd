"""
Take a file in: read it, check it, and write its good rows, or none.

Reading and checking happen on temporary tables outside any transaction, so that progress is
seen meanwhile; what changes the catalogue is one transaction at the end. The row of the batch
is written whatever happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.catalog import import_kinds
from labelhub.catalog.import_kinds import Counts, ImportKind, Order
from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import staging
from labelhub.catalog.services.staging import Staged
from labelhub.errors import DomainError
from mlcore.progress import Progress, silent

Writing = Callable[[], AbstractContextManager[None]]
"""Opens the transaction in which the caller may write; a job hands in its fence."""

HASHED_AT_ONCE = 1024**2  # bytes


def import_file(
    *,
    kind: str,
    path: Path,
    by: User | None,
    now: datetime,
    encoding: str = "",
    keep_good: bool = False,
    options: Mapping[str, Any] | None = None,
    report: Progress = silent,
) -> ImportBatch:
    """
    Import a file now, and return its batch, which tells what was taken and what refused.

    A file that cannot be read is no exception: `batch.problem` says what is wrong with it.

    Args:
        encoding: of a CSV file; empty means that it is detected.
        keep_good: take the good rows although others are refused.
        options: of the kind, by name.
    """
    batch = start(
        kind=kind, file_name=path.name, by=by, now=now,
        encoding=encoding, keep_good=keep_good, options=options,
    )  # fmt: skip
    return carry_out(batch=batch, path=path, now=now, report=report)


def start(
    *,
    kind: str,
    file_name: str,
    by: User | None,
    now: datetime,
    encoding: str = "",
    keep_good: bool = False,
    options: Mapping[str, Any] | None = None,
    stored_as: str = "",
) -> ImportBatch:
    """Write the row of an import that is about to begin."""
    import_kinds.get(kind)  # an unknown kind fails here
    return ImportBatch.objects.create(
        kind=kind,
        file_name=file_name[-255:],
        encoding=encoding,
        keeps_good=keep_good,
        options=dict(options or {}),
        stored_as=stored_as,
        by=by,
        created_at=now,
    )


def carry_out(
    *,
    batch: ImportBatch,
    path: Path,
    now: datetime,
    report: Progress = silent,
    writing: Writing = transaction.atomic,
) -> ImportBatch:
    """
    Import the file of a batch that was started; a batch that has ended is left alone.

    Args:
        writing: opens the one transaction in which rows are written.
    """
    if batch.finished_at:
        return batch
    order = Order(batch=batch, by=batch.by, now=now, options=batch.options, report=report)
    try:
        _import(order, import_kinds.get(batch.kind), path, writing)
    except DomainError as problem:
        with writing():
            batch.problem = str(problem)
            _finish(batch, now)
    return batch


def _import(order: Order, kind: ImportKind, path: Path, writing: Writing) -> None:
    batch = order.batch
    batch.file_sha256 = _sha256(path)
    table = kind.open(path, order)
    batch.encoding, batch.columns = table.encoding, table.columns
    _refuse_missing_columns(kind, table.columns)
    steps = kind.load()
    with staging.stage(table, kind, order.report) as staged, staging.one_at_a_time():
        order.report("checking", 0, 0)
        steps.check(staged, order)
        batch.rows, batch.refused = staged.rows(), staged.refused()
        is_good = batch.keeps_good or not batch.refused
        if is_good:
            steps.prepare(staged, order)
        order.report("writing", 0, 0)
        with writing():
            if is_good:
                _count(batch, steps.apply(staged, order))
                if staged.is_many():
                    # Pages ask for these rows before autovacuum has looked at them.
                    staging.analyze(*steps.tables)
            batch.notes = order.notes
            _keep_refused(staged, batch)
            _finish(batch, order.now)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(HASHED_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()


def _refuse_missing_columns(kind: ImportKind, found: list[str]) -> None:
    missing = [column for column in kind.required if column not in found]
    if missing:
        raise MissingColumns(missing, found)


class MissingColumns(DomainError):
    """The file lacks columns that its kind needs."""

    def __init__(self, missing: list[str], found: list[str]) -> None:
        problem = _("The file lacks the column %(missing)s. It has: %(found)s.")
        super().__init__(problem % {"missing": ", ".join(missing), "found": ", ".join(found)})


def _count(batch: ImportBatch, counts: Counts) -> None:
    batch.added, batch.changed = counts.added, counts.changed
    batch.unchanged = counts.unchanged
    batch.is_applied = True


def _finish(batch: ImportBatch, now: datetime) -> None:
    batch.finished_at = now
    batch.save()


def _keep_refused(staged: Staged, batch: ImportBatch) -> None:
    """Move the refused rows to where they stay, their cells in the order of the file."""
    staged.execute(
        'INSERT INTO catalog_refusedrow (batch_id, line, "column", reason, cells)'
        " SELECT %s, line, '', reason, ARRAY(SELECT jsonb_array_elements_text(cells::jsonb))"
        " FROM unreadable ORDER BY line",
        [batch.pk],
    )
    cells = ", ".join(_cell(staged, column) for column in staged.columns)
    # The column names stand quoted in the statement, so a % in one must be doubled.
    staged.execute(
        'INSERT INTO catalog_refusedrow (batch_id, line, "column", reason, cells)'  # noqa: S608
        f" SELECT %s, line, refused_column, reason, ARRAY[{cells}]::text[]"
        " FROM staged WHERE reason IS NOT NULL ORDER BY line",
        [batch.pk],
    )


def _cell(staged: Staged, column: str) -> str:
    quote = connection.ops.quote_name
    if column in staged.known:
        return quote(column)
    literal = column.replace("%", "%%").replace("'", "''")
    return f"coalesce(extra->>'{literal}', '')"
