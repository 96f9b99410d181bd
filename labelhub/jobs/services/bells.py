"""Ring again for jobs whose message or worker was lost."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from labelhub.jobs import kinds
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs


@transaction.atomic
def ring_again(*, now: datetime) -> int:
    """
    Ring for every job that no worker carries, and return how many.

    A job rung within half a lease is on its way. A ring too many is harmless, because
    `carrying.take` lets one worker in; waiting only keeps a long queue from being filled
    with the same ids every few seconds. Jobs of a kind that only another release knows wait for
    that release.
    """
    known = Job.objects.to_carry().filter(kind__in=kinds.names())
    lost = known.filter(rung_at__lte=now - settings.JOB_LEASE / 2)
    silent = list(lost.select_for_update(skip_locked=True).order_by("pk"))
    for job in silent:
        jobs.ring(job)
    Job.objects.filter(pk__in=[job.pk for job in silent]).update(rung_at=now)
    return len(silent)
