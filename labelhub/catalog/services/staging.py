"""
A file's rows in a temporary table, where SQL checks and moves them, however many there are.

The table `staged` holds the readable rows: the line, one text column for each column the kind
knows (empty where the file lacks it), the file's other columns as JSON, the reason once a row is
refused, and its outcome (added, changed, unchanged). `unreadable` holds the rows that did not
make it there. Both belong to the database session, so imports at the same time do not meet.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import connection
from psycopg2 import sql

from labelhub.catalog.import_kinds import Counts, ImportKind
from labelhub.catalog.services.reading import IGNORED, Row, Table
from mlcore.progress import Progress, silent

IMPORT_LOCK = 7_301_952_114  # any number that nobody else locks
ROWS_AT_ONCE = 5_000  # about 1 MB on its way to the database

as_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps makes one a call

Statement: TypeAlias = str | sql.Composed
Params: TypeAlias = Sequence[Any] | Mapping[str, Any]

DROP = """
DROP TABLE IF EXISTS staged, unreadable, staged_path, staged_prediction, whole, whole_path
"""

# What rows are looked up by; of the other columns the planner needs to know nothing.
STATES = ("reason", "outcome", "sample_pk", "category_pk", "person_pk", "target_pk")
KEYS = ("product_id", "category_path", "category_id", "annotator", "reviewer")

MANY = 1_000  # rows; looking at a table of 10^5 rows again takes longer than importing fewer


@dataclass(frozen=True)
class Staged:
    """The staged rows of one file."""

    columns: tuple[str, ...]  # of the file, in its order
    known: tuple[str, ...]  # of the kind

    def has(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self.columns

    def execute(self, statement: Statement, params: Params = ()) -> int:
        """Run a statement and return how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return int(cursor.rowcount)

    def fetch(self, query: Statement, params: Params = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query whose answer is small."""
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return list(cursor.fetchall())

    def is_many(self) -> bool:
        """Tell whether the rows are so many that autovacuum comes too late for other tables."""
        return self.count("TRUE") >= MANY

    def analyze(self, *tables: str) -> None:
        """Tell the planner what `staged` holds, and these tables too where many rows come."""
        told = [*STATES, *(column for column in KEYS if column in self.known)]
        analyze(f"staged ({', '.join(told)})", *(tables if tables and self.is_many() else ()))

    def count(self, condition: str, params: Sequence[Any] = ()) -> int:
        """Return how many staged rows meet an SQL condition."""
        query = sql.SQL("SELECT count(*) FROM staged WHERE {}").format(sql.SQL(condition))
        [(number,)] = self.fetch(query, params)
        return int(number)

    def refuse(
        self, condition: str, *, column: str, reason: str, params: Sequence[Any] = ()
    ) -> int:
        """Refuse the rows that meet an SQL condition; the first reason of a row stays."""
        statement = sql.SQL(
            "UPDATE staged SET reason = %s, refused_column = %s WHERE reason IS NULL AND ({})"
        ).format(sql.SQL(condition))
        return self.execute(statement, [reason, column, *params])

    def refuse_repeated(self, *key: str, column: str, reason: str) -> int:
        """Refuse every row whose key another row of the file has too."""
        names = ", ".join(map(connection.ops.quote_name, key))
        repeated = f"SELECT {names} FROM staged GROUP BY {names} HAVING count(*) > 1"  # noqa: S608
        return self.refuse(f"({names}) IN ({repeated})", column=column, reason=reason)

    def rows(self) -> int:
        """Return how many rows the file has."""
        [(rows,)] = self.fetch(
            "SELECT (SELECT count(*) FROM staged) + (SELECT count(*) FROM unreadable)"
        )
        return int(rows)

    def refused(self) -> int:
        """Return how many rows are refused so far."""
        [(unreadable,)] = self.fetch("SELECT count(*) FROM unreadable")
        return self.count("reason IS NOT NULL") + int(unreadable)

    def tally(self) -> Counts:
        """Count the good rows by what `outcome` says became of them."""
        outcomes = self.fetch(
            "SELECT outcome, count(*) FROM staged WHERE reason IS NULL GROUP BY outcome"
        )
        return Counts(**dict(outcomes))


def analyze(*tables: str) -> None:
    """Tell the planner what these tables hold."""
    if tables:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


@contextmanager
def stage(table: Table, kind: ImportKind, report: Progress = silent) -> Iterator[Staged]:
    """Copy the rows of a table into `staged`, which goes when the block ends."""
    staged = Staged(columns=tuple(table.columns), known=kind.columns)
    _create(staged)
    try:
        _copy(staged, table.rows, report)
        staged.analyze()
        yield staged
    finally:
        if not connection.needs_rollback:
            staged.execute(DROP)
            staged.execute("RESET work_mem; RESET jit")


@contextmanager
def part(
    columns: Sequence[str], rows: str, params: Params = (), *, known: Sequence[str]
) -> Iterator[Staged]:
    """
    Stage rows that are written inside the staged rows, as a kind of their own.

    Meanwhile `whole` and `whole_path` are what `staged` and `staged_path` were. If the block
    fails, the import does, and nothing is put back.

    Args:
        columns: that the rows have, of those that the kind knows.
        rows: a query of the line and then these columns.
    """
    staged = Staged(columns=tuple(columns), known=tuple(known))
    staged.execute("ALTER TABLE staged RENAME TO whole")
    staged.execute("ALTER TABLE IF EXISTS staged_path RENAME TO whole_path")
    _create_staged(staged)
    names = sql.SQL(", ").join(map(sql.Identifier, ("line", *columns)))
    staged.execute(sql.SQL("INSERT INTO staged ({}) {}").format(names, sql.SQL(rows)), params)
    staged.analyze()
    yield staged
    staged.execute("DROP TABLE IF EXISTS staged, staged_path, staged_prediction")
    staged.execute("ALTER TABLE whole RENAME TO staged")
    staged.execute("ALTER TABLE IF EXISTS whole_path RENAME TO staged_path")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other import is between its checks and its writes."""
    _ask("SELECT pg_advisory_lock(%s)")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _ask("SELECT pg_advisory_unlock(%s)")


def _ask(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, [IMPORT_LOCK])


def _create(staged: Staged) -> None:
    staged.execute(DROP)
    # Sorts and hashes of 10^5 rows stay in memory; the server's default sends them to disk.
    staged.execute("SET work_mem = '64MB'")
    # Each statement runs once: compiling it takes longer than it saves.
    staged.execute("SET jit = off")
    _create_staged(staged)
    staged.execute(
        "CREATE TEMPORARY TABLE unreadable (line integer NOT NULL, reason text NOT NULL,"
        " cells text NOT NULL)"
    )


def _create_staged(staged: Staged) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} text NOT NULL DEFAULT ''").format(sql.Identifier(name)) for name in staged.known
    )
    statement = sql.SQL(
        "CREATE TEMPORARY TABLE staged (line integer NOT NULL, {},"
        " extra jsonb NOT NULL DEFAULT '{{}}', reason text, refused_column text,"
        " sample_pk bigint, category_pk bigint, person_pk bigint, target_pk bigint,"
        " moment timestamptz, outcome text NOT NULL DEFAULT 'added')"
    ).format(columns)
    staged.execute(statement)


