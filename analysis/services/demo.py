"""
The demo market walks the whole road once, by the same services that people use.

Every step looks at what is there already, so that a job that was killed goes on where it was.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analysis.models import Report
from analysis.services import (
    demo_checks,
    demo_exclusions,
    demo_guidance,
    demo_review,
    demo_rounds,
    gate,
    reports,
    retraining,
)
from analysis.services.demo_walk import ROUND, SEED, Walk
from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import imports
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Consensus, Round, Source
from labelhub.labelling.services import consensus, guidelines
from labelhub.registry.models import Corpus, ModelVersion, Run
from labelhub.registry.services import corpora, predictions, promotion
from mlcore.demo.files import MarketFiles, write_market
from mlcore.demo.market import truth
from mlcore.demo.sayings import GUIDELINE_KO
from mlcore.training.config import TrainingConfig

CORPUS = "demo-market"
STARTING_SYNONYMS = Path(settings.BASE_DIR) / "labelhub/catalog/starting_synonyms.csv"
PLAIN, TUNED = "v1", "v2"
OVERLAP = 2
# The last samples have no answers yet, so that whoever logs in finds something to label.
UNLABELLED = 150
LOOK_AGAIN = 0.5  # seconds between two looks at a training
# Fewer passes than by default: a newcomer waits for these trainings.
SETTINGS = TrainingConfig(epochs=5, gram_epochs=4)


class DemoFailed(DomainError):
    """A step of the demo went wrong; the message tells which and why."""


def start(*, by: User, samples: int = 3_000, rows: int = 20_000) -> Job:
    """Ask for the demo once an installation; afterwards return the job that was asked for."""
    asked = Job.objects.filter(kind="seed_demo").order_by("pk").first()
    return asked or jobs.enqueue("seed_demo", by=by, key="demo", samples=samples, rows=rows)


def carry_out(*, job: RunningJob, samples: int, rows: int) -> None:
    """
    Fill the installation with the demo market, up to a report about two model versions.

    Raises:
        DemoFailed: an import refused rows, or a training ended without a model.
    """
    job.report(stage="Making the market")
    with _market(samples, rows) as files:
        walk = Walk(job, User.objects.get(username=Role.CURATOR), files, samples)
        for step in STEPS:
            step(walk)
    job.finish(round=ROUND, versions=[PLAIN, TUNED])


@contextmanager
def _market(samples: int, rows: int) -> Iterator[MarketFiles]:
    """Write the market's files for as long as they are needed."""
    for left in Path(settings.DATA).glob("demo-market-*"):  # by attempts that were killed
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix="demo-market-", dir=settings.DATA) as folder:
        yield write_market(
            Path(folder),
            SEED,
            sample_count=samples,
            corpus_count=rows,
            unlabelled=min(UNLABELLED, samples // 10),
        )


def _import_categories(walk: Walk) -> None:
    _import(walk, "categories", walk.files.categories, gettext_noop("Importing categories"))


def _import_synonyms(walk: Walk) -> None:
    _import(walk, "synonyms", STARTING_SYNONYMS, gettext_noop("Importing synonyms"))


def _import_samples(walk: Walk) -> None:
    options = {"round": ROUND, "overlap": OVERLAP, "images": str(walk.files.images)}
    stage = gettext_noop("Importing products and images")
    _import(walk, "samples", walk.files.samples, stage, options)
    with walk.job.writing():
        _write_guideline(walk.by)


def _write_guideline(by: User) -> None:
    for round in Round.objects.filter(name=ROUND, guideline=None):
        round.guideline = guidelines.write(name=ROUND, text=GUIDELINE_KO, by=by, now=timezone.now())
        round.save(update_fields=["guideline"])


def _import_annotations(walk: Walk) -> None:
    options = {"round": ROUND}
    stage = gettext_noop("Importing annotations")
    _import(walk, "annotations", walk.files.annotations, stage, options)


def _import(
    walk: Walk, kind: str, file: Path, stage: str, options: Mapping[str, object] | None = None
) -> None:
    batches = ImportBatch.objects.filter(kind=kind, file_name=file.name, by=walk.by)
    if batches.filter(is_applied=True).exists():
        return
    now = timezone.now()
    batch = batches.filter(finished_at=None).first() or imports.start(
        kind=kind, file_name=file.name, by=walk.by, now=now, options=options
    )
    imports.carry_out(
        batch=batch, path=file, now=now, report=walk.telling(stage), writing=walk.job.writing
    )
    if not batch.is_applied:
        refused = batch.refused_rows.order_by("line").first()
        reason = batch.problem or (refused and refused.reason)
        raise DemoFailed(
            _("%(file)s was not imported: %(reason)s") % {"file": file.name, "reason": reason}
        )


def _settle(walk: Walk) -> None:
    if Consensus.objects.filter(source=Source.PEOPLE, state=Consensus.State.SETTLED).exists():
        return
    consensus.settle(
        source=Source.PEOPLE,
        now=timezone.now(),
        writing=walk.job.writing,
        report=walk.telling(gettext_noop("Settling the consensus")),
    )


def _import_corpus(walk: Walk) -> None:
    if Corpus.objects.filter(name=CORPUS).exists():
        return
    corpora.import_corpus(
        file=walk.files.corpus,
        name=CORPUS,
        by=walk.by,
        now=timezone.now(),
        progress=walk.telling(gettext_noop("Importing training rows")),
        is_cancelled=walk.job.is_cancelled,
        writing=walk.job.writing,
    )


def _train_plainly(walk: Walk) -> None:
    _train(walk, PLAIN, retraining.train_plainly)


def _retrain(walk: Walk) -> None:
    _train(walk, TUNED, retraining.retrain)


def _train(walk: Walk, name: str, begin: Callable[..., Run]) -> None:
    if ModelVersion.objects.filter(name=name).exists():
        return
    run = Run.objects.filter(version_name=name).select_related("job").first()
    if run is None:
        with walk.job.writing():
            run = begin(
                corpus=Corpus.objects.get(name=CORPUS),
                version_name=name,
                config=SETTINGS,
                by=walk.by,
                now=timezone.now(),
            )
    elif run.job and run.job.state in {Job.State.FAILED, Job.State.CANCELLED}:
        jobs.retry(run.job)
    _wait_for(walk, run)


def _wait_for(walk: Walk, run: Run) -> None:
    """Look at the training until it ends; the ml worker does it meanwhile."""
    training = Job.objects.get(run=run)
    while not training.is_finished:
        walk.job.report(stage="Training", done=training.done, total=training.total)
        time.sleep(LOOK_AGAIN)
        training.refresh_from_db()
    if training.state != Job.State.DONE:
        raise DemoFailed(
            _("The training of %(version)s ended without a model: %(reason)s")
            % {"version": run.version_name, "reason": training.error or training.state}
        )


def _judge_plain(walk: Walk) -> None:
    _predict_and_review(walk, PLAIN)


def _judge_tuned(walk: Walk) -> None:
    _predict_and_review(walk, TUNED)


def _go_live_plainly(walk: Walk) -> None:
    _promote(walk, PLAIN)


def _go_live_tuned(walk: Walk) -> None:
    _promote(walk, TUNED)


def _promote(walk: Walk, name: str) -> None:
    """Make a version live, if it passes the gate; else it waits for who reviews the rest."""
    version = ModelVersion.objects.get(name=name)
    found = gate.check(version=version).result
    if found.is_passed and version.stage == ModelVersion.Stage.CANDIDATE:
        with walk.job.writing():
            promotion.promote(version=version, gate=found, by=walk.by, now=timezone.now())


def _label_with_the_model(walk: Walk) -> None:
    version = ModelVersion.objects.get(name=PLAIN)
    walk.job.report(stage="Labelling with suggestions")
    demo_rounds.practise(walk, version)
    demo_rounds.assist(walk, version)
    demo_checks.judge_twice(walk, version)


def _predict_and_review(walk: Walk, name: str) -> None:
    version = ModelVersion.objects.get(name=name)
    predictions.predict(
        version=version,
        round=walk.round,
        job=walk.job,
        since=Job.objects.get(pk=walk.job.job_id).created_at,
    )
    demo_review.review(
        version=version,
        truth=truth(SEED, walk.samples),
        seed=SEED,
        job=walk.job,
        report=walk.telling(gettext_noop("Judging disagreements")),
        now=timezone.now(),
    )


def _report(walk: Walk) -> None:
    if Report.objects.exists():
        return
    walk.job.report(stage="Writing the report")
    title = _("Quality report of the demo market")
    versions = reports.oldest_first(ModelVersion.objects.filter(name__in=[PLAIN, TUNED]))
    order = reports.Order(title=title, versions=versions, source=Source.PEOPLE)
    with walk.job.writing():
        reports.freeze(order=order, by=walk.by, now=timezone.now())


IMPORTS: tuple[Callable[[Walk], None], ...] = (
    _import_categories,
    _import_synonyms,
    _import_samples,
    _import_annotations,
    _settle,
    _import_corpus,
)
STEPS = (
    *IMPORTS,
    demo_guidance.explain,
    demo_guidance.propose_synonyms,
    demo_rounds.remark,
    _train_plainly,
    _judge_plain,
    _go_live_plainly,
    _label_with_the_model,
    demo_exclusions.exclude,
    _retrain,
    _judge_tuned,
    _go_live_tuned,
    _report,
)
