"""
The light runtime: predicts with an exported model version, without TensorFlow.

Nothing here or below may import Keras, TensorFlow or `mlcore.models`; it starts in well
under a second and is what web processes, the light worker and the command line use.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from mlcore.artifact import folder as files
from mlcore.artifact.encoder import Encoder, Features, Inputs, Products
from mlcore.artifact.ranking import Ranked, ranked_of
from mlcore.corpus.folder import read_json
from mlcore.heads import GRAMS, MALL, leading
from mlcore.progress import BadInput
from mlcore.quality.temperature import scaled
from mlcore.text.tokenise import Tokeniser
from mlcore.text.word_list import splitter_of

SIGNATURE = "serving_default"
"""The name under which Keras exports a network's inputs and outputs."""

BATCH_ROWS = 512
"""Fastest on two cores; larger batches fall out of the cache."""

WIDTH_STEP = 32
"""N-grams by which inputs grow. Padding costs what n-grams cost, and half of all names have less
than half of the longest one's; each new width costs a new allocation."""


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

    Each thread has its own interpreter, whose inputs are resized when the number of rows
    changes and allocated once per size.

    Attributes:
        categories: written path of every output.
        heads: names of its answers; `leading` is the one that counts.
        branches: what it reads of a product.
    """

    def __init__(
        self,
        model: bytes,
        *,
        categories: tuple[str, ...],
        heads: tuple[str, ...],
        encoder: Encoder,
        tokeniser: Tokeniser,
        threads: int,
        temperature: float = 1.0,
    ) -> None:
        self.categories = categories
        self.heads = heads
        self.leading = leading(heads)
        self.branches = encoder.branches
        self.tokeniser = tokeniser
        self._model = model
        self._encoder = encoder
        self._threads = threads
        self._temperature = temperature
        self._local = threading.local()

    def predict(self, names: Sequence[str], **known: Any) -> Predictions:
        """Return the categories by the head that counts; the arguments are those of `read`."""
        products = self.read(names, **known)
        return self.predict_products(products, heads=(self.leading,))[self.leading]

    def read(
        self,
        names: Sequence[str],
        *,
        mall_categories: Sequence[str] | None = None,
        malls: Sequence[str] | None = None,
        pictures: Features | None = None,
    ) -> Products:
        """
        Return products with their texts split; each argument has one entry a product.

        Args:
            names: of the products.
            mall_categories: the shops' own categories, "" where there is none.
            malls: the shops' names.
            pictures: features of the backbone that the version was trained on.
        """
        split = self.tokeniser.tokens
        shelves = mall_categories if MALL in self.branches else None
        return Products(
            names=[split(name) for name in names],
            mall_categories=[split(text) for text in shelves] if shelves is not None else None,
            malls=malls,
            pictures=pictures,
        )

    def predict_products(
        self, products: Products, heads: Sequence[str] = ()
    ) -> dict[str, Predictions]:
        """
        Return what heads say of products that this version's tokeniser has split.

        Args:
            heads: all unless some are named.
        """
        inputs = self._encoder.encode(products)
        order = _by_length(inputs, len(products.names))
        parts: dict[str, list[Ranked]] = {head: [] for head in heads or self.heads}
        for batch in _batches(inputs, order):
            found = self.probabilities(batch)
            for head, ranked in parts.items():
                ranked.append(ranked_of(self._calibrated(head, found[head])))
        return {head: self._joined(ranked, order) for head, ranked in parts.items()}

    def probabilities(self, inputs: Inputs) -> dict[str, npt.NDArray[np.float32]]:
        """
        Return every category's probability by every head, as the network computes it.

        Args:
            inputs: arrays by input name, n rows of any number, but memory grows with it.

        Returns:
            Shape (n, n_categories) for each head.
        """
        session = self._session()
        session.resize(inputs)
        for name, index in session.inputs.items():
            session.interpreter.set_tensor(index, inputs[name])
        session.interpreter.invoke()
        # get_tensor copies; a view would make the next resize fail.
        return {
            head: session.interpreter.get_tensor(index) for head, index in session.outputs.items()
        }

    def _calibrated(
        self, head: str, probabilities: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.floating]:
        """Return the probabilities at the temperature of the version, which only one head has."""
        if head != self.leading or self._temperature == 1:
            return probabilities
        return scaled(probabilities, self._temperature)

    def _joined(self, ranked: list[Ranked], order: npt.NDArray[np.int64]) -> Predictions:
        """Return what was found of products in this order, in the order in which they came."""
        if not ranked:
            ranked = [ranked_of(np.empty((0, len(self.categories)), dtype=np.float32))]
        place = np.argsort(order)
        indices, probabilities = (np.concatenate(part)[place] for part in zip(*ranked, strict=True))
        rest = np.clip(1 - probabilities.sum(axis=1), 0.0, None)
        return Predictions(self.categories, indices, probabilities, rest)

    def _session(self) -> "_Session":
        session: _Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = _Session(self._model, self._threads)
        return session


class _Session:
    """One thread's interpreter, and where its inputs and outputs are."""

    def __init__(self, model: bytes, threads: int) -> None:
        self.interpreter = Interpreter(model_content=model, num_threads=threads)
        self.interpreter.allocate_tensors()
        # The runner is not kept: while it lives, no input can be resized.
        runner = self.interpreter.get_signature_runner(SIGNATURE)
        self.inputs = {k: int(entry["index"]) for k, entry in runner.get_input_details().items()}
        self.outputs = {k: int(entry["index"]) for k, entry in runner.get_output_details().items()}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def resize(self, inputs: Inputs) -> None:
        """Make room for these rows, unless there is just that."""
        shapes = {name: inputs[name].shape for name in self.inputs}
        if shapes != self.shapes:
            for name, shape in shapes.items():
                self.interpreter.resize_tensor_input(self.inputs[name], shape)
            self.interpreter.allocate_tensors()
            self.shapes = shapes


