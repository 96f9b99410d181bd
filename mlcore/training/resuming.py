"""Where a training keeps its arrays, and when another call may go on with them."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlcore.corpus.pieces import Pieces
from mlcore.images import record
from mlcore.progress import BadInput, Cancelled, IsCancelled, Progress
from mlcore.training.config import TrainingConfig
from mlcore.training.rows import Pictures


@dataclass(frozen=True)
class Course:
    """
    What all stages of one training share.

    Attributes:
        config: its settings.
        work: folder in which each stage keeps what a later attempt goes on with.
        identity: of rows and settings; what another training left is not taken up.
    """

    config: TrainingConfig
    work: Path
    identity: str
    progress: Progress
    is_cancelled: IsCancelled


@contextmanager
def working(work: Path | None) -> Iterator[Path]:
    """Give a folder to work in: the given one, kept when the work was killed, or a passing one."""
    if work is None:
        with tempfile.TemporaryDirectory(prefix="labelhub-fit-") as folder:
            yield Path(folder)
        return
    work.mkdir(parents=True, exist_ok=True)
    try:
        yield work
    except (BadInput, Cancelled):
        shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)


def identity_of(
    pieces: Pieces,
    config: TrainingConfig,
    confirmed: Collection[str],
    pictures: Pictures | None,
    unlabelled: Iterable[Sequence[str]],
) -> str:
    """Return what two calls have in common when one may go on where the other stopped."""
    settings = json.dumps([config.as_record(), sorted(confirmed)], sort_keys=True)
    parts = [pieces.fingerprint, settings]
    if pictures is not None and pictures.backbone is not None:
        parts.append(record.read(pictures.backbone).fingerprint)
    digest = hashlib.sha256("\n".join(parts).encode())
    for tokens in unlabelled:
        digest.update(f"\n{' '.join(tokens)}".encode(errors="surrogatepass"))
    return digest.hexdigest()
