"""Training rows as arrays on disk: the corpus itself is never in memory as a whole."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlcore.artifact.encoder import Encoder, Features, Inputs, Products, TextReader
from mlcore.corpus import columns
from mlcore.corpus.pieces import Pieces, categories_of, numbered, pieces_of
from mlcore.heads import BRANCHES, IMAGE, MALL, NAME, weight_of
from mlcore.progress import BadInput, IsCancelled, Progress, stop_if
from mlcore.text.grams import GramReader
from mlcore.text.vocabulary import Vocabulary
from mlcore.text.word_vectors import Vectors
from mlcore.training.config import WORD2VEC, TrainingConfig
from mlcore.training.first_words import first_words
from mlcore.training.holding_out import held_out_rows
from mlcore.training.malls import mall_weights
from mlcore.training.row_files import RowFiles

Labels = npt.NDArray[np.int64]

READ = (
    columns.ID,
    columns.CATEGORY,
    columns.NAME_TOKENS,
    columns.MALL_TOKENS,
    columns.MALL_NAME,
    columns.IMAGE,
)
"""What becomes arrays of a row."""


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
        inputs: arrays by input name, n rows each, on disk.
        labels: category index of each row, shape (n,), on disk.
        products: product id of each row, on disk.
    """

    inputs: Inputs
    labels: Labels
    products: pa.ChunkedArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)

    def only(self, names: Collection[str]) -> "Rows":
        """Return the rows with these inputs alone."""
        return replace(self, inputs={name: self.inputs[name] for name in names})

    def at(self, rows: npt.NDArray[np.int64]) -> Inputs:
        """Return the inputs of some rows, in memory."""
        return {name: np.asarray(values[rows]) for name, values in self.inputs.items()}


@dataclass(frozen=True)
class Prepared:
    """
    Rows to train on and rows held out, and what turned them into arrays.

    Attributes:
        word_vectors: where the vectors of the words of names begin, shape (words, size), 0 for
            words that are to begin as chance has it; None for all of them.
    """

    encoder: Encoder
    categories: tuple[str, ...]
    training: Rows
    held_out: Rows
    word_vectors: Vectors | None = None

    def shares(self) -> dict[str, float]:
        """Return the share of all rows that have what a branch reads, for those some may lack."""
        branches = [each for each in BRANCHES if weight_of(each) in self.training.inputs]
        parts = (self.training, self.held_out)
        rows = sum(len(part) for part in parts)
        return {
            branch: sum(np.count_nonzero(part.inputs[weight_of(branch)]) for part in parts) / rows
            for branch in branches
        }


