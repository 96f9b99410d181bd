"""Training rows as arrays on disk: the corpus itself is never in memory as a whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlcore.artifact.encoder import Encoder, Features, Inputs, NameReader, Products, TextReader
from mlcore.corpus import columns
from mlcore.heads import IMAGE, MALL, NAME
from mlcore.progress import BadInput, IsCancelled, Progress, stop_if
from mlcore.text.grams import GramReader
from mlcore.text.vocabulary import Vocabulary
from mlcore.training.config import TrainingConfig
from mlcore.training.malls import mall_weights
from mlcore.training.split import held_out, name_key

Labels = npt.NDArray[np.int64]

CHUNK_ROWS = 20_000
"""Rows held as Python objects at a time, about 50 MB."""


class Pictures(Protocol):
    """Where the features of products' pictures come from."""

    @property
    def width(self) -> int:
        """Numbers per picture."""
        ...

    @property
    def backbone(self) -> Path | None:
        """Folder of what computes them, for the version to hold; None where callers do."""
        ...

    def of(self, images: Sequence[str]) -> Features:
        """Return the features of pictures by the names that rows give them, "" for none."""
        ...


@dataclass(frozen=True)
class Rows:
    """
    Rows as a network takes them.

    Attributes:
        inputs: arrays by input name, n rows each.
        labels: category index of each row, shape (n,).
        products: product id of each row.
    """

    inputs: Inputs
    labels: Labels
    products: pa.ChunkedArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)

    def at(self, rows: npt.NDArray[np.int64]) -> Inputs:
        """Return the inputs of some rows, in memory."""
        return {name: np.asarray(values[rows]) for name, values in self.inputs.items()}


@dataclass(frozen=True)
class Prepared:
    """Rows to train on and rows held out, and what turned them into arrays."""

    encoder: Encoder
    categories: tuple[str, ...]
    training: Rows
    held_out: Rows


