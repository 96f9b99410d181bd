"""
The broker of one machine: messages are files in the data folder.

kombu's own transport writes a message into the file that readers look for, so that a reader can
find it empty and the worker ends. Here a message appears under its name only when it is whole,
and what a full disk or a kill left half-written is passed over: the job's row is rung again.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

log = logging.getLogger(__name__)

SCHEME = "folder"
TRIES, PAUSE = 20, 0.05  # seconds between two looks at a table that another process writes


class Channel(filesystem.Channel):  # type: ignore[misc]  # kombu has no types
    """A channel whose messages appear whole or not at all."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        # Readers sort by name; without the zeros 10 would come before 9.
        name = f"{time.monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out) / name
        draft = path.with_suffix(".draft")
        draft.write_bytes(str_to_bytes(dumps(payload)))
        draft.replace(path)

    def _get(self, queue: str) -> Any:
        try:
            return super()._get(queue)
        except ValueError:
            log.warning("a message was not whole; its job will be rung again")
            raise Empty from None

    def get_table(self, exchange: str) -> Any:
        return self._patiently(exchange, lambda: super(Channel, self).get_table(exchange))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bind = super()._queue_bind
        self._patiently(exchange, lambda: bind(exchange, routing_key, pattern, queue))

    def _patiently(self, exchange: str, read: Callable[[], Any]) -> Any:
        """Read a table of queues that another process may be writing just now."""
        for _ in range(TRIES):
            try:
                return read()
            except ValueError:
                time.sleep(PAUSE)
        # Nobody is writing: a process died on it. Each worker binds its queue at its start.
        self._exchange_file(exchange).unlink(missing_ok=True)
        return read()


class Transport(filesystem.Transport):  # type: ignore[misc]
    """kombu's transport over files, with channels that write whole messages."""

    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{Transport.__name__}"
