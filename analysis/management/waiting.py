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
STEPS = 10  # lines a stage, so that a long training does not fill the screen

Say = Callable[[str], object]
Told = tuple[str, int]
NOTHING: Told = ("", 0)


def wait(job: Job, say: Say) -> Job:
    """
    Say how far the job is until it has ended, and return it.

    Raises:
        CommandError: it failed or was cancelled.
    """
    ended = threading.Event()
    told = NOTHING
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
    told = NOTHING
    try:
        while not ended.wait(LOOK_EVERY):
            told = _tell(Job.objects.get(pk=job_id), say, told)
    finally:
        connection.close()


def _tell(job: Job, say: Say, told: Told) -> Told:
    """Say where the job is unless nearly the same was said last; return what was said."""
    stage = job.stage or job.get_state_display()
    now = (stage, STEPS * job.done // job.total if job.total else 0)
    if now != told:
        say(f"{stage} {job.done:,}/{job.total:,}" if job.total else stage)
    return now