def prepare(
    rows: pa.Table | Pieces,
    config: TrainingConfig,
    folder: Path,
    *,
    pictures: Pictures | None = None,
    unlabelled: Iterable[Sequence[str]] = (),
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Prepared:
    """
    Write the inputs of all rows into a folder and return them memory-mapped.

    Vocabularies are built on the training rows alone, and on `unlabelled`. The held-out rows
    share no name with the training rows but for numbers and the order of words. The rows are
    read piece by piece, several times; of each one only the place in the split stays in memory.

    Args:
        rows: columns `product_id`, `category_path`, `name_tokens`; `mall_tokens` and
            `mall_name` for the mall branch, `image` for the picture branch.
        config: says which branches there are.
        folder: empty; the arrays stay there for as long as they are used.
        pictures: gives the features of the pictures; needed for that branch.
        unlabelled: tokens of further names, which teach what words there are, and which are
            near each other, where Word2Vec is asked for.

    Raises:
        BadInput: there are fewer than two rows or categories, or a branch has no data.
        Cancelled: `is_cancelled` said yes.
    """
    pieces = pieces_of(rows)
    categories = categories_of(pieces)
    if pieces.num_rows < 2 or len(categories) < 2:
        raise BadInput("Training takes at least two rows of two categories.")
    is_held_out = held_out_rows(pieces, config.validation_share)
    encoder = _encoder(pieces, ~is_held_out, config, pictures, unlabelled)
    codes = {path: code for code, path in enumerate(categories)}
    sizes = {"training": int((~is_held_out).sum()), "held_out": int(is_held_out.sum())}
    writers = {part: RowFiles(folder / part, size) for part, size in sizes.items()}
    for begin, piece in numbered(pieces, READ):
        stop_if(is_cancelled)
        progress("prepare", begin, pieces.num_rows)
        is_out = is_held_out[begin : begin + piece.num_rows]
        for part, is_of_part in (("training", ~is_out), ("held_out", is_out)):
            found = piece.filter(pa.array(is_of_part))
            labels = [codes[path] for path in found[columns.CATEGORY].to_pylist()]
            inputs = encoder.encode(_products(found, encoder, pictures))
            writers[part].write(inputs, labels, found[columns.ID])
    parts = {part: Rows(*writer.finished()) for part, writer in writers.items()}
    vectors = first_words(
        encoder.name,
        parts["training"].inputs,
        unlabelled,
        config,
        folder,
        progress=progress,
        is_cancelled=is_cancelled,
    )
    return Prepared(encoder, categories, **parts, word_vectors=vectors)


def _taught(
    pieces: Pieces, is_trained_on: npt.NDArray[np.bool_], names: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the rows that vocabularies may know."""
    for begin, piece in numbered(pieces, names):
        yield piece.filter(pa.array(is_trained_on[begin : begin + piece.num_rows]))


def _encoder(
    pieces: Pieces,
    is_trained_on: npt.NDArray[np.bool_],
    config: TrainingConfig,
    pictures: Pictures | None,
    unlabelled: Iterable[Sequence[str]],
) -> Encoder:
    """Return what reads the branches that the config asks for."""
    mall = None
    if MALL in config.branches:
        words = _vocabulary(pieces, is_trained_on, MALL, columns.MALL_TOKENS, config)
        mall = TextReader(words, config.mall_length)
    if IMAGE in config.branches and pictures is None:
        raise BadInput("The picture branch needs pictures; give them with the rows.")
    weights: dict[str, float] = {}
    if mall and config.mall_prior and columns.MALL_NAME in pieces.column_names:
        filed = (columns.MALL_NAME, columns.MALL_TOKENS, columns.CATEGORY)
        rows = _taught(pieces, is_trained_on, filed)
        weights = mall_weights(rows, prior=config.mall_prior)
    read_words = partial(_word_reader, pieces, is_trained_on, config, unlabelled)
    return Encoder(
        name=read_words() if config.reads_words else None,
        grams=GramReader(config.gram_buckets, config.gram_length) if config.reads_grams else None,
        mall=mall,
        image=pictures.width if pictures and IMAGE in config.branches else None,
        mall_weights=weights,
    )


def _word_reader(
    pieces: Pieces,
    is_trained_on: npt.NDArray[np.bool_],
    config: TrainingConfig,
    unlabelled: Iterable[Sequence[str]],
) -> TextReader:
    # A word without a category means nothing until Word2Vec has put it beside others.
    further = unlabelled if config.word_vectors == WORD2VEC else ()
    words = _vocabulary(pieces, is_trained_on, NAME, columns.NAME_TOKENS, config, further)
    return TextReader(words, config.name_length)


def _vocabulary(
    pieces: Pieces,
    is_trained_on: npt.NDArray[np.bool_],
    branch: str,
    column: str,
    config: TrainingConfig,
    further: Iterable[Sequence[str]] = (),
) -> Vocabulary:
    if column not in pieces.column_names:
        raise BadInput(f"The {branch} branch needs the column {column}.")
    counts: Counter[str] = Counter()
    for rows in _taught(pieces, is_trained_on, [column]):
        for tokens in rows[column].to_pylist():
            counts.update(tokens or ())
    if not counts:
        raise BadInput(f"No row has words for the {branch} branch; leave that branch out.")
    for text in further:
        counts.update(text)
    return Vocabulary.of_counts(counts, size=config.vocabulary_size)


def _products(rows: pa.Table, encoder: Encoder, pictures: Pictures | None) -> Products:
    def texts(column: str) -> list[str] | None:
        return rows[column].to_pylist() if column in rows.column_names else None

    images = texts(columns.IMAGE) or [""] * rows.num_rows
    return Products(
        names=rows[columns.NAME_TOKENS].to_pylist(),
        mall_categories=rows[columns.MALL_TOKENS].to_pylist() if encoder.mall else None,
        malls=texts(columns.MALL_NAME),
        pictures=pictures.of(images) if pictures and encoder.image else None,
    )
