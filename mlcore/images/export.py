"""Write a backbone as a folder for the light runtime, checked against itself."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from mlcore.images import record as records
from mlcore.images.backbones import Backbone, pooled
from mlcore.images.decode import DECODER, Pixels
from mlcore.images.features import Extractor, Features
from mlcore.images.record import BackboneRecord, Precision

TOLERANCE = 1e-3
"""Largest relative difference of fp32 features; real ones are 1e-5."""

CHECKED_PICTURES = 64

REPRESENTATIVE_PICTURES = 200
"""From which the ranges of 8-bit numbers are read; more changed nothing."""


class ExportDiffers(RuntimeError):
    """The exported network does not compute what the trained one does."""


def export(
    backbone: Backbone,
    destination: Path,
    *,
    samples: Pixels,
    precision: Precision = Precision.FP32,
) -> BackboneRecord:
    """
    Write the files `record.FILES` into a folder, and return the record.

    Args:
        destination: made if needed; its other files are left alone.
        samples: training pictures, shape (n, side, side, 3), n >= 1: what the exported network
            is checked with, and for 8 bits what its ranges of numbers are read from.
        precision: 8 bits are faster and a little less accurate; measure before use.

    Raises:
        ExportDiffers: the fp32 network does not compute the same features; nothing is written.
    """
    if not len(samples):
        raise ValueError("expected at least one sample, got none")
    network = pooled(backbone)
    is_small = precision is Precision.INT8
    exported = _in_int8(network, samples) if is_small else _in_fp32(network)
    made = BackboneRecord(
        name=backbone.name,
        side=backbone.side,
        width=backbone.width,
        precision=precision,
        weights=backbone.weights,
        origin=backbone.origin,
        decoder=DECODER,
        model=hashlib.sha256(exported).hexdigest(),
        difference=0.0,
    )
    difference = _difference(network, Extractor(exported, made), samples[:CHECKED_PICTURES])
    if precision is Precision.FP32 and not difference < TOLERANCE:
        raise ExportDiffers(
            f"The exported backbone differs from the trained one by {difference:.1e}."
        )
    checked = replace(made, difference=difference)
    destination.mkdir(parents=True, exist_ok=True)
    _replace(destination / records.MODEL, exported)
    records.write(checked, destination)
    return checked


def _in_fp32(network: keras.Model) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / records.MODEL
        network.export(str(path), format="litert", verbose=False)
        return path.read_bytes()


def _in_int8(network: keras.Model, samples: Pixels) -> bytes:
    """Return the network in 8-bit numbers; pixels come in and features go out as before."""
    import tensorflow as tf

    chosen = np.linspace(0, len(samples) - 1, min(len(samples), REPRESENTATIVE_PICTURES))

    def representative() -> Iterator[list[Pixels]]:
        for row in chosen.astype(int):
            yield [samples[row : row + 1]]

    with tempfile.TemporaryDirectory() as folder:
        network.export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = representative
        exported: bytes = converter.convert()
    return exported


def _difference(network: keras.Model, extractor: Extractor, pixels: Pixels) -> float:
    """Return how far exported features are from trained ones, relative to their length."""
    expected: Features = keras.ops.convert_to_numpy(network(pixels, training=False))
    lengths = np.linalg.norm(expected, axis=1)
    apart = np.linalg.norm(extractor.features(pixels) - expected, axis=1)
    return float((apart / np.maximum(lengths, np.finfo(np.float32).eps)).mean())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    draft.replace(path)
