"""The jobs of labelling."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from labelhub.accounts.services import retention
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Source
from labelhub.labelling.services import checks, consensus, forgetting


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


def forget(job: RunningJob) -> None:
    """Delete what is known about people and whose time is over, as the notice promises."""
    now = timezone.now()
    with job.writing():
        logins = retention.forget_logins(older_than=settings.KEEP_LOGINS, now=now)
        names = retention.forget_names(older_than=settings.KEEP_NAMES, now=now)
        outcomes = forgetting.forget_checks(older_than=settings.KEEP_CHECKS, now=now)
    job.finish(logins=logins, names=names, checks=outcomes)