def prepare(
    table: pa.Table,
    config: TrainingConfig,
    folder: Path,
    *,
    pictures: Pictures | None = None,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Prepared:
    """
    Write the inputs of all rows into a folder and return them memory-mapped.

    Vocabularies are built on the training rows alone. The held-out rows share no name
    with them but for numbers and the order of words.

    Args:
        table: columns `product_id`, `category_path`, `name_tokens`; `mall_tokens` and
            `mall_name` for the mall branch, `image` for the picture branch.
        config: says which branches there are.
        folder: empty; the arrays stay there for as long as they are used.
        pictures: gives the features of the pictures; needed for that branch.

    Raises:
        BadInput: there are fewer than two rows or categories, or a branch has no data.
        Cancelled: `is_cancelled` said yes.
    """
    categories = tuple(sorted(set(table[columns.CATEGORY].unique().to_pylist())))
    if table.num_rows < 2 or len(categories) < 2:
        raise BadInput("Training takes at least two rows of two categories.")
    is_held_out = held_out_rows(table, config.validation_share)
    encoder = _encoder(table, ~is_held_out, config, pictures)
    codes = {path: code for code, path in enumerate(categories)}
    parts = {}
    for part, chosen in (("training", ~is_held_out), ("held_out", is_held_out)):
        rows = table.filter(pa.array(chosen))
        labels = np.array([codes[path] for path in rows[columns.CATEGORY].to_pylist()], np.int64)
        writer = _Writer(folder / part, rows.num_rows)
        for begin, products in _products(rows, encoder, pictures):
            stop_if(is_cancelled)
            progress("prepare", begin, rows.num_rows)
            writer.write(begin, encoder.encode(products))
        parts[part] = Rows(writer.finished(), labels, rows[columns.ID])
    return Prepared(encoder, categories, **parts)


def held_out_rows(table: pa.Table, share: float) -> npt.NDArray[np.bool_]:
    """Return which rows of a table never teach, shape (n,)."""
    keys = [name_key(tokens) for part in _chunks(table, columns.NAME_TOKENS) for tokens in part]
    if len(set(keys)) < 2:
        keys = table[columns.ID].to_pylist()
    return held_out(keys, share)


def _encoder(
    table: pa.Table,
    is_trained_on: npt.NDArray[np.bool_],
    config: TrainingConfig,
    pictures: Pictures | None,
) -> Encoder:
    """Return what reads the branches that the config asks for."""
    rows = table.filter(pa.array(is_trained_on))
    mall = None
    if MALL in config.branches:
        words = _vocabulary(rows, MALL, columns.MALL_TOKENS, config)
        mall = TextReader(words, config.mall_length)
    if IMAGE in config.branches and pictures is None:
        raise BadInput("The picture branch needs pictures; give them with the rows.")
    has_weights = mall and config.mall_prior and columns.MALL_NAME in rows.column_names
    return Encoder(
        name=_name_reader(rows, config),
        mall=mall,
        image=pictures.width if pictures and IMAGE in config.branches else None,
        mall_weights=mall_weights(rows, prior=config.mall_prior) if has_weights else {},
    )


def _name_reader(rows: pa.Table, config: TrainingConfig) -> NameReader | None:
    if NAME not in config.branches:
        return None
    if config.reads_grams:
        return GramReader(buckets=config.gram_buckets, length=config.gram_length)
    return TextReader(_vocabulary(rows, NAME, columns.NAME_TOKENS, config), config.name_length)


def _vocabulary(rows: pa.Table, branch: str, column: str, config: TrainingConfig) -> Vocabulary:
    if column not in rows.column_names:
        raise BadInput(f"The {branch} branch needs the column {column}.")
    counts: Counter[str] = Counter()
    for part in _chunks(rows, column):
        for tokens in part:
            counts.update(tokens or ())
    if not counts:
        raise BadInput(f"No row has words for the {branch} branch; leave that branch out.")
    return Vocabulary.of_counts(counts, size=config.vocabulary_size)


def _chunks(table: pa.Table, column: str) -> Iterator[list[list[str]]]:
    for begin in range(0, table.num_rows, CHUNK_ROWS):
        yield table[column].slice(begin, CHUNK_ROWS).to_pylist()


def _products(
    rows: pa.Table, encoder: Encoder, pictures: Pictures | None
) -> Iterator[tuple[int, Products]]:
    """Yield the rows piece by piece, with the number of the first of each."""

    def texts(chunk: pa.Table, column: str) -> list[str] | None:
        return chunk[column].to_pylist() if column in chunk.column_names else None

    for begin in range(0, rows.num_rows, CHUNK_ROWS):
        chunk = rows.slice(begin, CHUNK_ROWS)
        images = texts(chunk, columns.IMAGE) or [""] * chunk.num_rows
        yield (
            begin,
            Products(
                names=chunk[columns.NAME_TOKENS].to_pylist(),
                mall_categories=chunk[columns.MALL_TOKENS].to_pylist() if encoder.mall else None,
                malls=texts(chunk, columns.MALL_NAME),
                pictures=pictures.of(images) if pictures and encoder.image else None,
            ),
        )


class _Writer:
    """Fills one array file per input, made when the first rows show what is in it."""

    def __init__(self, folder: Path, rows: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rows = rows
        self._files: Inputs = {}

    def write(self, begin: int, inputs: Inputs) -> None:
        """Write these rows at their place."""
        for name, values in inputs.items():
            if name not in self._files:
                shape = (self._rows, *values.shape[1:])
                path = self._folder / f"{name}.npy"
                self._files[name] = np.lib.format.open_memmap(path, "w+", values.dtype, shape)
            self._files[name][begin : begin + len(values)] = values

    def finished(self) -> Inputs:
        """Return the arrays; the operating system may now take their memory back."""
        for values in self._files.values():
            assert isinstance(values, np.memmap)
            values.flush()
        return self._files
