"""
Carry a run out: dataset, network, artifact folder, version.

Only the ml worker calls this. TensorFlow is imported inside `_fit` and nowhere above it.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Dataset, ModelVersion, Run
from labelhub.registry.services import datasets, folders, run_pictures, sample_names
from mlcore.corpus.pieces import dataset_pieces
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import TrainingConfig

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """What a training reports, as JSON values; the network itself lies in a folder."""

    scores: dict[str, Any]
    history: list[dict[str, Any]]
    fingerprint: str


def carry_out(*, run_id: int, job: RunningJob) -> None:
    """
    Train and leave a candidate version; do nothing when the run has its version already.

    Killed anywhere and carried out again, it goes on after the last finished epoch and leaves
    one version: the folder is built aside, and takes its name in the transaction that writes
    the row.
    """
    run = Run.objects.select_related("corpus").get(pk=run_id)
    if ModelVersion.objects.filter(run=run).exists():
        return
    job.report("curate")
    dataset = _dataset(run, job)
    folder = folders.version_folder(run.version_name)
    folders.clear_drafts_of(folder)
    with folders.draft_of(folder) as draft:
        fitted = _fit(run, dataset, draft, job)
        with job.writing():
            _record(run, fitted)
            folders.put_in_place(draft, folder)
    job.finish(version=run.version_name)


def _dataset(run: Run, job: RunningJob) -> Dataset:
    rules = [ExclusionRule.from_record(record) for record in run.rules]
    dataset = datasets.freeze(
        corpus=run.corpus,
        rules=rules,
        list_version=run.list_version,
        relabelled=run.relabelled,
        plan=CurationPlan.from_record(run.plan),
        now=timezone.now(),
        writing=job.writing,
        progress=job.report,
        is_cancelled=job.is_cancelled,
    )
    with job.writing():
        Run.objects.filter(pk=run.pk).update(dataset=dataset)
    return dataset


def _fit(run: Run, dataset: Dataset, folder: Path, job: RunningJob) -> Fitted:
    # TensorFlow takes ten seconds and 670 MB: only a worker that trains pays for it.
    from mlcore.training.fit import fit_and_export

    rows, work = datasets.files(dataset), folders.training_folder(run.pk)
    config = TrainingConfig.from_record(run.config)
    names = sample_names.split(run=run, rows=rows, work=work, job=job)
    with run_pictures.seen(
        corpus=run.corpus, rows=dataset_pieces(rows), config=config, folder=work, job=job
    ) as pictures:
        result = fit_and_export(
            rows,
            config,
            folder,
            pictures=pictures,
            work=work,
            confirmed=run.confirmed,
            unlabelled=names or (),
            progress=job.report,
            is_cancelled=job.is_cancelled,
        )
        scores = {**result.scores, **run_pictures.report(pictures)}
    history = [asdict(figures) for figures in result.history]
    return Fitted(scores, history, result.fingerprint)


def _record(run: Run, fitted: Fitted) -> ModelVersion:
    Run.objects.filter(pk=run.pk).update(history=fitted.history)
    try:
        with transaction.atomic():
            return ModelVersion.objects.create(
                name=run.version_name,
                origin=ModelVersion.Origin.TRAINED,
                run=run,
                folder=run.version_name,
                fingerprint=fitted.fingerprint,
                scores=fitted.scores,
                is_calibrated="calibration" in fitted.scores,
                created_at=timezone.now(),
            )
    except IntegrityError:
        # Somebody imported predictions under this name while the network was being trained.
        raise folders.NameInUse(
            _("There is a version named %(name)s already; choose another name.")
            % {"name": run.version_name}
        ) from None
