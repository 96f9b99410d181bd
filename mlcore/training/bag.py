"""A peer as fastText is: the mean of hashed n-gram vectors, then a softmax. Loads TensorFlow."""

import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from mlcore.corpus import columns
from mlcore.progress import Progress
from mlcore.training.ladder import Climbed, Ground, Rung

BUCKETS = 2**16
"""Vectors that n-grams are hashed to."""

LENGTH = 120
"""N-grams read of a name; a longer name loses its last ones."""

WIDTH, EPOCHS, BATCH, RATE = 64, 10, 256, 5e-3
"""Numbers of a vector, passes, rows of a step and Adam's step; more of any gained nothing."""

GRAMS = (2, 4)


def bag_of_grams(ground: Ground, folder: Path, progress: Progress) -> Climbed:
    """Train an averaged embedding of character n-grams of the name."""
    begin = time.perf_counter()
    keras.utils.set_random_seed(int(ground.settings.get("seed", 0)))
    given = ground.learnt[columns.CATEGORY].to_pylist()
    categories, labels = np.unique(np.array(given), return_inverse=True)
    model = _network(len(categories))
    grams = _grams(ground.learnt[columns.NAME].to_pylist())
    model.fit(grams, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    fitted = time.perf_counter()
    answers = model.predict(
        _grams(ground.test[columns.NAME].to_pylist()), batch_size=1024, verbose=0
    )
    seconds = time.perf_counter() - fitted
    predicted = categories[answers.argmax(axis=1)].tolist()
    size = sum(int(np.prod(weight.shape)) * 4 for weight in model.weights)
    return Climbed(predicted, fitted - begin, len(predicted) / seconds, size)


def _network(n_categories: int) -> keras.Model:
    ids = keras.Input((LENGTH,), dtype="int32")
    vectors = layers.Embedding(BUCKETS + 1, WIDTH)(ids)  # 0 pads
    is_there = layers.Lambda(lambda x: keras.ops.cast(x != 0, "float32"))(ids)
    summed = layers.Dot(axes=1)([is_there, vectors])
    count = layers.Lambda(lambda x: keras.ops.sum(x, axis=1, keepdims=True) + 1e-6)(is_there)
    mean = layers.Lambda(lambda pair: pair[0] / pair[1])([summed, count])
    model = keras.Model(ids, layers.Dense(n_categories, activation="softmax")(mean))
    model.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    return model


def _grams(names: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return ids of each name's n-grams, from 1, padded with 0: (n, LENGTH)."""
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=GRAMS, n_features=BUCKETS, norm=None
    )
    found = hashing.transform(names)
    ids = np.zeros((len(names), LENGTH), dtype=np.int32)
    counts = np.minimum(np.diff(found.indptr), LENGTH)
    row = np.repeat(np.arange(len(names)), counts)
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    ids[row, place] = found.indices[np.repeat(found.indptr[:-1], counts) + place] + 1
    return ids


BAG = Rung("bag", "Bag of n-gram vectors (peer)", bag_of_grams)
