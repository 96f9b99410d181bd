"""`fit`: train on labelled rows and export the model."""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mlcore.artifact.pictures import SeenPictures, seen
from mlcore.commands import files, pictures
from mlcore.corpus import columns
from mlcore.corpus.folder import read_json
from mlcore.corpus.pieces import Pieces, dataset_pieces, dataset_tokeniser, pieces_of
from mlcore.heads import BRANCHES, IMAGE, MALL, NAME
from mlcore.progress import BadInput
from mlcore.text.tokenise import Tokeniser
from mlcore.training.config import TrainingConfig

UNLABELLED = "files with a column product_name, whose words teach what words are alike"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    fit = commands.add_parser("fit", help="train on labelled rows and export the model")
    fit.add_argument(
        "--rows",
        type=Path,
        required=True,
        help="CSV or Parquet with labels, or a folder that curate wrote",
    )
    fit.add_argument("--out", type=Path, required=True, help="folder of the new model")
    fit.add_argument("--config", type=Path, help="JSON file with training settings")
    fit.add_argument("--epochs", type=int, help="instead of the settings' own")
    fit.add_argument("--seed", type=int, help="instead of the settings' own")
    fit.add_argument("--unlabelled", type=Path, nargs="+", default=[], help=UNLABELLED)
    files.add_words(fit)
    pictures.add_source(fit)
    pictures.add_backbone(fit)
    files.add_keep_good(fit)
    fit.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train; what a killed training left beside the output is gone on with."""
    tokeniser = _tokeniser(options)
    dataset = _dataset(options, tokeniser)
    rows = dataset_pieces(dataset) if isinstance(dataset, Path) else pieces_of(dataset)
    config = _config(options, rows)
    if IMAGE in config.branches and options.images is None:
        raise BadInput("The settings name the picture branch; give the pictures with --images.")
    # TensorFlow writes to both streams while it loads; results alone go to stdout.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with contextlib.redirect_stdout(sys.stderr):
        from mlcore.training.fit import fit_and_export

        out = options.out
        work = out.with_name(f".{out.name}.training")
        with _pictures(options, rows, config) as found, tempfile.TemporaryDirectory() as folder:
            result = fit_and_export(
                dataset,
                config,
                out,
                tokeniser=tokeniser,
                pictures=found,
                unlabelled=files.names_alone(options.unlabelled, tokeniser, Path(folder, "names")),
                work=work,
                progress=files.show,
            )
    files.put({**result.scores, **_seen(found), "fingerprint": result.fingerprint})


def _tokeniser(options: argparse.Namespace) -> Tokeniser:
    """Return what split the rows of a dataset's folder, unless words are given, else theirs."""
    if options.rows.is_dir() and not options.words:
        return dataset_tokeniser(options.rows)
    return files.tokeniser_of(options)


def _dataset(options: argparse.Namespace, tokeniser: Tokeniser) -> Path | pa.Table:
    """Return the folder of a dataset, whose rows stay on the disk, or the table of a file."""
    if options.rows.is_dir():
        folder: Path = options.rows
        return folder
    rows = files.labelled(options.rows, keep_good=options.keep_good)
    return files.tokenised(rows, tokeniser)


@contextlib.contextmanager
def _pictures(
    options: argparse.Namespace, rows: Pieces, config: TrainingConfig
) -> Iterator[SeenPictures | None]:
    """Give the rows' pictures as the chosen backbone sees them."""
    if IMAGE not in config.branches:
        yield None
        return
    with (
        pictures.backbone_for(options, rows, config) as backbone,
        seen(backbone, options.images, cache=options.cache, progress=files.show) as found,
    ):
        yield found


def _seen(found: SeenPictures | None) -> dict[str, Any]:
    """Return what to tell about the pictures: through what they were seen, and which were not."""
    if found is None:
        return {}
    backbone = f"{found.record.name}: {found.record.origin}"
    return {"backbone": backbone, "unusable_pictures": [asdict(each) for each in found.problems]}


def _config(options: argparse.Namespace, rows: Pieces) -> TrainingConfig:
    """Return the settings of the file, or the default ones with what the rows hold."""
    record = read_json(options.config) if options.config else {}
    if not isinstance(record, dict):
        raise BadInput(f"{options.config} does not hold an object of settings.")
    config = TrainingConfig.from_record(record)
    if "branches" not in record:
        config = replace(config, branches=_branches(rows, options.images is not None))
    given = {"epochs": options.epochs, "seed": options.seed}
    return replace(config, **{name: value for name, value in given.items() if value is not None})


def _branches(rows: Pieces, has_pictures: bool) -> tuple[str, ...]:
    has_malls = columns.MALL_TOKENS in rows.column_names and any(
        pc.sum(pc.list_value_length(piece[columns.MALL_TOKENS])).as_py()
        for piece in rows.of([columns.MALL_TOKENS])
    )
    is_there = {NAME: True, MALL: has_malls, IMAGE: has_pictures}
    return tuple(branch for branch in BRANCHES if is_there[branch])
