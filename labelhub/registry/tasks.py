"""What workers carry out for the registry; each body reads its rows and calls one service."""

from __future__ import annotations

from labelhub.jobs.models import Job
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import predictions, training


def train(job: RunningJob, *, run_id: int) -> None:
    """Carry out a run."""
    training.carry_out(run_id=run_id, job=job)


def predict(job: RunningJob, *, version_id: int, round_id: int) -> None:
    """Let a version predict a round."""
    predictions.predict(
        version=ModelVersion.objects.get(pk=version_id),
        round=Round.objects.get(pk=round_id),
        job=job,
        since=Job.objects.get(pk=job.job_id).created_at,
    )
