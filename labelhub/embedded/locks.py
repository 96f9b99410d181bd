"""Locks between processes: an flock is let go by the kernel however its holder ends."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelhub.embedded import family
from labelhub.embedded.refusal import Refusal

STOPPED_WITHIN = 90.0  # seconds: workers get 30, then PostgreSQL gets 30

STOPPED_WITHIN = 90.0  # seconds: workers get 30, then PostgreSQL gets 30


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for a lock on this file or folder, which others of its holders wait for."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Share:
    """One of the users of a thing; the last one to leave is told so."""

    def __init__(self, path: Path) -> None:
        self._handle = _open(path)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Let go, and say whether nobody else holds a share. Call under a lock."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            self.end()

    def end(self) -> None:
        """Let go without asking who is left."""
        os.close(self._handle)


class Instance:
    """
    The one `./run up` of a data folder, and the address at which it answers.

    The guardian inherits `handle`: the lock is free again when the last process has ended.
    """

    def __init__(self, path: Path, *, address: str) -> None:
        self.handle = _open(path)
        deadline = time.monotonic() + STOPPED_WITHIN
        while not self._is_ours():
            _refuse_if_running(path)
            if time.monotonic() > deadline:
                raise Refusal("An earlier LabelHub of this data folder does not finish stopping.")
            time.sleep(0.2)
        os.ftruncate(self.handle, 0)
        os.write(self.handle, json.dumps({"address": address, "pid": os.getpid()}).encode())

    def _is_ours(self) -> bool:
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _refuse_if_running(path: Path) -> None:
    """Refuse where the holder lives; if it was killed, its guardian is about to let go."""
    try:
        running = json.loads(path.read_text())
    except ValueError:  # it is just starting
        return
    if family.is_alive(running["pid"]):
        where = f"at {running['address']} (process {running['pid']})"
        raise Refusal(f"LabelHub is already running {where}.")


def _open(path: Path) -> int:
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    return os.open(path, flags, 0o600)
