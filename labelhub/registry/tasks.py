"""What workers carry out for the registry; each body reads its rows and calls one service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from labelhub.jobs.models import Job
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import (
    climbing,
    corpus_uploads,
    predictions,
    priorities,
    searching,
    suggestions,
    training,
    versions,
)
from mlcore.text.word_list import WordList


def import_corpus(
    job: RunningJob,
    *,
    path: str,
    name: str,
    encoding: str,
    keep_good: bool,
    images: str = "",
    words: Sequence[str] = (),
) -> None:
    """Make a corpus out of an uploaded file, and of the zip of its pictures if there is one."""
    row = Job.objects.select_related("asked_by").get(pk=job.job_id)
    corpus_uploads.carry_out(
        path=Path(path),
        name=name,
        encoding=encoding,
        keep_good=keep_good,
        images=Path(images) if images else None,
        words=WordList(tuple(words)),
        by=row.asked_by,
        now=row.created_at,
        job=job,
    )


def train(job: RunningJob, *, run_id: int) -> None:
    """Carry out a run."""
    training.carry_out(run_id=run_id, job=job)


def search(job: RunningJob, *, search_id: int) -> None:
    """Search settings, as the first of the workers."""
    searching.carry_out(search_id=search_id, job=job)


def search_along(job: RunningJob, *, search_id: int, worker: int) -> None:
    """Search settings, as a further worker."""
    searching.help_out(search_id=search_id, worker=worker, job=job)


def ladder(job: RunningJob, *, ladder_id: int) -> None:
    """Climb a ladder."""
    climbing.carry_out(ladder_id=ladder_id, job=job)


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
    priorities.follow(version)


def prioritise(job: RunningJob, *, version_id: int) -> None:
    """Show first what the version that went live is least sure of."""
    version = ModelVersion.objects.get(pk=version_id)
    job.finish(samples=priorities.write(version=version, writing=job.writing, report=job.report))


def suggest(job: RunningJob, *, round_id: int) -> None:
    """Write the suggestions of a new assisted round; without a version there are none yet."""
    try:
        version = versions.chosen(name=None)
    except versions.NoVersion:
        return
    with job.writing():
        suggestions.write(round=Round.objects.get(pk=round_id), version=version)
