"""Train a model version: from a dataset to an exported folder. Loads TensorFlow."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from mlcore.artifact.export import Content, export
from mlcore.corpus import columns, curation
from mlcore.models.text_cnn import text_cnn
from mlcore.progress import BadInput, IsCancelled, Progress, never, silent, stop_if
from mlcore.quality.scores import level_accuracies, macro_f1
from mlcore.taxonomy import split_path
from mlcore.text.tokenise import MecabTokeniser, Tokeniser
from mlcore.text.vocabulary import Vocabulary
from mlcore.training.config import TrainingConfig
from mlcore.training.loop import EpochFigures, Rows, train
from mlcore.training.split import held_out


@dataclass(frozen=True)
class Trained:
    """A trained network, what reads names for it, and how the training went."""

    model: keras.Model
    vocabulary: Vocabulary
    categories: tuple[str, ...]
    history: tuple[EpochFigures, ...]
    held_out: Rows


@dataclass(frozen=True)
class FitResult:
    """
    What a finished training leaves behind beside its folder.

    Attributes:
        scores: `accuracy`, `levels`, `macro_f1` on the held-out rows, the numbers of
            `rows` and `held_out_rows`, and the best `epoch`.
        history: figures of every epoch.
        categories: written paths that the version can answer.
        fingerprint: of the folder's content.
    """

    scores: dict[str, Any]
    history: tuple[EpochFigures, ...]
    categories: tuple[str, ...]
    fingerprint: str


def fit_and_export(
    dataset: Path | pa.Table,
    config: TrainingConfig,
    destination: Path,
    *,
    tokeniser: Tokeniser | None = None,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> FitResult:
    """
    Train the text network on a dataset and write it as a model version's folder.

    Args:
        dataset: a dataset's folder, or a table with the columns `product_id`,
            `category_path` and `name_tokens`.
        config: the training settings.
        destination: the version's folder; replaced at the very end if it exists.
        tokeniser: the one that wrote the tokens; MeCab unless another is given.

    Raises:
        BadInput: the dataset is damaged, was split by another tokeniser, or has fewer
            than two rows or categories.
        Cancelled: `is_cancelled` said yes; nothing was written.
    """
    splitter = tokeniser or MecabTokeniser()
    table, origin = _open(dataset, splitter)
    trained = fit(table, config, progress=progress, is_cancelled=is_cancelled)
    stop_if(is_cancelled)
    progress("export", 0, 1)
    scores = _scores(trained, rows=table.num_rows)
    content = Content(
        model=trained.model,
        vocabulary=trained.vocabulary,
        tokeniser=splitter,
        categories=trained.categories,
        config=config.as_record(),
        scores={**scores, "history": [asdict(figures) for figures in trained.history]},
        held_out=trained.held_out.ids,
        origin=origin,
    )
    fingerprint = export(content, destination)
    progress("export", 1, 1)
    return FitResult(scores, trained.history, trained.categories, fingerprint)


def fit(
    table: pa.Table,
    config: TrainingConfig,
    *,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Trained:
    """
    Train the text network on rows in memory.

    The vocabulary is built on the training rows alone; the held-out rows choose the
    epoch.

    Args:
        table: columns `product_id`, `category_path`, `name_tokens`.
        config: the training settings.

    Raises:
        BadInput: there are fewer than two rows or categories.
        Cancelled: `is_cancelled` said yes.
    """
    paths = table[columns.CATEGORY].to_pylist()
    categories = tuple(sorted(set(paths)))
    if table.num_rows < 2 or len(categories) < 2:
        raise BadInput("Training takes at least two rows of two categories.")
    progress("prepare", 0, 1)
    texts = table[columns.NAME_TOKENS].to_pylist()
    is_held_out = held_out(table[columns.ID].to_pylist(), config.validation_share)
    seen = (texts[row] for row in np.flatnonzero(~is_held_out))
    vocabulary = Vocabulary.build(seen, size=config.vocabulary_size)
    codes = {path: code for code, path in enumerate(categories)}
    ids = vocabulary.encode(texts, length=config.name_length)
    labels = np.array([codes[path] for path in paths], dtype=np.int64)
    rows = Rows(ids[~is_held_out], labels[~is_held_out])
    kept = Rows(ids[is_held_out], labels[is_held_out])
    stop_if(is_cancelled)
    model = _build(config, len(vocabulary), len(categories))
    history = train(model, rows, kept, config, progress=progress, is_cancelled=is_cancelled)
    return Trained(model, vocabulary, categories, history, kept)


def _open(dataset: Path | pa.Table, tokeniser: Tokeniser) -> tuple[pa.Table, dict[str, str]]:
    """Return the rows, and where they came from as far as it is known."""
    if not isinstance(dataset, Path):
        return dataset, {}
    frozen = curation.read_dataset(dataset)
    if frozen.tokeniser and frozen.tokeniser != tokeniser.fingerprint:
        raise BadInput(
            f"The dataset was split by {frozen.tokeniser}, here is {tokeniser.fingerprint}; "
            "import its corpus again."
        )
    return frozen.table, {"dataset": frozen.fingerprint, "corpus": frozen.corpus}


def _build(config: TrainingConfig, vocabulary_size: int, n_categories: int) -> keras.Model:
    """Return the network with the weights that the seed gives."""
    keras.utils.set_random_seed(config.seed)
    return text_cnn(
        vocabulary_size=vocabulary_size,
        n_categories=n_categories,
        length=config.name_length,
        embedding_size=config.embedding_size,
        filters=config.filters,
        hidden_size=config.hidden_size,
        dropout=config.dropout,
    )


def _scores(trained: Trained, *, rows: int) -> dict[str, Any]:
    """Return the figures of the kept weights on the held-out rows."""
    best = max(trained.history, key=lambda figures: figures.held_out_accuracy)
    probabilities = trained.model.predict(trained.held_out.ids, verbose=0)
    paths = [split_path(path) for path in trained.categories]
    truth = [paths[label] for label in trained.held_out.labels]
    predicted = [paths[label] for label in probabilities.argmax(axis=1)]
    levels = level_accuracies(truth, predicted)
    return {
        "accuracy": best.held_out_accuracy,
        "levels": {str(level): share for level, share in levels.items()},
        "macro_f1": macro_f1(truth, predicted),
        "rows": rows - len(truth),
        "held_out_rows": len(truth),
        "epoch": best.epoch,
    }
