"""Train a model version: from a dataset to an exported folder. Loads TensorFlow."""

import shutil
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import pyarrow as pa
import tensorflow as tf

from mlcore.artifact.encoder import Encoder
from mlcore.artifact.export import Content, export
from mlcore.corpus.folder import read_json
from mlcore.corpus.freezing import RECORD_FILE
from mlcore.corpus.pieces import (
    Pieces,
    categories_of,
    dataset_pieces,
    dataset_tokeniser,
    pieces_of,
)
from mlcore.progress import BadInput, IsCancelled, Progress, never, silent, stop_if
from mlcore.text.tokenise import Tokeniser, shipped
from mlcore.training.architecture import put_grams
from mlcore.training.cleaning import cleaner, log, report
from mlcore.training.config import TrainingConfig
from mlcore.training.experts import trained_layers, with_grams
from mlcore.training.loop import EpochFigures, best_of, figures_of
from mlcore.training.measure import calibrated, measure
from mlcore.training.name_grams import relearnt
from mlcore.training.resuming import Course, identity_of, working
from mlcore.training.rows import Pictures, Prepared, Rows, prepare

ARRAYS = "rows-"
"""Beginning of the folders with the arrays of an attempt."""


@dataclass(frozen=True)
class Trained:
    """
    A trained network, what reads products for it, and how the training went.

    Attributes:
        model: from inputs to each head's probabilities.
        config: the settings as they were decided for these rows.
        held_out: rows that it was not trained on; their arrays lie in the work folder.
        scores: of the network on the held-out rows, see `FitResult`. Taken before the n-grams
            learnt these rows, too: what they cannot measure, they can still teach.
        refurbished: the rows that SELFIE corrected; None without it.
    """

    model: keras.Model
    config: TrainingConfig
    encoder: Encoder
    categories: tuple[str, ...]
    history: tuple[EpochFigures, ...]
    held_out: Rows
    scores: dict[str, Any]
    refurbished: pa.Table | None = None


