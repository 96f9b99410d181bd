"""
Let a version say what it thinks of every sample of a round.

Chunks of samples go through the light runtime, and each chunk is written in one fenced
transaction. A job that is carried out again goes on after its last written chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Assignment, Round
from labelhub.registry.models import ModelVersion, Prediction
from labelhub.registry.services import folders, storing
from labelhub.registry.services.sample_pictures import SamplePictures
from mlcore.artifact import runtime
from mlcore.heads import IMAGE

CHUNK = 4_096  # samples: half a second of prediction, a few MB of rows
PICTURED_CHUNK = 512  # the same where pictures are seen: five seconds, unless they are known
NAMED_PATHS = 10  # unknown paths that a refusal lists


class NoArtifact(DomainError):
    """There is no model behind imported predictions."""


class UnknownCategories(DomainError):
    """The version answers with paths that the category tree does not have."""


@transaction.atomic
def start(*, version: ModelVersion, round: Round, by: User | None, now: datetime) -> Job:
    """
    Ask a worker to predict the samples of the round; asking twice asks once.

    Raises:
        NoArtifact: the version's predictions were imported.
    """
    _check_artifact(version)
    job = jobs.enqueue(
        "predict",
        by=by,
        key=f"{version.pk}-{round.pk}",
        version_id=version.pk,
        round_id=round.pk,
    )
    audit.record(
        by=by,
        verb="started a prediction",
        target=version,
        details={"version": version.name, "round": round.name},
        now=now,
    )
    return job


def predict(*, version: ModelVersion, round: Round, job: RunningJob, since: datetime) -> None:
    """
    Predict every sample of the round that has no prediction since that time.

    Args:
        since: when the job was asked for; younger predictions are its own earlier chunks.

    Raises:
        NoArtifact: the version's predictions were imported.
        UnknownCategories: the tree lacks categories that the version knows.
    """
    _check_artifact(version)
    job.report("load")
    model = runtime.load(folders.version_folder(version.folder))
    category_ids = _category_ids(model.categories)
    wanted = _samples(round)
    missing = wanted.exclude(Exists(_own(version).filter(predicted_at__gte=since)))
    total = wanted.count()
    done = total - missing.count()
    pictures = SamplePictures(version, job) if IMAGE in model.branches else None
    for chunk in _chunks(missing, CHUNK if pictures is None else PICTURED_CHUNK):
        job.report("predict", done, total)
        predicted = model.predict(
            [name for _, name, _, _ in chunk],
            malls=[mall for _, _, mall, _ in chunk],
            mall_categories=[category for _, _, _, category in chunk],
            **({"pictures": pictures.of([row[0] for row in chunk])} if pictures else {}),
        )
        with job.writing():
            storing.store(
                version_id=version.pk,
                sample_ids=[row[0] for row in chunk],
                category_ids=category_ids[predicted.indices],
                probabilities=predicted.probabilities,
                now=timezone.now(),
            )
            if pictures:  # an attempt that goes on counts on
                job.finish(**pictures.report())
        done += len(chunk)
    job.report("predict", total, total)
    job.finish(samples=total, **(pictures.report() if pictures else {}))


def _check_artifact(version: ModelVersion) -> None:
    if version.origin == ModelVersion.Origin.IMPORTED:
        raise NoArtifact(
            _("The predictions of %(name)s were imported; there is no model to predict with.")
            % {"name": version.name}
        )


def _samples(round: Round) -> QuerySet[Sample]:
    of_round = Assignment.objects.filter(round=round, sample=OuterRef("pk"), is_check=False)
    return Sample.objects.filter(Exists(of_round))


def _own(version: ModelVersion) -> QuerySet[Prediction]:
    return Prediction.objects.filter(version=version, sample=OuterRef("pk"))


def _chunks(samples: QuerySet[Sample], size: int) -> Iterator[list[tuple[int, str, str, str]]]:
    """Give what a model reads in chunks by ascending id; only one is in memory at a time."""
    last = 0
    in_order = samples.order_by("pk").values_list("pk", "name", "mall_name", "mall_category")
    while chunk := list(in_order.filter(pk__gt=last)[:size]):
        yield chunk
        last = chunk[-1][0]


def _category_ids(paths: Sequence[str]) -> npt.NDArray[np.int64]:
    """
    Return the category of each path, the current one where a retired one has the same path.

    Raises:
        UnknownCategories: the tree has no such path.
    """
    # Retired ones first, so that a current category with the same path takes the place.
    known = Category.objects.filter(path__in=paths).order_by(F("retired_at").asc(nulls_last=True))
    found = dict(known.values_list("path", "pk"))
    unknown = [path for path in paths if path not in found]
    if unknown:
        raise UnknownCategories(_unknown_message(unknown))
    return np.array([found[path] for path in paths], dtype=np.int64)


def _unknown_message(paths: Sequence[str]) -> str:
    named = ", ".join(paths[:NAMED_PATHS])
    return _(
        "The category tree lacks %(count)d paths that this version predicts: %(paths)s. "
        "Import them first."
    ) % {"count": len(paths), "paths": named + (" …" if len(paths) > NAMED_PATHS else "")}
