"""The pictures that commands are given with the rows, and the backbone that looks at them."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from mlcore.artifact.encoder import Features
from mlcore.artifact.pictures import seen
from mlcore.artifact.runtime import LightModel
from mlcore.commands import files
from mlcore.corpus import columns
from mlcore.corpus.pieces import Pieces
from mlcore.heads import IMAGE
from mlcore.images.decode import SIDE
from mlcore.images.files import opened
from mlcore.progress import BadInput
from mlcore.training.config import TrainingConfig
from mlcore.training.own_backbone import BackboneOrder, made


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where the pictures are."""
    parser.add_argument("--images", type=Path, help="zip or folder of the rows' pictures")
    parser.add_argument("--cache", type=Path, help="folder that keeps pictures' features")


def add_backbone(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose and teach a backbone."""
    parser.add_argument("--backbone", help="small, mobilenet_v2_1.0, resnet50 …")
    parser.add_argument("--backbone-weights", help="a file of weights, or imagenet to download")
    parser.add_argument("--side", type=int, default=SIDE, help="of the pictures, in pixels")
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    parser.add_argument(
        "--tune-blocks", type=int, default=0, help="last blocks of the backbone that learn"
    )


def known(model: LightModel, options: argparse.Namespace, rows: pa.Table) -> dict[str, Features]:
    """
    Return what the given pictures show, as `LightModel.read` takes it; nothing without pictures.

    Raises:
        BadInput: pictures were given for a version that reads none, or cannot be opened.
    """
    if options.images is None:
        return {}
    if IMAGE not in model.branches:
        raise BadInput(f"The model in {options.model} reads no pictures; leave --images out.")
    names = _names(options, rows)
    with seen(options.model, options.images, cache=options.cache, progress=files.show) as pictures:
        found = pictures.of(names)
    for problem in pictures.problems:
        sys.stderr.write(f"{problem.name}: {problem.flaw}\n")
    return {"pictures": found}


def _names(options: argparse.Namespace, rows: pa.Table) -> list[str]:
    if columns.IMAGE not in rows.column_names:
        raise BadInput(f"{options.rows.name} has no column {columns.IMAGE} that names pictures.")
    names: list[str] = rows[columns.IMAGE].to_pylist()
    return names


def order_of(options: argparse.Namespace) -> BackboneOrder:
    """Return the backbone that the options ask for."""
    return BackboneOrder(
        name=options.backbone,
        weights=options.backbone_weights,
        side=options.side,
        precision=options.precision,
        tune_blocks=options.tune_blocks,
    )


@contextlib.contextmanager
def backbone_for(
    options: argparse.Namespace, rows: pa.Table | Pieces, config: TrainingConfig
) -> Iterator[Path]:
    """
    Make the backbone that the options ask for beside the output, and give its folder.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
    """
    folder = options.out.with_name(f".{options.out.name}.backbone")
    where = str(options.images.resolve())
    with (
        opened(options.images) as source,
        made(
            order_of(options), rows, config, source, folder, pictures=where, progress=files.show
        ) as backbone,
    ):
        yield backbone
