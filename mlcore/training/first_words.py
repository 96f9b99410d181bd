"""Where the vectors of words begin: at chance, or where Word2Vec puts them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from mlcore.artifact.encoder import Inputs, TextReader
from mlcore.heads import NAME
from mlcore.progress import IsCancelled, Progress, stop_if
from mlcore.text.word_vectors import CHUNK, Ids, Lesson, Vectors, learnt
from mlcore.training.config import WORD2VEC, TrainingConfig

SPREAD = 0.1
"""Standard deviation of the vectors' numbers; see docs/models.md."""


def first_words(
    reader: TextReader | None,
    inputs: Inputs,
    unlabelled: Iterable[Sequence[str]],
    config: TrainingConfig,
    folder: Path,
    *,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Vectors | None:
    """
    Return what Word2Vec makes of the names, or None where it is not asked for.

    Args:
        reader: of the names' words, None for a network without them.
        inputs: arrays of the training rows.
        unlabelled: tokens of further names.
        folder: keeps the further names as ids while they are learnt from.

    Raises:
        Cancelled: `is_cancelled` said yes.
    """
    if config.word_vectors != WORD2VEC or reader is None:
        return None

    def on_epoch(epoch: int) -> None:
        stop_if(is_cancelled)
        progress("words", epoch, config.word_epochs)

    lesson = Lesson(
        size=config.embedding_size,
        epochs=config.word_epochs,
        window=config.word_window,
        min_count=config.word_min_count,
        seed=config.seed,
    )
    names = [inputs[NAME], *_on_disk(reader, unlabelled, folder / "unlabelled.ids")]
    vectors = learnt(names, lesson, n_words=len(reader.vocabulary), on_epoch=on_epoch)
    return vectors * np.float32(SPREAD)


def _on_disk(reader: TextReader, texts: Iterable[Sequence[str]], path: Path) -> Iterator[Ids]:
    """Yield the ids of all texts as one array of a file, if there is any text."""
    left = iter(texts)
    with path.open("wb") as file:
        while chunk := list(islice(left, CHUNK)):
            reader.read(chunk).tofile(file)
    if path.stat().st_size:
        yield np.memmap(path, np.int32, "r").reshape(-1, reader.length)
