"""The pictures that commands are given with the rows, and the backbone that looks at them."""

import argparse
import contextlib
import hashlib
import shutil
import sys
from collections.abc import Iterator
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

IDENTITY = "identity.txt"
"""Written last into a backbone's folder: of what it was made."""

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


@contextlib.contextmanager
def backbone_for(
    options: argparse.Namespace, rows: pa.Table, config: TrainingConfig
) -> Iterator[Path]:
    """
    Make the backbone that the options ask for, and give its folder.

    The folder stays beside the output when the process is killed, and the same command finds
    it there: what a backbone has learnt is not learnt again. Loads TensorFlow.

    Args:
        rows: what is trained on; those held out teach the backbone nothing either.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
    """
    folder = options.out.with_name(f".{options.out.name}.backbone")
    mark = folder / IDENTITY
    identity = _identity(options, rows, config)
    try:
        if not mark.is_file() or mark.read_text(encoding="utf-8") != identity:
            shutil.rmtree(folder, ignore_errors=True)
            write_backbone(options, rows, config, folder)
            mark.write_text(identity, encoding="utf-8")
        yield folder
    except BadInput:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def _identity(options: argparse.Namespace, rows: pa.Table, config: TrainingConfig) -> str:
    """Return what two commands have in common when they make the same backbone."""
    chosen = (options.backbone, options.backbone_weights, options.side, options.precision)
    settings = (options.tune_blocks, options.images.resolve(), config.seed, config.validation_share)
    digest = hashlib.sha256("\n".join(map(str, (*chosen, *settings))).encode())
    for column in (columns.NAME, columns.CATEGORY, columns.IMAGE):
        for value in rows[column].to_pylist() if column in rows.column_names else ():
            digest.update(f"{value}\0".encode())
    return digest.hexdigest()


def write_backbone(
    options: argparse.Namespace, rows: pa.Table, config: TrainingConfig, folder: Path
) -> None:
    """
    Make the backbone that the options ask for in a folder of its own. Loads TensorFlow.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
    """
    import keras

    from mlcore.images.backbones import build, thaw
    from mlcore.images.export import export
    from mlcore.images.record import Precision
    from mlcore.training.backbone import BATCH, Lesson, learn, readable
    from mlcore.training.rows import held_out_rows

    name = options.backbone or (PRETRAINED if options.backbone_weights else SMALL)
    keras.utils.set_random_seed(config.seed)
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
    export(backbone, folder, samples=samples, precision=Precision(options.precision))


def _origin_after(backbone: "Backbone", blocks: int) -> str:
    """Return where weights come from that have learnt from own pictures."""
    if not backbone.is_pretrained:
        return backbone.origin
    return f"{backbone.origin}, last {blocks} blocks tuned on own pictures"
