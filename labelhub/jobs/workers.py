"""A worker says every few seconds that it is alive, so that `/readyz` can tell."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from typing import Any

from celery.signals import worker_process_init, worker_ready, worker_shutting_down
from django.db import DatabaseError, connection
from django.utils import timezone

BEAT_EVERY = 5.0  # seconds
SILENT_AFTER = timedelta(seconds=20)  # four beats missed
STOPPED_WORKER_TIMEOUT_MS = 30_000  # a stopped process must not hold locks past its lease

_ended = threading.Event()


@worker_ready.connect
def start_beating(sender: Any, **kwargs: Any) -> None:
    queues = sender.app.amqp.queues.consume_from
    name = f"{sender.hostname}:{os.getpid()}"
    threading.Thread(target=_beat, args=(name, next(iter(queues), "")), daemon=True).start()


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


def alive_queues() -> set[str]:
    """Return the queues that a living worker consumes."""
    from labelhub.jobs.models import Worker

    alive = Worker.objects.filter(seen_at__gt=timezone.now() - SILENT_AFTER)
    return set(alive.values_list("queue", flat=True))
