"""The catalogue's work in the background."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_noop

from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import imports, uploads
from labelhub.jobs.services.carrying import RunningJob

# What the progress of an import says; the page translates it.
STAGES = (
    gettext_noop("reading"),
    gettext_noop("checking"),
    gettext_noop("storing images"),
    gettext_noop("writing"),
    gettext_noop("drawing the round"),
    gettext_noop("settling the consensus"),
)


def import_file(job: RunningJob, *, batch_id: int) -> None:
    """Import an uploaded file; refused rows end the import, not the job."""
    batch = ImportBatch.objects.select_related("by").get(pk=batch_id)
    path = Path(batch.stored_as)
    imports.carry_out(
        batch=batch, path=path, now=timezone.now(), report=job.report, writing=job.writing
    )
    uploads.forget(batch)


def forget_uploads(job: RunningJob) -> None:
    """Delete uploaded files that nobody will import any more."""
    uploads.forget_old(now=timezone.now())
