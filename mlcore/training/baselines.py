"""The peers on the ladder: what people would use instead of a network, with its usual settings."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlcore.corpus import columns
from mlcore.progress import Progress
from mlcore.training.ladder import Climbed, Ground, Rung

GRAMS = (2, 4)
"""Characters of an n-gram; on 47,000 Korean names 2 to 4 did best."""

BUCKETS = 2**18
"""Features that n-grams are hashed to; more cost memory for every category."""

ALPHA, PASSES = 1e-6, 12
"""Of the logistic regression: its L2 penalty and its passes over the rows."""

PREDICTED_ROWS = 5_000
"""Rows answered at a time: categories x rows scores of 8 bytes each."""

BETWEEN = " | "


def majority(ground: Ground, folder: Path, progress: Progress) -> Climbed:
    """Answer the most frequent given category whatever comes."""
    begin = time.perf_counter()
    counted = pc.value_counts(ground.learnt[columns.CATEGORY]).to_pylist()
    best = max(counted, key=lambda pair: (pair["counts"], pair["values"]))["values"]
    fitted = time.perf_counter()
    predicted = [best] * ground.test.num_rows
    rate = ground.test.num_rows / max(time.perf_counter() - fitted, 1e-9)
    return Climbed(predicted, fitted - begin, rate, len(best.encode()))


def linear_svc(ground: Ground, folder: Path, progress: Progress) -> Climbed:
    """Train a linear support vector machine on TF-IDF of character n-grams of the name."""
    from sklearn.svm import LinearSVC

    return _linear(ground, LinearSVC(), _names)


def logistic(ground: Ground, folder: Path, progress: Progress) -> Climbed:
    """Train logistic regressions by gradient descent on the same features."""
    return _linear(ground, logistic_regression(ground), _names)


def logistic_with_malls(ground: Ground, folder: Path, progress: Progress) -> Climbed:
    """Train them on the name with the shop's own category behind it."""
    return _linear(ground, logistic_regression(ground), _names_and_malls)


def without_malls(ground: Ground) -> str:
    """Say that no row has a mall category, if that is so."""
    if any(text for text in _column(ground.train, columns.MALL_CATEGORY)):
        return ""
    return "no row has a mall category"


PEERS = (
    Rung("majority", "Majority class", majority),
    Rung("linear_svc", "TF-IDF + LinearSVC (peer)", linear_svc),
    Rung("logistic", "TF-IDF + logistic SGD (peer)", logistic),
    Rung("logistic_mall", "the same with mall category (peer)", logistic_with_malls, without_malls),
)


def logistic_regression(ground: Ground) -> Any:
    """Return the untrained peer: logistic regressions by gradient descent."""
    from sklearn.linear_model import SGDClassifier

    seed = int(ground.settings.get("seed", 0))
    return SGDClassifier(
        loss="log_loss", alpha=ALPHA, max_iter=PASSES, tol=None, random_state=seed, n_jobs=-1
    )


@dataclass(frozen=True)
class TextFeatures:
    """TF-IDF of the hashed character n-grams of texts."""

    hashing: Any
    weighting: Any

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextFeatures":
        """Learn how frequent the n-grams of these texts are."""
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

        hashing = HashingVectorizer(
            analyzer="char", ngram_range=GRAMS, n_features=BUCKETS, norm=None, alternate_sign=False
        )
        return cls(hashing, TfidfTransformer(sublinear_tf=True).fit(hashing.transform(texts)))

    @property
    def size(self) -> int:
        """Return the bytes of what was learnt."""
        size: int = self.weighting.idf_.nbytes
        return size

    def read(self, texts: Sequence[str]) -> Any:
        """Return a sparse matrix, a row a text."""
        return self.weighting.transform(self.hashing.transform(texts))


def _linear(ground: Ground, classifier: Any, texts_of: Callable[[pa.Table], list[str]]) -> Climbed:
    begin = time.perf_counter()
    texts = texts_of(ground.learnt)
    # Unlabelled names teach how frequent an n-gram is.
    features = TextFeatures.of([*texts, *ground.unlabelled])
    classifier.fit(features.read(texts), np.array(ground.learnt[columns.CATEGORY].to_pylist()))
    # Stored by category, every call of `predict` would copy all weights first.
    classifier.coef_ = np.asfortranarray(classifier.coef_)
    fitted = time.perf_counter()
    predicted: list[str] = []
    for chunk in _chunks(texts_of(ground.test)):
        predicted += classifier.predict(features.read(chunk)).tolist()
    seconds = time.perf_counter() - fitted
    size = classifier.coef_.nbytes + classifier.intercept_.nbytes + features.size
    return Climbed(predicted, fitted - begin, len(predicted) / seconds, size)


def _chunks(texts: list[str]) -> Iterator[list[str]]:
    return (texts[place : place + PREDICTED_ROWS] for place in range(0, len(texts), PREDICTED_ROWS))


def _names(rows: pa.Table) -> list[str]:
    return _column(rows, columns.NAME)


def _names_and_malls(rows: pa.Table) -> list[str]:
    pairs = zip(_names(rows), _column(rows, columns.MALL_CATEGORY), strict=True)
    return [f"{name}{BETWEEN}{mall}" for name, mall in pairs]


def _column(rows: pa.Table, name: str) -> list[str]:
    if name not in rows.column_names:
        return [""] * rows.num_rows
    texts: list[str] = rows[name].to_pylist()
    return [text or "" for text in texts]
