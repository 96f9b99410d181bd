"""A worker says every few seconds that it is alive, so that `/readyz` can tell."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from datetime import timedelta
from typing import Any

from celery.signals import worker_process_init, worker_ready, worker_shutting_down
from django.db import DatabaseError, connection
from django.utils import timezone

log = logging.getLogger(__name__)

BEAT_EVERY = 5.0  # seconds
LOOK_EVERY = 1.0  # seconds
SILENT_AFTER = timedelta(seconds=20)  # four beats missed
STOPPED_WORKER_TIMEOUT_MS = 30_000  # a stopped process must not hold locks past its lease

_ended = threading.Event()


@worker_ready.connect
def start_beating(sender: Any, **kwargs: Any) -> None:
    queues = sender.app.amqp.queues.consume_from
    name = f"{sender.hostname}:{os.getpid()}"
    threading.Thread(target=_beat, args=(name, next(iter(queues), "")), daemon=True).start()
    threading.Thread(target=_watch_children, args=(sender.pool,), daemon=True).start()


@worker_shutting_down.connect
def stop_beating(**kwargs: Any) -> None:
    _ended.set()


@worker_process_init.connect
def end_idle_transactions(**kwargs: Any) -> None:
    """
    Make the server end a transaction that idles longer than a lease.

    A worker stopped (SIGSTOP, a paused machine) inside `RunningJob.writing` holds the job's
    row; without this the next attempt would wait for it forever.
    """
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options["options"] = f"-c idle_in_transaction_session_timeout={STOPPED_WORKER_TIMEOUT_MS}"


def _beat(name: str, queue: str) -> None:
    from labelhub.jobs.models import Worker

    while not _ended.is_set():
        try:
            now = timezone.now()
            Worker.objects.update_or_create(name=name, defaults={"queue": queue, "seen_at": now})
            Worker.objects.filter(seen_at__lt=now - timedelta(hours=1)).delete()
        except DatabaseError:
            connection.close()
        _ended.wait(BEAT_EVERY)
    connection.close()


def _watch_children(pool: Any) -> None:
    """
    End the worker, so that it is started again, when one of its children was killed.

    On brokers without an event loop the children share a lock; one that is killed while it
    waits takes the lock with it, and the pool would never work again.
    """
    born = _children(pool)
    while not _ended.wait(LOOK_EVERY):
        if not born <= _children(pool):
            log.error("a child of this worker was killed; the worker starts again")
            _end_at_once(pool)


def _end_at_once(pool: Any) -> None:
    """Leave without Celery's own shutdown, which waits for the lost lock too."""
    for child in _children(pool):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os._exit(1)


def _children(pool: Any) -> set[int]:
    return {process.pid for process in getattr(pool._pool, "_pool", [])}


def alive_queues() -> set[str]:
    """Return the queues that a living worker consumes."""
    from labelhub.jobs.models import Worker

    alive = Worker.objects.filter(seen_at__gt=timezone.now() - SILENT_AFTER)
    return set(alive.values_list("queue", flat=True))
