"""The pictures that commands are given with the rows, and the backbone that looks at them."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from mlcore.artifact.encoder import Features
from mlcore.artifact.pictures import seen
from mlcore.artifact.runtime import LightModel
from mlcore.commands import files
from mlcore.corpus import columns
from mlcore.heads import IMAGE
from mlcore.images.decode import SIDE
from mlcore.images.files import opened
from mlcore.progress import BadInput
from mlcore.training.config import TrainingConfig

if TYPE_CHECKING:
    from mlcore.images.backbones import Backbone

SMALL, PRETRAINED = "small", "mobilenet_v2_1.0"
"""What looks at pictures without and with given weights, unless told otherwise."""

TUNING_EPOCHS, SCRATCH_EPOCHS = 3, 10
"""Passes over the pictures; a network that knows nothing yet takes more of them."""


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


def write_backbone(
    options: argparse.Namespace, rows: pa.Table, config: TrainingConfig, folder: Path
) -> str:
    """
    Make the backbone that the options ask for, and say in words where it comes from.

    Loads TensorFlow.

    Args:
        rows: what is trained on; those held out teach the backbone nothing either.
        folder: where its files are written.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
    """
    from mlcore.images.backbones import build, thaw
    from mlcore.images.export import export
    from mlcore.images.record import Precision
    from mlcore.training.backbone import BATCH, Lesson, learn, readable
    from mlcore.training.rows import held_out_rows

    name = options.backbone or (PRETRAINED if options.backbone_weights else SMALL)
    backbone = build(name, side=options.side, weights=options.backbone_weights)
    thaw(backbone, blocks=options.tune_blocks)
    taught = rows.filter(pa.array(~held_out_rows(rows, config.validation_share)))
    codes = taught[columns.CATEGORY].combine_chunks().dictionary_encode().indices
    with opened(options.images) as pictures:
        lesson = Lesson(_names(options, taught), codes.to_numpy(), pictures)
        if options.tune_blocks or not backbone.is_pretrained:
            epochs = TUNING_EPOCHS if backbone.is_pretrained else SCRATCH_EPOCHS
            learn(backbone, lesson, epochs=epochs, seed=config.seed, progress=files.show)
            backbone = replace(backbone, origin=_origin_after(backbone, options.tune_blocks))
        samples = readable(lesson, backbone.side, most=6 * BATCH)
    made = export(backbone, folder, samples=samples, precision=Precision(options.precision))
    return f"{made.name}: {made.origin}"


def _origin_after(backbone: "Backbone", blocks: int) -> str:
    """Return where weights come from that have learnt from own pictures."""
    if not backbone.is_pretrained:
        return backbone.origin
    return f"{backbone.origin}, last {blocks} blocks tuned on own pictures"
