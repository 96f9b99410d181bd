"""What `--wait` does: follow a job to its end, or do its work where no worker lives."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.core.management.base import CommandError
from django.db import connection

from labelhub.jobs import kinds, workers
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying

LOOK_EVERY = 1.0  # seconds

Say = Callable[[str], object]


def wait(job: Job, say: Say) -> Job:
    """
    Say how far the job is until it has ended, and return it.

    Raises:
        CommandError: it failed or was cancelled.
    """
    ended = threading.Event()
    told = ""
    while not job.is_finished:
        if job.state == Job.State.WAITING and not _has_worker(job):
            _carry_out_here(job, say)
        told = _tell(job, say, told)
        ended.wait(LOOK_EVERY)
        job.refresh_from_db()
    _tell(job, say, told)
    if job.state != Job.State.DONE:
        raise CommandError(job.error or job.get_state_display())
    return job


def _has_worker(job: Job) -> bool:
    return kinds.get(job.kind).queue in workers.alive_queues()


def _carry_out_here(job: Job, say: Say) -> None:
    say("No worker is running, so this process does the work.")
    ended = threading.Event()
    teller = threading.Thread(target=_follow, args=(job.pk, say, ended), daemon=True)
    teller.start()
    try:
        carrying.carry_out(job.pk)
    finally:
        ended.set()
        teller.join()
    job.refresh_from_db()


def _follow(job_id: int, say: Say, ended: threading.Event) -> None:
    told = ""
    try:
        while not ended.wait(LOOK_EVERY):
            told = _tell(Job.objects.get(pk=job_id), say, told)
    finally:
        connection.close()


def _tell(job: Job, say: Say, told: str) -> str:
    """Say where the job is unless that was said last, and return what was said."""
    progress = f" {job.done:,}/{job.total:,}" if job.total else ""
    line = f"{job.stage or job.get_state_display()}{progress}"
    if line != told:
        say(line)
    return line
