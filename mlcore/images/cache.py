"""
Features on disk, by the pictures' digests and the backbone's fingerprint.

What is computed together is written as one segment: a new file that takes its name only when
all of it is on the disk. Segments are never changed. So any number of processes may read and
add at once, and a process that is killed leaves no half-written feature to be read.
"""

import os
import struct
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mlcore.images.features import Features

ABSENT = -1
"""Location of a picture whose features are not in the cache."""

_MAGIC = b"LHFEAT01"
_HEADER = struct.Struct("<8sII")  # magic, pictures, features of each
_DIGEST_BYTES = 32
_SEGMENT, _DRAFT = ".features", ".draft"
_DRAFT_SECONDS = 24 * 3600  # a draft this old belongs to a process that was killed

Locations = npt.NDArray[np.int64]


class FeatureCache:
    """
    The features that one backbone has computed so far.

    Locations stay valid for the life of this object.
    """

    def __init__(self, root: Path, *, fingerprint: str, width: int) -> None:
        """
        Open or begin a cache.

        Args:
            root: the folder of all backbones' caches.
            fingerprint: of the backbone's record.
            width: features of one picture.
        """
        self._folder = root / fingerprint[:32]
        self._folder.mkdir(parents=True, exist_ok=True)
        self.width = width
        self._segments: dict[str, Features] = {}
        self._starts: list[int] = []
        self._count = 0
        self._keys = np.empty(0, dtype=f"S{_DIGEST_BYTES}")
        self._remove_old_drafts()
        self.refresh()

    def __len__(self) -> int:
        """Return how many features are there, those computed twice counted twice."""
        return self._count

    def refresh(self) -> None:
        """Take notice of what other processes have added."""
        found = [self._keys]
        for path in sorted(self._folder.glob(f"*{_SEGMENT}")):
            if path.name not in self._segments and (keys := self._mapped(path)) is not None:
                found.append(keys)
        if len(found) > 1:
            self._keys = np.concatenate(found)
            self._order = np.argsort(self._keys, kind="stable")
            self._sorted = self._keys[self._order]

    def locate(self, digests: Sequence[str]) -> Locations:
        """Return where the features of pictures lie, `ABSENT` for those not computed yet."""
        locations = np.full(len(digests), ABSENT, dtype=np.int64)
        if not len(self._keys) or not digests:
            return locations
        wanted = _as_keys(digests)
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self._keys) - 1)
        is_there = self._sorted[places] == wanted
        locations[is_there] = self._order[places[is_there]]
        return locations

    def take(self, locations: Locations) -> Features:
        """
        Return features by location; zeros where it is `ABSENT`.

        Returns:
            Shape (n, width), copied out of the mapped files.
        """
        features = np.zeros((len(locations), self.width), dtype=np.float32)
        owners = np.searchsorted(self._starts, locations, side="right") - 1
        for owner, segment in enumerate(self._segments.values()):
            is_here = owners == owner
            if is_here.any():
                features[is_here] = segment[locations[is_here] - self._starts[owner]]
        return features

    def add(self, digests: Sequence[str], features: Features) -> None:
        """
        Keep the features of pictures, all of them or, when killed, none.

        Args:
            digests: SHA-256 of the pictures' bytes.
            features: theirs, shape (n, width).
        """
        if features.shape != (len(digests), self.width):
            raise ValueError(
                f"expected features of shape {(len(digests), self.width)}, got {features.shape}"
            )
        if not digests:
            return
        name = uuid.uuid4().hex
        draft = self._folder / f"{name}{_DRAFT}"
        with draft.open("wb") as file:
            file.write(_HEADER.pack(_MAGIC, len(digests), self.width))
            file.write(_as_keys(digests).tobytes())
            file.write(np.ascontiguousarray(features, dtype="<f4").tobytes())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._folder / f"{name}{_SEGMENT}")
        self.refresh()

    def _mapped(self, path: Path) -> npt.NDArray[np.bytes_] | None:
        """Map a segment and return its keys; None for a file that is no whole segment."""
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return None
            magic, count, width = _HEADER.unpack(header)
            begin = _HEADER.size + count * _DIGEST_BYTES
            size = begin + 4 * count * width
            if magic != _MAGIC or width != self.width or path.stat().st_size != size:
                return None
            keys = np.frombuffer(file.read(count * _DIGEST_BYTES), dtype=f"S{_DIGEST_BYTES}")
        self._segments[path.name] = np.memmap(path, "<f4", "r", begin, (count, width))
        self._starts.append(self._count)
        self._count += count
        return keys

    def _remove_old_drafts(self) -> None:
        for draft in self._folder.glob(f"*{_DRAFT}"):
            try:
                if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                    draft.unlink()
            except FileNotFoundError:  # another process was quicker
                continue


def _as_keys(digests: Sequence[str]) -> npt.NDArray[np.bytes_]:
    return np.frombuffer(bytes.fromhex("".join(digests)), dtype=f"S{_DIGEST_BYTES}")
