"""The stored pictures of samples as a version sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from django.core.files.storage import default_storage

from labelhub.catalog.models import SampleImage
from labelhub.catalog.services.images import original_name
from labelhub.jobs.models import Job
from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import folders
from mlcore.artifact.encoder import Features
from mlcore.artifact.pictures import SeenPictures
from mlcore.images.flaws import MOST_BYTES, Flaw, Unreadable
from mlcore.images.rows import BETWEEN


@dataclass(frozen=True)
class Lacking:
    """Samples of a job so far whose picture a version could not see."""

    without_picture: int = 0  # none is stored
    unreadable: int = 0  # what is stored is missing on the disk, or cannot be decoded


class SamplePictures:
    """Sees the pictures of samples for one job, and counts the samples that show none."""

    def __init__(self, version: ModelVersion, job: RunningJob) -> None:
        """
        Args:
            version: holds the backbone that it was trained on.
            job: an earlier attempt of it may have counted already.

        Raises:
            BadInput: the backbone is damaged, or decodes pictures in another way.
        """
        self._seen = SeenPictures(
            folders.version_folder(version.folder),
            _Stored(),
            folders.features_folder(),
            is_cancelled=job.is_cancelled,
        )
        kept = Job.objects.values_list("result", flat=True).get(pk=job.job_id)
        self.lacking = Lacking(**(kept or {}).get("lacking", {}))

    def of(self, sample_ids: Sequence[int]) -> Features:
        """Return what the first picture of each sample shows that can be read."""
        names = _stored_names(sample_ids)
        images = [BETWEEN.join(names[pk]) for pk in sample_ids]
        found = self._seen.of(images)
        without = sum(not image for image in images)
        self.lacking = replace(
            self.lacking,
            without_picture=self.lacking.without_picture + without,
            unreadable=self.lacking.unreadable + int((~found.is_there).sum()) - without,
        )
        return found

    def report(self) -> dict[str, dict[str, int]]:
        """Return what the job's result says of it."""
        return {"lacking": asdict(self.lacking)}


class _Stored:
    """The storage of pictures, which may be a bucket; safe to ask from several threads."""

    def read(self, name: str) -> bytes:
        try:
            with default_storage.open(name) as file:
                data: bytes = file.read(MOST_BYTES + 1)
        except OSError as problem:
            raise Unreadable(Flaw.MISSING) from problem
        return data


def _stored_names(sample_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return where the pictures of samples lie, in the order of the file that named them."""
    kept = SampleImage.objects.filter(sample__in=sample_ids, image__isnull=False)
    rows = kept.order_by("sample", "position").values_list(
        "sample_id", "image__sha256", "image__format"
    )
    names: dict[int, list[str]] = defaultdict(list)
    for sample_id, sha256, extension in rows:
        names[sample_id].append(original_name(sha256, extension))
    return names
