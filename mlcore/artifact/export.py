"""Write a trained network as a model version's folder, checked against itself."""

import contextlib
import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa
import tensorflow as tf

from mlcore.artifact import folder as files
from mlcore.artifact import refurbished, runtime
from mlcore.artifact.encoder import Encoder, Inputs
from mlcore.artifact.keras_file import make_reproducible
from mlcore.corpus.folder import replacing, write_json
from mlcore.heads import heads_of
from mlcore.images import record
from mlcore.text.tokenise import Tokeniser
from mlcore.text.word_list import keep

TOLERANCE = 1e-4
"""Largest difference of a probability between Keras and LiteRT; real ones are 1e-8."""

CHECKED_ROWS = 1_000

LIBRARIES = ("ai-edge-litert", "gensim", "keras", "numpy", "tensorflow", "tensorflow-cpu")
"""Those that a version's numbers depend on; TensorFlow has one of two names."""


class ExportDiffers(RuntimeError):
    """The exported network does not compute what the trained one does."""


@dataclass(frozen=True)
class Content:
    """
    Everything that a model version's folder is made of.

    Attributes:
        model: the trained network from inputs to each head's probabilities.
        encoder, tokeniser: what turns products into its inputs.
        categories: written path of every output, in order.
        config: the training settings as a record.
        scores: figures measured in training.
        held_out: inputs that it was not trained on, at least one row.
        origin: where the rows came from, such as a dataset's fingerprint.
        refurbished: rows whose label the training corrected, as `refurbished` keeps them.
        backbone: folder of what computes the features of pictures, copied into the version.
        calibration: record of a `Calibration` of the head that counts; None: not measured.
    """

    model: keras.Model
    encoder: Encoder
    tokeniser: Tokeniser
    categories: Sequence[str]
    config: dict[str, Any]
    scores: dict[str, Any]
    held_out: Inputs
    origin: dict[str, str] = field(default_factory=dict)
    refurbished: pa.Table | None = None
    backbone: Path | None = None
    calibration: dict[str, Any] | None = None


def export(content: Content, destination: Path) -> str:
    """
    Write the folder, replacing one that is there, and return its fingerprint.

    Raises:
        ExportDiffers: LiteRT's probabilities are not Keras's; nothing is written.
        OSError: the disk is full; nothing is written.
    """
    with replacing(destination) as draft:
        _write_light(content.model, draft / files.MODEL)
        content.model.save(draft / files.WEIGHTS)
        make_reproducible(draft / files.WEIGHTS)
        content.encoder.save(draft / files.ENCODER)
        if content.backbone is not None:
            for name in record.FILES:
                shutil.copyfile(content.backbone / name, draft / name)
        write_json(draft / files.CATEGORIES, [{"path": path} for path in content.categories])
        write_json(
            draft / files.CONFIG,
            {
                "heads": heads_of(content.encoder.branches),
                "training": content.config,
                "tokeniser": content.tokeniser.fingerprint,
                "origin": content.origin,
                "libraries": _libraries(),
            },
        )
        keep(content.tokeniser, draft)
        if content.calibration is not None:
            write_json(draft / files.CALIBRATION, content.calibration)
        if content.refurbished is not None:
            refurbished.write(draft, content.refurbished)
        difference = _difference((draft / files.MODEL).read_bytes(), content)
        write_json(draft / files.SCORES, {**content.scores, "export_difference": difference})
        return files.seal(draft)


def _write_light(model: keras.Model, path: Path) -> None:
    """Write the network for the light runtime, by way of a folder for passing files."""
    try:
        model.export(str(path), format="litert", verbose=False)
    except tf.errors.ResourceExhaustedError as problem:
        # TensorFlow's word for a full disk, and for a full memory, which stays what it is.
        full = os.strerror(errno.ENOSPC)
        if full not in str(problem):
            raise
        raise OSError(errno.ENOSPC, full) from problem


def _libraries() -> dict[str, str]:
    """Return the versions of what trained and wrote it, as far as they are installed."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _difference(exported: bytes, content: Content) -> float:
    """Return how far the exported network is from the trained one on held-out rows."""
    rows = {name: values[:CHECKED_ROWS] for name, values in content.held_out.items()}
    light = runtime.LightModel(
        exported,
        categories=tuple(content.categories),
        heads=heads_of(content.encoder.branches),
        encoder=content.encoder,
        tokeniser=content.tokeniser,
        threads=1,
    )
    expected = content.model(rows, training=False)
    found = light.probabilities(rows)
    difference = max(
        float(np.abs(found[head] - keras.ops.convert_to_numpy(trained)).max())
        for head, trained in expected.items()
    )
    if not difference < TOLERANCE:
        raise ExportDiffers(
            f"The exported network differs from the trained one by {difference:.1e}."
        )
    return difference
