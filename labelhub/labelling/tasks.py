"""The jobs of labelling."""

from __future__ import annotations

from django.utils import timezone

from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Source
from labelhub.labelling.services import checks, consensus


def settle_consensus(job: RunningJob, *, source: str | None = None) -> None:
    """Write the consensus of all samples, of one source or of each."""
    for each in [source] if source else Source.values:
        consensus.settle(source=each, now=timezone.now(), writing=job.writing, report=job.report)


def renew_checks(job: RunningJob) -> None:
    """Make hidden checks of what was judged twice since, and end those that are over."""
    now = timezone.now()
    with job.writing():
        checks.make(now=now)
        checks.retire(now=now)
