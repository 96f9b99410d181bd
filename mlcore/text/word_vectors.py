"""Word vectors learnt from which words stand near each other, without any category."""

import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mlcore.text.vocabulary import RESERVED

if TYPE_CHECKING:
    from gensim.models import Word2Vec

Ids = npt.NDArray[np.int32]
Vectors = npt.NDArray[np.float32]

CHUNK = 4_096
"""Names held as Python objects at a time, a few megabytes."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """
    How the names are gone over.

    Attributes:
        size: numbers of a vector.
        epochs: passes over the names.
        window: words to each side that count as near, at most.
        min_count: occurrences under which a word is not learnt.
        seed: equal ones give equal vectors, in any process.
    """

    size: int
    epochs: int
    window: int
    min_count: int
    seed: int


def learnt(
    names: Sequence[Ids],
    lesson: Lesson,
    *,
    n_words: int,
    on_epoch: Callable[[int], None] = lambda epoch: None,
) -> Vectors:
    """
    Return a vector for each word id, its numbers spread as widely as standard normals.

    One thread reads the names in the order given: with several, the vectors would depend on
    which of them is quicker.

    Args:
        names: arrays of word ids, as `Vocabulary.encode` returns them; read in pieces, so they
            may lie on disk.
        lesson: the settings.
        n_words: ids that occur, the reserved ones included.
        on_epoch: is shown the passes that are done; what it raises ends the learning.

    Returns:
        Shape (n_words, size); all 0 for the reserved ids and for words that are not learnt.

    Source:
        Mikolov, Chen, Corrado & Dean (2013), "Efficient estimation of word representations in
        vector space", arXiv:1301.3781: skip-grams, here with negative sampling.
    """
    model = _untrained(lesson)
    sentences = _Sentences(names)
    model.build_vocab(sentences)
    vectors = np.zeros((n_words, lesson.size), dtype=np.float32)
    if len(model.wv) < 2:  # nothing stands near anything
        return vectors
    # The step falls to its end over all passes, which gensim would start anew in each call.
    steps = np.linspace(model.alpha, model.min_alpha, lesson.epochs + 1)
    for epoch in range(lesson.epochs):
        on_epoch(epoch)
        model.train(
            sentences,
            total_examples=model.corpus_count,
            epochs=1,
            start_alpha=float(steps[epoch]),
            end_alpha=float(steps[epoch + 1]),
        )
    ids = [int(word) for word in model.wv.index_to_key]
    vectors[ids] = model.wv.vectors / model.wv.vectors.std()
    return vectors


def _untrained(lesson: Lesson) -> "Word2Vec":
    # It takes a second to load, which only a training that wants it should wait for.
    from gensim.models import Word2Vec

    logging.getLogger("gensim").setLevel(logging.WARNING)  # it tells of every pass
    return Word2Vec(
        vector_size=lesson.size,
        window=lesson.window,
        min_count=lesson.min_count,
        sg=1,
        workers=1,
        seed=lesson.seed,
        hashfxn=_hashed,
    )


@dataclass(frozen=True)
class _Sentences:
    """The names as Word2Vec reads them, as often as it likes; unknown words are passed over."""

    names: Sequence[Ids]

    def __iter__(self) -> Iterator[list[str]]:
        for ids in self.names:
            for begin in range(0, len(ids), CHUNK):
                for row in ids[begin : begin + CHUNK].tolist():
                    yield [str(word) for word in row if word >= RESERVED]


def _hashed(text: str) -> int:
    """Return one number for a text in every process; `hash` does not."""
    return zlib.crc32(text.encode())