@dataclass(frozen=True)
class FitResult:
    """
    What a finished training leaves behind beside its folder.

    Attributes:
        scores: `accuracy`, `levels`, `macro_f1` and `heads` on the held-out rows, the
            numbers of `rows` and `held_out_rows`, the `shares` of rows that have what a
            branch reads, and the best `epoch`; where there was any, `calibration`, `cleaning`,
            and `pooled`, by head how far n-grams and its own layers are believed.
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
    pictures: Pictures | None = None,
    work: Path | None = None,
    confirmed: Collection[str] = (),
    unlabelled: Iterable[Sequence[str]] = (),
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> FitResult:
    """
    Train the network on a dataset and write it as a model version's folder.

    Args:
        dataset: a dataset's folder, whose rows stay on the disk, or a table with the columns
            `product_id`, `category_path` and `name_tokens`, and those of further branches.
        config: the training settings.
        destination: the version's folder; replaced at the very end if it exists.
        tokeniser: the one that wrote the tokens; unless it is given, the one that a dataset's
            folder names, and MeCab for a table.
        pictures: features of the products' pictures, for that branch.
        work: keeps arrays and the last finished epoch, so that a killed training which
            is called again goes on; removed at the end.
        unlabelled: tokens of further names; gone through several times, never held.

    Raises:
        BadInput: the dataset is damaged, was split by another tokeniser, or has fewer
            than two rows or categories, or nothing for a branch.
        Cancelled: `is_cancelled` said yes; nothing was written.
    """
    splitter = tokeniser
    if splitter is None:
        splitter = dataset_tokeniser(dataset) if isinstance(dataset, Path) else shipped()
    rows, origin = _open(dataset, splitter)
    with working(work) as folder:
        trained = fit(
            rows,
            config,
            folder,
            pictures=pictures,
            confirmed=confirmed,
            unlabelled=unlabelled,
            progress=progress,
            is_cancelled=is_cancelled,
        )
        stop_if(is_cancelled)
        progress("export", 0, 1)
        content = Content(
            model=trained.model,
            encoder=trained.encoder,
            tokeniser=splitter,
            categories=trained.categories,
            config=trained.config.as_record(),
            scores={**trained.scores, "history": [asdict(each) for each in trained.history]},
            held_out=trained.held_out.inputs,
            origin=origin,
            refurbished=trained.refurbished,
            backbone=pictures.backbone if pictures else None,
            calibration=trained.scores.get("calibration"),
        )
        mark = export(content, destination)
    progress("export", 1, 1)
    return FitResult(trained.scores, trained.history, trained.categories, mark)


def fit(
    dataset: pa.Table | Pieces,
    config: TrainingConfig,
    work: Path,
    *,
    pictures: Pictures | None = None,
    confirmed: Collection[str] = (),
    unlabelled: Iterable[Sequence[str]] = (),
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Trained:
    """
    Train the network on rows.

    Args:
        dataset: columns as in `fit_and_export`.
        config: the training settings.
        work: folder for the arrays and the last finished epoch.
        confirmed, unlabelled: as in `fit_and_export`.

    Raises:
        BadInput: there are fewer than two rows or categories, or nothing for a branch.
        Cancelled: `is_cancelled` said yes.
    """
    _use_accelerator()
    pieces = pieces_of(dataset)
    config = config.decided(n_categories=len(categories_of(pieces)), n_rows=pieces.num_rows)
    for left in work.glob(f"{ARRAYS}*"):  # by an attempt that was killed
        shutil.rmtree(left, ignore_errors=True)
    rows = prepare(
        pieces,
        config,
        Path(tempfile.mkdtemp(prefix=ARRAYS, dir=work)),
        pictures=pictures,
        unlabelled=unlabelled,
        progress=progress,
        is_cancelled=is_cancelled,
    )
    stop_if(is_cancelled)
    identity = identity_of(pieces, config, confirmed, pictures, unlabelled)
    course = Course(config, work, identity, progress, is_cancelled)
    selector = cleaner(config, rows, confirmed)
    model, history = trained_layers(rows, selector, course)
    answers, grams, shares = with_grams(model, rows, selector, unlabelled, course)
    history = history or (figures_of(model, rows.training, rows.held_out, config),)
    scores = _scores(answers, rows, history, config)
    if shares:
        scores["pooled"] = {head: list(pair) for head, pair in shares.items()}
    if grams is not None:
        put_grams(model, relearnt(grams, rows, course))
    if cleaned := report(selector, config):
        scores["cleaning"] = cleaned
    return Trained(
        model=answers,
        config=config,
        encoder=rows.encoder,
        categories=rows.categories,
        history=history,
        held_out=rows.held_out,
        scores=scores,
        refurbished=log(selector, pieces, rows),
    )


def _open(dataset: Path | pa.Table, tokeniser: Tokeniser) -> tuple[Pieces, dict[str, str]]:
    """Return the rows, and where they came from as far as it is known."""
    if not isinstance(dataset, Path):
        rows = pieces_of(dataset)
        return rows, {"dataset": rows.fingerprint}
    rows, record = dataset_pieces(dataset), read_json(dataset / RECORD_FILE)
    if record["tokeniser"] and record["tokeniser"] != tokeniser.fingerprint:
        raise BadInput(
            f"The dataset was split by {record['tokeniser']}, here is {tokeniser.fingerprint}; "
            "import its corpus again."
        )
    return rows, {"dataset": rows.fingerprint, "corpus": record["corpus"]}


def _use_accelerator() -> None:
    """Compute in half precision where a GPU makes that twice as fast."""
    if tf.config.list_physical_devices("GPU"):
        keras.mixed_precision.set_global_policy("mixed_float16")


def _scores(
    answers: keras.Model,
    rows: Prepared,
    history: tuple[EpochFigures, ...],
    config: TrainingConfig,
) -> dict[str, Any]:
    """Return the figures of the kept weights on the held-out rows."""
    heads = measure(answers, rows.held_out, rows.categories)
    calibration = calibrated(answers, rows.held_out, config)
    return {
        **heads.main,
        "heads": heads.each,
        "shares": rows.shares(),
        "rows": len(rows.training),
        "held_out_rows": len(rows.held_out),
        "epoch": best_of(history, config).epoch,
        **({"calibration": calibration.as_record()} if calibration else {}),
    }
