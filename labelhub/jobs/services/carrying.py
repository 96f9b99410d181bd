"""
Carry a job out, once.

The attempt number is the fence: taking a job raises it, and every later write of that attempt
asks first whether it is still the job's number and the lease still runs. A worker that was
stopped and wakes up after its lease therefore writes nothing.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from labelhub.errors import DomainError
from labelhub.jobs import kinds
from labelhub.jobs.models import MOST_ATTEMPTS, Job, JobQuerySet
from mlcore.progress import BadInput, Cancelled

log = logging.getLogger(__name__)

REPORT_EVERY = 0.5  # seconds between two writes of progress; people see no finer step


class LeaseLost(Exception):
    """Another attempt carries the job now; this one must not write any more."""


@dataclass
class RunningJob:
    """What the body of a job may ask and tell while it works; see the module for the fence."""

    job_id: int
    attempt: int
    asked_by_id: int | None
    _stage: str = ""
    _reported: float = 0.0
    _cancel_seen: threading.Event = field(default_factory=threading.Event)
    _lost: threading.Event = field(default_factory=threading.Event)

    def report(self, stage: str = "", done: int = 0, total: int = 0) -> None:
        """Show how far the work is. Calls within half a second of the last are dropped."""
        self.check()
        now = timezone.now().timestamp()
        is_new_stage = stage != self._stage
        is_last = total > 0 and done >= total
        if not (is_new_stage or is_last) and now - self._reported < REPORT_EVERY:
            return
        values: dict[str, Any] = {
            "stage": stage,
            "done": min(done, total),
            "total": total,
        }
        if is_new_stage:
            values["stage_started_at"] = Now()
        self._write(**values)
        self._stage, self._reported = stage, now

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop (known within a lease renewal, ~2 s)."""
        return self._cancel_seen.is_set()

    def check(self) -> None:
        """Raise `LeaseLost` or `Cancelled` where the work must stop."""
        if self._lost.is_set():
            raise LeaseLost
        if self.is_cancelled():
            raise Cancelled

    @contextmanager
    def writing(self) -> Iterator[None]:
        """
        Open a transaction in which this attempt, and no other, may write.

        The job's row stays locked until the commit, so no other attempt can begin between
        the check and the last write.

        Raises:
            LeaseLost: another attempt has the job, or the lease has run out.
        """
        with transaction.atomic():
            if not self._mine().select_for_update().exists():
                self._lost.set()
                raise LeaseLost
            yield
            # Still ours, because the row is locked, however long the body took.
            Job.objects.filter(pk=self.job_id).update(lease_expires_at=Now() + settings.JOB_LEASE)

    def finish(self, **result: Any) -> None:
        """Keep what the job made, for the page that asked for it."""
        self._write(result=result)

    def _write(self, **values: Any) -> None:
        if not self._mine().update(**values):
            self._lost.set()
            raise LeaseLost

    def _mine(self) -> JobQuerySet:
        return Job.objects.carried_by(attempt=self.attempt).filter(pk=self.job_id)


def carry_out(job_id: int) -> None:
    """Take the job if nobody carries it, run its body, and write how it ended."""
    running = take(job_id)
    if running is None:
        return
    with _lease_renewed(running):
        _run(running)


@transaction.atomic
def take(job_id: int) -> RunningJob | None:
    """Start an attempt, or return None when the job has ended or another worker carries it."""
    job = Job.objects.to_carry().select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return None
    if job.cancel_requested_at:
        _close(job, Job.State.CANCELLED)
        return None
    if job.attempts - job.attempts_before_retry >= MOST_ATTEMPTS:
        _close(job, Job.State.FAILED)
        return None
    Job.objects.filter(pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=job.attempts + 1,
        lease_expires_at=Now() + settings.JOB_LEASE,
        started_at=job.started_at or Now(),
        stage_started_at=Now(),
        stage="",
        done=0,
        total=0,
    )
    return RunningJob(job_id=job.pk, attempt=job.attempts + 1, asked_by_id=job.asked_by_id)


def _close(job: Job, state: str) -> None:
    lost = _("The worker was lost %(times)d times while on this job.") % {"times": MOST_ATTEMPTS}
    reason = job.error or lost
    Job.objects.filter(pk=job.pk).update(
        state=state,
        error=reason if state == Job.State.FAILED else "",
        finished_at=Now(),
        lease_expires_at=None,
    )


def _run(running: RunningJob) -> None:
    job = Job.objects.get(pk=running.job_id)
    try:
        kinds.get(job.kind).load()(running, **job.params)
    except LeaseLost:
        log.warning("job %s: attempt %s lost its lease", job.pk, running.attempt)
    except Cancelled:
        _end(running, Job.State.CANCELLED)
    except (DomainError, BadInput) as refusal:
        _end(running, Job.State.FAILED, error=str(refusal))
    except OperationalError as fault:
        _postpone(running, fault)
    except Exception as bug:
        log.exception("job %s failed", job.pk)
        _end(running, Job.State.FAILED, error=_reason(bug))
    else:
        _end(running, Job.State.DONE)


def _end(running: RunningJob, state: str, error: str = "") -> None:
    values: dict[str, Any] = {"state": state, "error": error, "finished_at": Now()}
    if state == Job.State.DONE:
        values["done"] = F("total")
    running._mine().update(**values)


def _postpone(running: RunningJob, fault: OperationalError) -> None:
    """Leave the job to the next ring: the database went away, which passes."""
    log.warning("job %s: database fault, will be carried on: %s", running.job_id, fault)
    connection.close()
    try:
        running._mine().update(
            state=Job.State.WAITING,
            lease_expires_at=None,
            error=f"Database fault: {fault}",
        )
    except OperationalError:
        log.warning("job %s: the lease will run out instead", running.job_id)


def _reason(bug: Exception) -> str:
    last = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{type(bug).__name__}: {bug} ({last.name}, line {last.lineno})"


@contextmanager
def _lease_renewed(running: RunningJob) -> Iterator[None]:
    """Renew the lease from a thread while the body works, and look for a wish to cancel."""
    ended = threading.Event()
    thread = threading.Thread(target=_renew, args=(running, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew(running: RunningJob, ended: threading.Event) -> None:
    # A wish to cancel is seen as often: within two seconds of the default lease.
    every = settings.JOB_LEASE.total_seconds() / 15
    while not ended.wait(every):
        try:
            mine = running._mine()
            if not mine.update(lease_expires_at=Now() + settings.JOB_LEASE):
                running._lost.set()
                break
            if mine.filter(cancel_requested_at__isnull=False).exists():
                running._cancel_seen.set()
        except OperationalError:
            connection.close()
    connection.close()
