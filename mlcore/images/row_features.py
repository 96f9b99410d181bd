"""Features of product rows: computed once per picture, read from disk in batches."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.images.cache import ABSENT, FeatureCache, Locations
from mlcore.images.features import Extractor, Features
from mlcore.images.files import Pictures
from mlcore.images.flaws import Flaw, Unreadable
from mlcore.images.rows import NO_PICTURE, Problem, RowPictures, Shown
from mlcore.progress import IsCancelled, Progress, never, silent, stop_if

BLOCK = 512
"""Pictures computed between two writes to the disk and two looks at `is_cancelled`."""


@dataclass(frozen=True)
class RowFeatures:
    """
    The features of rows, left on disk until a batch is taken.

    Attributes:
        weights: 1 for a row with a picture and 0 for one without, shape (n_rows, 1).
        problems: pictures that rows name and that cannot be used.
        pictures: distinct pictures that the rows show.
        computed: how many of them were not in the cache before.
    """

    weights: npt.NDArray[np.float32]
    problems: tuple[Problem, ...]
    pictures: int
    computed: int
    _cache: FeatureCache
    _locations: Locations

    def __len__(self) -> int:
        return len(self._locations)

    def take(self, rows: npt.NDArray[np.integer]) -> Features:
        """Return the features of some rows, shape (n, width); zeros without a picture."""
        return self._cache.take(self._locations[rows])


def features_of(
    images: Sequence[str],
    pictures: Pictures,
    extractor: Extractor,
    cache: FeatureCache,
    *,
    workers: int = 2,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> RowFeatures:
    """
    Compute what the cache lacks, and return the features of all rows.

    A picture that is missing or cannot be read stops nothing: its rows show the next one they
    name, or none, and it is listed in `problems`.

    Args:
        images: the column `image` of the rows: names joined by `|`.
        pictures: where the files are.
        extractor: the backbone.
        cache: of that backbone; keeps what was computed even if the work is then stopped.
        workers: threads that decode and compute side by side.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    rows = RowPictures(images, pictures)
    computed = 0
    while True:
        shown = rows.shown()
        refused = 0
        for digest, answer in _missing(
            shown, pictures, extractor, cache, workers, progress, is_cancelled
        ):
            if isinstance(answer, Flaw):
                rows.reject(digest, answer)
                refused += 1
            else:
                computed += 1
        if not refused:
            return _placed(shown, cache, computed)


def _missing(
    shown: Shown,
    pictures: Pictures,
    extractor: Extractor,
    cache: FeatureCache,
    workers: int,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Iterator[tuple[str, Features | Flaw]]:
    """Compute and keep the features that are missing; yield what came of each picture."""
    missing = np.flatnonzero(cache.locate(shown.digests) == ABSENT)

    def computed(place: int) -> Features | Flaw:
        try:
            return extractor.feature(pictures.read(shown.names[place]))
        except Unreadable as refusal:
            return refusal.flaw

    with ThreadPoolExecutor(workers) as pool:
        for begin in range(0, len(missing), BLOCK):
            stop_if(is_cancelled)
            progress("pictures", begin, len(missing))
            block = [int(place) for place in missing[begin : begin + BLOCK]]
            answers = list(pool.map(computed, block))
            digests = [shown.digests[place] for place in block]
            good = [row for row, answer in enumerate(answers) if not isinstance(answer, Flaw)]
            cache.add([digests[row] for row in good], _stacked(answers, good, cache.width))
            yield from zip(digests, answers, strict=True)
    progress("pictures", len(missing), len(missing))


def _stacked(answers: Sequence[Features | Flaw], good: Sequence[int], width: int) -> Features:
    features = np.empty((len(good), width), dtype=np.float32)
    for place, row in enumerate(good):
        features[place] = answers[row]
    return features


def _placed(shown: Shown, cache: FeatureCache, computed: int) -> RowFeatures:
    locations = cache.locate(shown.digests)
    has_picture = shown.places != NO_PICTURE
    of_rows = np.full(len(shown.places), ABSENT, dtype=np.int64)
    of_rows[has_picture] = locations[shown.places[has_picture]]
    return RowFeatures(shown.weights, shown.problems, len(shown.digests), computed, cache, of_rows)
