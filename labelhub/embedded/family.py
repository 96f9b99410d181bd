"""Processes that end together, asked by their numbers: we need not be their parent."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 30.0  # seconds that a worker has to finish or put down its job
LOOK_EVERY = 0.05  # seconds


def is_alive(pid: int) -> bool:
    """Say whether a process exists and has not merely been left unburied by its parent."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def signal_process(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def kill_group(group: int) -> None:
    """Kill what is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def ask(leaders: Iterable[int]) -> None:
    """
    Ask process groups to end, through their leaders.

    Only the leader is asked, because a Celery worker that gets TERM lets its children finish,
    while a child that gets TERM dies in the middle of its job.
    """
    for leader in leaders:
        signal_process(leader, signal.SIGTERM)
        signal_process(leader, signal.SIGCONT)  # a stopped process cannot hear the first


def wait_for(pids: Iterable[int], seconds: float) -> bool:
    """Wait until these processes are gone; say whether they went in time."""
    waited_for = list(pids)
    deadline = time.monotonic() + seconds
    while any(map(is_alive, waited_for)):
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_EVERY)
    return True


def _is_zombie(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:  # no /proc (macOS), or gone since
        return False
    return status.rpartition(b")")[2].split()[0] == b"Z"
