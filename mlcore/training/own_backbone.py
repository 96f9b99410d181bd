"""The backbone of one training: made as ordered, kept while the training may be killed."""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from mlcore.corpus import columns
from mlcore.corpus.pieces import Pieces, categories_of, pieces_of
from mlcore.images.decode import SIDE
from mlcore.images.files import Pictures
from mlcore.progress import BadInput, Cancelled, IsCancelled, Progress, never, silent
from mlcore.training.config import TrainingConfig
from mlcore.training.holding_out import held_out_rows

if TYPE_CHECKING:
    from mlcore.images.backbones import Backbone
    from mlcore.training.backbone import Lesson

SMALL, PRETRAINED = "small", "mobilenet_v2_1.0"
"""What looks at pictures without and with given weights, unless told otherwise."""

IDENTITY = "identity.txt"
"""Written last into a backbone's folder: of what it was made."""

TUNING_EPOCHS, SCRATCH_EPOCHS = 3, 10
"""Passes over the pictures; a network that knows nothing yet takes more of them."""

MOST_ROWS = 100_000
"""Rows that teach a backbone: evenly spread ones of more, which would take days."""


@dataclass(frozen=True, kw_only=True)
class BackboneOrder:
    """
    Which backbone is wanted.

    Attributes:
        name: one of `mlcore.images.backbones.NAMES`; None is `SMALL`, with weights `PRETRAINED`.
        weights: a file, or `imagenet` to download them; None learns from scratch.
        side: of the pictures, in pixels.
        precision: `fp32` or `int8`.
        tune_blocks: how many of the last blocks learn from the rows' pictures.
    """

    name: str | None = None
    weights: str | None = None
    side: int = SIDE
    precision: str = "fp32"
    tune_blocks: int = 0


@contextlib.contextmanager
def made(
    order: BackboneOrder,
    rows: pa.Table | Pieces,
    config: TrainingConfig,
    source: Pictures,
    folder: Path,
    *,
    pictures: str,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Iterator[Path]:
    """
    Make a backbone, and give its folder. Loads TensorFlow.

    The folder stays when the process is killed, and the same order finds it there: what a
    backbone has learnt is not learnt again.

    Args:
        rows: what is trained on; those held out teach the backbone nothing either.
        source: where their pictures are.
        folder: of the backbone.
        pictures: what tells this source from another.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
        Cancelled: `is_cancelled` said yes.
    """
    pieces = pieces_of(rows)
    mark = folder / IDENTITY
    identity = _identity(order, pieces, config, pictures)
    try:
        if not mark.is_file() or mark.read_text(encoding="utf-8") != identity:
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            write(order, pieces, config, source, folder, progress, is_cancelled)
            mark.write_text(identity, encoding="utf-8")
        yield folder
    except (BadInput, Cancelled):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def write(
    order: BackboneOrder,
    rows: pa.Table | Pieces,
    config: TrainingConfig,
    source: Pictures,
    folder: Path,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> None:
    """
    Make a backbone in a folder of its own. Loads TensorFlow.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
        Cancelled: `is_cancelled` said yes.
    """
    import keras

    from mlcore.images.backbones import build, thaw
    from mlcore.images.export import export
    from mlcore.images.record import Precision
    from mlcore.training.backbone import BATCH, learn, readable

    keras.utils.set_random_seed(config.seed)
    name = order.name or (PRETRAINED if order.weights else SMALL)
    backbone = build(name, side=order.side, weights=order.weights)
    thaw(backbone, blocks=order.tune_blocks)
    lesson = _lesson(pieces_of(rows), config, source)
    if order.tune_blocks or not backbone.is_pretrained:
        epochs = TUNING_EPOCHS if backbone.is_pretrained else SCRATCH_EPOCHS
        learn(
            backbone,
            lesson,
            epochs=epochs,
            seed=config.seed,
            progress=progress,
            is_cancelled=is_cancelled,
        )
        backbone = replace(backbone, origin=_origin_after(backbone, order.tune_blocks))
    samples = readable(lesson, backbone.side, most=6 * BATCH)
    export(backbone, folder, samples=samples, precision=Precision(order.precision))


def _lesson(pieces: Pieces, config: TrainingConfig, source: Pictures) -> "Lesson":
    """Return the pictures of rows that may teach, at most `MOST_ROWS`, evenly spread."""
    from mlcore.training.backbone import Lesson

    if columns.IMAGE not in pieces.column_names:
        raise BadInput(f"The rows have no column {columns.IMAGE} that names pictures.")
    codes = {path: code for code, path in enumerate(categories_of(pieces))}
    taught = np.flatnonzero(~held_out_rows(pieces, config.validation_share))
    taught = taught[:: -(-len(taught) // MOST_ROWS)]
    images: list[str] = []
    labels: list[int] = []
    begin = 0
    for piece in pieces.of([columns.IMAGE, columns.CATEGORY]):
        end = begin + piece.num_rows
        chosen = piece.take(pa.array(taught[(taught >= begin) & (taught < end)] - begin))
        images += chosen[columns.IMAGE].to_pylist()
        labels += [codes[path] for path in chosen[columns.CATEGORY].to_pylist()]
        begin = end
    return Lesson(images, np.array(labels, dtype=np.int64), source)


def _identity(order: BackboneOrder, pieces: Pieces, config: TrainingConfig, pictures: str) -> str:
    """Return what two calls have in common when they make the same backbone."""
    settings = (pictures, config.seed, config.validation_share, pieces.fingerprint)
    parts = "\n".join(map(str, (*astuple(order), *settings)))
    return hashlib.sha256(parts.encode()).hexdigest()


def _origin_after(backbone: "Backbone", blocks: int) -> str:
    """Return where weights come from that have learnt from own pictures."""
    if not backbone.is_pretrained:
        return backbone.origin
    return f"{backbone.origin}, last {blocks} blocks tuned on own pictures"