def _copy(staged: Staged, rows: Iterator[Row], report: Progress) -> None:
    known = [name for name in staged.columns if name in staged.known]
    places = [staged.columns.index(name) for name in known]
    extras = [
        (place, name)
        for place, name in enumerate(staged.columns)
        if name not in staged.known and name not in IGNORED
    ]
    done = 0
    while batch := list(itertools.islice(rows, ROWS_AT_ONCE)):
        good = (row for row in batch if not row.reason)
        _send("staged", (*known, "extra"), (_values(row, places, extras) for row in good))
        bad = (row for row in batch if row.reason)
        _send("unreadable", ("reason", "cells"), (_unreadable(row) for row in bad))
        done += len(batch)
        report("reading", done, 0)


def _values(row: Row, places: list[int], extras: list[tuple[int, str]]) -> list[str | int]:
    cells = row.cells
    extra = {name: cells[place] for place, name in extras if cells[place]}
    return [row.line, *[cells[place] for place in places], as_json(extra) if extra else "{}"]


def _unreadable(row: Row) -> list[str | int]:
    cells = [cell.replace("\0", "\u2400") for cell in row.cells]  # the visible sign for it
    return [row.line, row.reason, as_json(cells)]


def _send(table: str, columns: Sequence[str], rows: Iterable[list[str | int]]) -> None:
    text = io.StringIO()
    # Everything is quoted, so that no cell can be read as NULL or as the end of the data.
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    if not text.tell():
        return
    text.seek(0)
    names = sql.SQL(", ").join(map(sql.Identifier, ("line", *columns)))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), names)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, text)
