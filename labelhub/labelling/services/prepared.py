"""
Statements that the database plans once a connection.

An answer is three statements that find a handful of rows; planning them anew takes the database
longer than carrying them out. `PREPARE` lives as long as its connection, so a pooler between
LabelHub and PostgreSQL has to lend connections by session.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MOST_KEPT = 100  # of a connection; each filter of the queue makes a statement of its own

# The names of what each connection has prepared.
_known: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


def execute(
    cursor: CursorWrapper, statement: str, types: Mapping[str, str], params: Mapping[str, Any]
) -> None:
    """
    Execute a statement with named parameters, prepared when the connection meets it first.

    Args:
        types: PostgreSQL's type of each parameter that the statement names.
    """
    name, prepare, call = _texts(statement, tuple(types.items()))
    known = _known.setdefault(connection.connection, set())
    if name not in known:
        if len(known) >= MOST_KEPT:
            cursor.execute(statement, params)
            return
        cursor.execute(prepare)
        known.add(name)
    cursor.execute(call, params)


@lru_cache(maxsize=64)
def _texts(statement: str, types: tuple[tuple[str, str], ...]) -> tuple[str, str, str]:
    kinds = dict(types)
    names = list(dict.fromkeys(PLACEHOLDER.findall(statement)))
    numbered = PLACEHOLDER.sub(lambda found: f"${names.index(found.group(1)) + 1}", statement)
    name = "labelhub_" + hashlib.sha256(statement.encode()).hexdigest()[:16]
    declared = ", ".join(kinds[each] for each in names)
    given = ", ".join(f"%({each})s" for each in names)
    return name, f"PREPARE {name} ({declared}) AS {numbered}", f"EXECUTE {name} ({given})"
