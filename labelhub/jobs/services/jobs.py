"""Ask for a job, cancel it, ask again. What a worker does with it is in `carrying`."""

from __future__ import annotations

import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from labelhub.accounts.models import User
from labelhub.celery import app
from labelhub.errors import DomainError
from labelhub.jobs import kinds
from labelhub.jobs.models import Job

CARRY_OUT = "labelhub.jobs.tasks.carry_out"  # by name: services know no tasks

log = logging.getLogger(__name__)


class NotCancellable(DomainError):
    """The job has ended already."""


class NotRetryable(DomainError):
    """The job has not failed."""


def enqueue(kind: str, *, by: User | None, key: str = "", **params: Any) -> Job:
    """
    Write the row of a job and ring for a worker when the transaction commits.

    With a `key`, a job of that kind and key that is still unfinished is returned instead
    of a second one, so that a double click asks once.
    """
    kinds.get(kind)  # an unknown kind fails here, not in a worker
    now = timezone.now()
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                key=key,
                params=params,
                asked_by=by,
                created_at=now,
                rung_at=now,
            )
    except IntegrityError:
        running = Job.objects.unfinished().filter(kind=kind, key=key).order_by("pk").first()
        if running is None:
            raise
        return running
    ring(job)
    return job


def ring(job: Job) -> None:
    """Send the job's id to its queue when the transaction commits."""
    job_id, queue = job.pk, kinds.get(job.kind).queue

    def send() -> None:
        try:
            app.send_task(CARRY_OUT, args=[job_id], queue=queue, retry=False)
        except (BrokerError, OSError):
            # Nobody waits for the broker: `ring_again` rings until a worker has the job.
            log.warning("job %s: the broker does not answer; it will be rung again", job_id)

    transaction.on_commit(send)


@transaction.atomic
def cancel(job: Job) -> None:
    """
    Ask a job to stop. A waiting job is cancelled at once, a running one within seconds.

    Raises:
        NotCancellable: it has ended already.
    """
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
    if waiting.update(state=Job.State.CANCELLED, finished_at=now, cancel_requested_at=now):
        return
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    if not running.update(cancel_requested_at=now):
        raise NotCancellable(_("This job has ended already; there is nothing to cancel."))


@transaction.atomic
def retry(job: Job) -> None:
    """
    Run a failed or cancelled job again, with a fresh count of attempts left.

    The attempt number goes on counting, because it fences late writers of earlier attempts.

    Raises:
        NotRetryable: it is neither failed nor cancelled, or nobody knows its kind any more.
    """
    if not kinds.is_known(job.kind):
        raise NotRetryable(_("This release does not know this kind of job any more."))
    now = timezone.now()
    ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    changed = ended.update(
        state=Job.State.WAITING,
        error="",
        stage="",
        done=0,
        total=0,
        finished_at=None,
        cancel_requested_at=None,
        lease_expires_at=None,
        attempts_before_retry=F("attempts"),
        rung_at=now,
    )
    if not changed:
        raise NotRetryable(_("Only a job that failed or was cancelled can be run again."))
    ring(job)
