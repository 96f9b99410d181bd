"""
Carry a search out: one dataset, one study in PostgreSQL, any number of ml workers.

The job of the search curates the rows, calls the further workers, and ends when there are as many
trials as were wanted. Each further worker is a job of its own, which stops with that of the search.
Optuna, and TensorFlow, are imported inside `_try` and nowhere above it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.db import connection
from django.utils import timezone

from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Dataset, Search
from labelhub.registry.services import datasets, folders, run_pictures
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.progress import IsCancelled
from mlcore.training.config import TrainingConfig

if TYPE_CHECKING:  # Optuna takes a second to load
    from mlcore.training.search_found import Found

LOOK_EVERY = 1.0  # seconds between two looks at the search's own job by a further worker

FIRST_WORKER = 0

ARRAYS = "arrays"  # in the folder of a worker, beside what looks at pictures


def carry_out(*, search_id: int, job: RunningJob) -> None:
    """
    Try settings until there are enough trials.

    Killed anywhere and carried out again, it keeps the trials that have ended, fails the one that
    was running, and goes on.
    """
    search = Search.objects.select_related("corpus", "dataset", "created_by").get(pk=search_id)
    dataset = search.dataset or _curated(search, job)
    _call_others(search, job)
    found = _try(search, dataset, FIRST_WORKER, job, job.is_cancelled)
    job.finish(trials=len(found.trials))


def help_out(*, search_id: int, worker: int, job: RunningJob) -> None:
    """Try settings along with the search's own job for as long as that goes on."""
    search = Search.objects.select_related("corpus", "dataset", "job").get(pk=search_id)
    if search.dataset is None or search.job is None or search.job.is_finished:
        return
    first = _FirstWorker(search.job.pk)
    _try(search, search.dataset, worker, job, lambda: job.is_cancelled() or first.has_stopped())


@dataclass
class _FirstWorker:
    """The search's own job as its helpers see it."""

    job_id: int
    _looked: float = 0.0
    _has_stopped: bool = False

    def has_stopped(self) -> bool:
        """Tell whether somebody cancelled the search, or it failed; asked at every step."""
        now = time.monotonic()
        if not self._has_stopped and now - self._looked >= LOOK_EVERY:
            self._looked = now
            job = Job.objects.get(pk=self.job_id)
            stopped = (Job.State.CANCELLED, Job.State.FAILED)
            self._has_stopped = bool(job.cancel_requested_at) or job.state in stopped
        return self._has_stopped


def _curated(search: Search, job: RunningJob) -> Dataset:
    job.report("curate")
    dataset = datasets.freeze(
        corpus=search.corpus,
        rules=[ExclusionRule.from_record(record) for record in search.rules],
        list_version=search.list_version,
        relabelled=search.relabelled,
        plan=CurationPlan.from_record(search.plan),
        now=timezone.now(),
        writing=job.writing,
        progress=job.report,
        is_cancelled=job.is_cancelled,
    )
    with job.writing():
        Search.objects.filter(pk=search.pk).update(dataset=dataset)
    return dataset


def _call_others(search: Search, job: RunningJob) -> None:
    """Ask for the further workers; those of an earlier attempt that still work are left alone."""
    by = search.created_by
    with job.writing():
        for worker in range(FIRST_WORKER + 1, search.workers):
            key = f"{search.name} ({worker + 1})"
            jobs.enqueue("search_along", by=by, key=key, search_id=search.pk, worker=worker)


def _try(
    search: Search, dataset: Dataset, worker: int, job: RunningJob, is_cancelled: IsCancelled
) -> Found:
    # TensorFlow takes ten seconds and 670 MB: only a worker that trains pays for it.
    from mlcore.corpus.pieces import dataset_pieces
    from mlcore.training import search_storage
    from mlcore.training.attempts import attempts_on
    from mlcore.training.rows import prepare
    from mlcore.training.search import search as search_on

    config = TrainingConfig.from_record(search.config)
    with (
        _work_of(search, worker) as work,
        search_storage.shared(address_of(connection.settings_dict)) as storage,
    ):
        pieces = dataset_pieces(datasets.files(dataset))
        with run_pictures.seen(
            corpus=search.corpus, rows=pieces, config=config, folder=work, job=job
        ) as pictures:
            rows = prepare(
                pieces,
                config,
                work / ARRAYS,
                pictures=pictures,
                progress=job.report,
                is_cancelled=is_cancelled,
            )
        held_out = len(rows.held_out)
        found = search_on(
            attempts_on(rows, confirmed=search.confirmed, is_cancelled=is_cancelled),
            base=config,
            storage=storage,
            name=f"{search.pk} {search.name}",
            n_trials=search.trials,
            worker=worker,
            progress=job.report,
            is_cancelled=is_cancelled,
            after_trial=lambda found: _keep(search, found, held_out, job),
        )
        _keep(search, found, held_out, job)
    return found


def _keep(search: Search, found: Found, held_out_rows: int, job: RunningJob) -> None:
    """Keep what is known for the page, unless another worker has kept more."""
    with job.writing():
        kept = Search.objects.select_for_update().get(pk=search.pk).found
        if len(kept.get("trials", [])) <= len(found.trials):
            known = {**found.as_record(), "held_out_rows": held_out_rows}
            Search.objects.filter(pk=search.pk).update(found=known)


@contextmanager
def _work_of(search: Search, worker: int) -> Iterator[Path]:
    """Give the worker's folder without the arrays that a killed one left there."""
    folder = folders.search_folder(search.pk) / str(worker)
    shutil.rmtree(folder / ARRAYS, ignore_errors=True)
    (folder / ARRAYS).mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # others still work there
            folder.parent.rmdir()


def address_of(at: Mapping[str, Any]) -> str:
    """Return the address of the database that Django connects to with these settings."""
    who = ":".join(quote(part, safe="") for part in (at["USER"], at["PASSWORD"]) if part)
    options = {key: value for key, value in at.get("OPTIONS", {}).items() if key != "options"}
    host, port = at["HOST"], at["PORT"]
    if not host or host.startswith("/"):  # the folder of a socket
        options |= {"host": host, "port": port}
        host, port = "", ""
    query = urlencode({key: value for key, value in options.items() if value})
    return f"postgresql://{who}@{host}{f':{port}' if port else ''}/{quote(at['NAME'])}?{query}"
