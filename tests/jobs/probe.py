"""A Celery application with one more kind of job, slow enough to be killed in the middle."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from labelhub.celery import app
from labelhub.jobs import kinds

if TYPE_CHECKING:
    from labelhub.jobs.services.carrying import RunningJob

__all__ = ["app"]


def count_slowly(job: RunningJob, *, steps: int, pause: float) -> None:
    """Write one entry a step, going on where an earlier attempt stopped."""
    from django.utils import timezone

    from labelhub.accounts.models import AuditEntry

    for step in range(steps):
        time.sleep(pause)
        with job.writing():
            if AuditEntry.objects.filter(verb="probe", target_id=str(step)).exists():
                continue
            AuditEntry.objects.create(
                verb="probe", target_id=str(step), at=timezone.now(), details={"by": job.attempt}
            )
        job.report("counting", step + 1, steps)


kinds.register(kinds.Kind("probe", "tests.jobs.probe.count_slowly", "Probe"))
