"""Features of products' pictures, as training and serving ask for them. Needs no TensorFlow."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from mlcore.artifact.encoder import Features
from mlcore.images import features, files
from mlcore.images.cache import FeatureCache
from mlcore.images.flaws import Flaw
from mlcore.images.record import BackboneRecord
from mlcore.images.row_features import features_of
from mlcore.images.rows import Problem
from mlcore.progress import IsCancelled, Progress, never, silent

WORKERS = 2
"""Threads that decode and compute side by side; the cores that one job may use."""


class SeenPictures:
    """
    The pictures of a zip or folder through one backbone.

    Attributes:
        backbone: the folder of the backbone, which a version that was trained on its features
            must hold.
        problems: pictures that could not be used so far, by name.
    """

    def __init__(
        self,
        backbone: Path,
        source: files.Pictures,
        cache: Path,
        *,
        progress: Progress = silent,
        is_cancelled: IsCancelled = never,
    ) -> None:
        """
        Args:
            backbone: what `mlcore.images.export` wrote; a version's folder is one, too.
            source: where the picture files are.
            cache: folder of all backbones' features.

        Raises:
            BadInput: the folder holds no backbone, or a damaged one.
        """
        self.backbone = backbone
        self._extractor = features.load(backbone)
        record = self._extractor.record
        self._cache = FeatureCache(cache, fingerprint=record.fingerprint, width=record.width)
        self._source = source
        self._progress, self._is_cancelled = progress, is_cancelled
        self._flaws: dict[str, Flaw] = {}
        self._rows: Counter[str] = Counter()

    @property
    def record(self) -> BackboneRecord:
        """Return what the backbone is."""
        return self._extractor.record

    @property
    def width(self) -> int:
        """Return how many numbers a picture has."""
        return self.record.width

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the pictures that were named so far and cannot be used."""
        return tuple(
            Problem(name, self._flaws[name], self._rows[name]) for name in sorted(self._flaws)
        )

    def of(self, images: Sequence[str]) -> Features:
        """
        Return the features of products by their column `image`.

        What a product names and cannot be used is listed in `problems`.

        Raises:
            Cancelled: the caller wants the work stopped; what was computed stays cached.
        """
        rows = features_of(
            images,
            self._source,
            self._extractor,
            self._cache,
            workers=WORKERS,
            progress=self._progress,
            is_cancelled=self._is_cancelled,
        )
        for problem in rows.problems:
            self._flaws[problem.name] = problem.flaw
            self._rows[problem.name] += problem.rows
        return Features(rows.take(np.arange(len(rows))), rows.weights[:, 0] > 0)


@contextmanager
def seen(
    backbone: Path,
    source: Path,
    *,
    cache: Path | None = None,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Iterator[SeenPictures]:
    """
    Open the pictures of a zip or folder for a backbone.

    Args:
        backbone: the backbone's folder, or the folder of a version that has one.
        source: the zip or folder.
        cache: folder of all backbones' features; a passing one unless given.

    Raises:
        BadInput: the backbone or the source cannot be used.
    """
    with ExitStack() as stack:
        kept = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="labelhub-")))
        opened = stack.enter_context(files.opened(source))
        yield SeenPictures(backbone, opened, kept, progress=progress, is_cancelled=is_cancelled)
