"""Teach a backbone a shop's own pictures: all of a small network, or the last blocks of another."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice

import keras
import numpy as np
import numpy.typing as npt

from mlcore.images.backbones import Backbone, pooled
from mlcore.images.decode import Pixels, decode
from mlcore.images.files import Pictures
from mlcore.images.flaws import Unreadable
from mlcore.images.rows import NO_PICTURE, RowPictures
from mlcore.progress import BadInput, IsCancelled, Progress, never, silent, stop_if

BATCH = 32
"""Pictures per step."""

SCRATCH_RATE, TUNING_RATE = 1e-3, 1e-4
"""Adam's first step; what has been learnt before must move slowly, or it is forgotten."""

DROPOUT, SMOOTHING = 0.3, 0.1

FEWEST = 2
"""Pictures, and categories, without which there is nothing to tell apart."""


@dataclass(frozen=True)
class Lesson:
    """
    Pictures with their categories.

    Attributes:
        images: the column `image` of the rows.
        labels: category index of each row, shape (n,).
        pictures: where the files are.
    """

    images: Sequence[str]
    labels: npt.NDArray[np.int64]
    pictures: Pictures


def learn(
    backbone: Backbone,
    lesson: Lesson,
    *,
    epochs: int,
    seed: int,
    workers: int = 2,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> tuple[float, ...]:
    """
    Train what is not frozen of a backbone, in place, to tell the categories apart.

    A passing softmax stands on its features; pictures are mirrored at random. Pixels are decoded
    batch by batch and never held as a whole.

    Args:
        backbone: of our own or, its last blocks thawed, a pretrained one.
        lesson: rows that may teach; those without a readable picture are left out.
        epochs: passes over them.
        seed: the order and the mirroring follow from it.
        workers: threads that decode.

    Returns:
        Mean loss (nats) of each epoch.

    Raises:
        BadInput: there are fewer than two pictures or categories.
        Cancelled: `is_cancelled` said yes.
    """
    known = _known(lesson)
    model = _answering(backbone, known.n_categories, steps=epochs * -(-len(known.names) // BATCH))
    dice = np.random.default_rng(seed)
    total = epochs * len(known.names)
    losses = []
    with ThreadPoolExecutor(workers) as pool:
        for epoch in range(epochs):
            sums = np.zeros(2)  # loss, pictures
            for begin, chosen in _shuffled(len(known.names), dice):
                stop_if(is_cancelled)
                progress("learn pictures", epoch * len(known.names) + begin, total)
                files = [known.names[row] for row in chosen]
                read = list(pool.map(partial(_read, lesson.pictures, side=backbone.side), files))
                sums += _step(model, read, known.labels[chosen], known.n_categories, dice)
            losses.append(float(sums[0] / max(sums[1], 1)))
    return tuple(losses)


def readable(lesson: Lesson, side: int, *, most: int) -> Pixels:
    """
    Return the first pictures that can be read, shape (n, side, side, 3), n <= `most`.

    Raises:
        BadInput: there is none.
    """
    names = RowPictures(lesson.images[: 4 * most], lesson.pictures).shown().names
    found = (_read(lesson.pictures, name, side=side) for name in names)
    pixels = list(islice((each for each in found if each is not None), most))
    if not pixels:
        raise BadInput("None of the rows' pictures can be read; do their names fit the files?")
    return np.stack(pixels)


@dataclass(frozen=True)
class _Known:
    """Rows with a picture: its name, and the index of the category among those that occur."""

    names: list[str]
    labels: npt.NDArray[np.int64]
    n_categories: int


def _known(lesson: Lesson) -> _Known:
    shown = RowPictures(lesson.images, lesson.pictures).shown()
    rows = np.flatnonzero(shown.places != NO_PICTURE)
    codes, labels = np.unique(lesson.labels[rows], return_inverse=True)
    if len(shown.names) < FEWEST or len(codes) < FEWEST:
        raise BadInput("A backbone learns from at least two pictures of two categories.")
    return _Known([shown.names[place] for place in shown.places[rows]], labels, len(codes))


def _step(
    model: keras.Model,
    read: list[Pixels | None],
    labels: npt.NDArray[np.int64],
    n_categories: int,
    dice: np.random.Generator,
) -> tuple[float, int]:
    """Learn from those pictures that could be read; return their summed loss and number."""
    good = [place for place, pixels in enumerate(read) if pixels is not None]
    if not good:
        return 0.0, 0
    pixels = _mirrored(np.stack([each for each in read if each is not None]), dice)
    truth = keras.utils.to_categorical(labels[good], n_categories)
    return float(model.train_on_batch(pixels, truth)) * len(good), len(good)


def _answering(backbone: Backbone, n_categories: int, steps: int) -> keras.Model:
    features = pooled(backbone)
    hidden = keras.layers.Dropout(DROPOUT)(features.output)
    answers = keras.layers.Dense(n_categories, activation="softmax", dtype="float32")(hidden)
    model = keras.Model(features.input, answers)
    first = TUNING_RATE if backbone.is_pretrained else SCRATCH_RATE
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(first, steps)),
        keras.losses.CategoricalCrossentropy(label_smoothing=SMOOTHING),
    )
    return model


def _shuffled(count: int, dice: np.random.Generator) -> list[tuple[int, npt.NDArray[np.int64]]]:
    order = dice.permutation(count)
    return [(begin, order[begin : begin + BATCH]) for begin in range(0, count, BATCH)]


def _read(pictures: Pictures, name: str, *, side: int) -> Pixels | None:
    try:
        return decode(pictures.read(name), side=side)
    except Unreadable:
        return None


def _mirrored(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """Turn half of the pictures left to right: a product stays what it is."""
    is_turned = dice.random(len(pixels)) < 0.5
    pixels[is_turned] = pixels[is_turned, :, ::-1]
    return pixels
