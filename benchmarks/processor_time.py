"""How much processor time a family of processes has used, from /proc."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PARENT, USER, SYSTEM, REAPED_USER, REAPED_SYSTEM = 1, 11, 12, 13, 14  # after the name in `stat`


def of_family(leader: int) -> float:
    """Return the seconds of a process, of all below it, and of those that have ended below it."""
    table = _table()
    seconds = 0.0
    waiting = [leader]
    while waiting:
        pid = waiting.pop()
        if pid in table:
            seconds += sum(table[pid][column] for column in (USER, SYSTEM)) / TICK
            seconds += sum(table[pid][column] for column in (REAPED_USER, REAPED_SYSTEM)) / TICK
        waiting += [child for child, row in table.items() if row[PARENT] == pid]
    return seconds


def parent_of(pid: int) -> int:
    """Return the process that started this one."""
    return _table()[pid][PARENT]


def _table() -> dict[int, list[int]]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text()
            except OSError:  # it has ended
                continue
            columns = text[text.rindex(")") + 2 :].split()
            found[int(folder.name)] = [0 if n == 0 else int(c) for n, c in enumerate(columns)]
    return found
