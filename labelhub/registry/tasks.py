"""What workers carry out for the registry; each body reads its rows and calls one service."""

from __future__ import annotations

from labelhub.jobs.models import Job
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import predictions, suggestions, training, versions


def train(job: RunningJob, *, run_id: int) -> None:
    """Carry out a run."""
    training.carry_out(run_id=run_id, job=job)


def predict(job: RunningJob, *, version_id: int, round_id: int) -> None:
    """Let a version predict a round."""
    round = Round.objects.get(pk=round_id)
    version = ModelVersion.objects.get(pk=version_id)
    predictions.predict(
        version=version,
        round=round,
        job=job,
        since=Job.objects.get(pk=job.job_id).created_at,
    )
    if not round.is_blind:
        with job.writing():
            suggestions.write(round=round, version=version)


def suggest(job: RunningJob, *, round_id: int) -> None:
    """Write the suggestions of a new assisted round; without a version there are none yet."""
    try:
        version = versions.chosen(name=None)
    except versions.NoVersion:
        return
    with job.writing():
        suggestions.write(round=Round.objects.get(pk=round_id), version=version)