def load(folder: Path, *, tokeniser: Tokeniser | None = None, threads: int = 2) -> LightModel:
    """
    Load a model version from its folder.

    Args:
        folder: what `mlcore.artifact.export` wrote.
        tokeniser: must be the one of the training, which is found by itself if shipped.
        threads: cores that one prediction may use.

    Raises:
        DamagedArtifact: a file is missing or was changed.
        BadInput: the version was trained with another tokeniser.
    """
    files.verify(folder)
    config = read_json(folder / files.CONFIG)
    splitter = tokeniser or splitter_of(folder, config["tokeniser"])
    if splitter.fingerprint != config["tokeniser"]:
        raise BadInput(
            f"The model in {folder} was trained on tokens of {config['tokeniser']}, "
            f"here is {splitter.fingerprint}."
        )
    categories = read_json(folder / files.CATEGORIES)
    return LightModel(
        (folder / files.MODEL).read_bytes(),
        categories=tuple(category["path"] for category in categories),
        heads=tuple(config["heads"]),
        encoder=Encoder.load(folder / files.ENCODER),
        tokeniser=splitter,
        threads=threads,
        temperature=_temperature(folder),
    )


def _temperature(folder: Path) -> float:
    """Return what the version's probabilities are scaled with; few held-out rows leave none."""
    path = folder / files.CALIBRATION
    return float(read_json(path)["temperature"]) if path.exists() else 1.0


def _by_length(inputs: Inputs, rows: int) -> npt.NDArray[np.int64]:
    """Return an order in which names of as many n-grams stand together."""
    if GRAMS not in inputs:
        return np.arange(rows)
    return np.argsort(np.count_nonzero(inputs[GRAMS], axis=1), kind="stable")


def _batches(inputs: Inputs, order: npt.NDArray[np.int64]) -> Iterator[Inputs]:
    """Yield the rows in this order, a few at a time, without n-grams that none of them has."""
    for begin in range(0, len(order), BATCH_ROWS):
        some = order[begin : begin + BATCH_ROWS]
        batch = {name: values[some] for name, values in inputs.items()}
        if GRAMS in batch:
            longest = max(int(np.count_nonzero(batch[GRAMS][-1])), 1)
            batch[GRAMS] = batch[GRAMS][:, : -(-longest // WIDTH_STEP) * WIDTH_STEP]
        yield batch
