"""
The light runtime: predicts with an exported model version, without TensorFlow.

Nothing here or below may import Keras, TensorFlow or `mlcore.models`; it starts in well
under a second and is what web processes, the light worker and the command line use.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from mlcore.artifact import folder as files
from mlcore.corpus.folder import read_json
from mlcore.progress import BadInput
from mlcore.text.tokenise import MecabTokeniser, Tokeniser
from mlcore.text.vocabulary import Vocabulary

RANKS = 20
"""Categories kept of a prediction; the mass of the others is kept as one number."""

BATCH_ROWS = 512
"""Fastest on two cores; larger batches fall out of the cache."""


@dataclass(frozen=True)
class Predictions:
    """
    What a version says about some names.

    Attributes:
        categories: written path of every category index.
        indices: categories of each name, the most probable first, shape (n, ranks).
        probabilities: theirs, never rising along a row, shape (n, ranks).
        rest: probability of all other categories together, shape (n,). Each row's
            probabilities and rest sum to 1.
    """

    categories: tuple[str, ...]
    indices: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    rest: npt.NDArray[np.float64]

    def paths(self) -> list[str]:
        """Return the most probable category path of every name."""
        return [self.categories[best] for best in self.indices[:, 0]]


class LightModel:
    """
    A loaded model version; safe to call from several threads.

    Each thread has its own interpreter, whose input is resized when the number of rows
    changes and allocated once per size.
    """

    def __init__(
        self,
        model: bytes,
        *,
        categories: tuple[str, ...],
        vocabulary: Vocabulary,
        length: int,
        tokeniser: Tokeniser,
        threads: int,
    ) -> None:
        self.categories = categories
        self._model = model
        self._vocabulary = vocabulary
        self._length = length
        self._tokeniser = tokeniser
        self._threads = threads
        self._local = threading.local()

    def predict(self, names: Sequence[str]) -> Predictions:
        """Return the categories of product names, in the order of the names."""
        return self.predict_tokens([self._tokeniser.tokens(name) for name in names])

    def predict_tokens(self, texts: Sequence[Sequence[str]]) -> Predictions:
        """Return the categories of names that this version's tokeniser has split."""
        if not texts:
            ranks = min(RANKS, len(self.categories))
            indices = np.empty((0, ranks), dtype=np.int64)
            return Predictions(self.categories, indices, np.empty((0, ranks)), np.empty(0))
        ids = self._vocabulary.encode(texts, length=self._length)
        ranked = [self._rank(self.probabilities(batch)) for batch in _batches(ids)]
        indices, probabilities = (np.concatenate(part) for part in zip(*ranked, strict=True))
        rest = np.clip(1 - probabilities.sum(axis=1), 0.0, None)
        return Predictions(self.categories, indices, probabilities, rest)

    def probabilities(self, ids: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """
        Return every category's probability for names given as token ids.

        Args:
            ids: shape (n, length), n of any size, but memory grows with it.

        Returns:
            Shape (n, n_categories).
        """
        interpreter = self._interpreter()
        entry = interpreter.get_input_details()[0]
        if tuple(entry["shape"]) != ids.shape:
            interpreter.resize_tensor_input(entry["index"], ids.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(entry["index"], ids)
        interpreter.invoke()
        # get_tensor copies; a view would make the next resize fail.
        output: npt.NDArray[np.float32] = interpreter.get_tensor(
            interpreter.get_output_details()[0]["index"]
        )
        return output

    def _rank(
        self, probabilities: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return the best categories and their probabilities; equal ones by index."""
        ranks = min(RANKS, probabilities.shape[1])
        shares = probabilities.astype(np.float64)
        shares /= shares.sum(axis=1, keepdims=True)
        order = np.argsort(-shares, axis=1, kind="stable")[:, :ranks]
        return order, np.take_along_axis(shares, order, axis=1)

    def _interpreter(self) -> Interpreter:
        interpreter = getattr(self._local, "interpreter", None)
        if interpreter is None:
            interpreter = Interpreter(model_content=self._model, num_threads=self._threads)
            interpreter.allocate_tensors()
            self._local.interpreter = interpreter
        return interpreter


def load(folder: Path, *, tokeniser: Tokeniser | None = None, threads: int = 2) -> LightModel:
    """
    Load a model version from its folder.

    Args:
        folder: what `mlcore.artifact.export` wrote.
        tokeniser: MeCab unless another is given; must be the one of the training.
        threads: cores that one prediction may use.

    Raises:
        DamagedArtifact: a file is missing or was changed.
        BadInput: the version was trained with another tokeniser.
    """
    files.verify(folder)
    config = read_json(folder / files.CONFIG)
    splitter = tokeniser or MecabTokeniser()
    if splitter.fingerprint != config["tokeniser"]:
        raise BadInput(
            f"The model in {folder} was trained on tokens of {config['tokeniser']}, "
            f"here is {splitter.fingerprint}."
        )
    categories = read_json(folder / files.CATEGORIES)
    return LightModel(
        (folder / files.MODEL).read_bytes(),
        categories=tuple(category["path"] for category in categories),
        vocabulary=Vocabulary.load(folder / files.VOCABULARY),
        length=config["training"]["name_length"],
        tokeniser=splitter,
        threads=threads,
    )


def _batches(ids: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.int32]]:
    for begin in range(0, len(ids), BATCH_ROWS):
        yield ids[begin : begin + BATCH_ROWS]
