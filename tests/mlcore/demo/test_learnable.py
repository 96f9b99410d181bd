"""Is the market neither trivial nor hopeless to learn, and does the exclusion list help?"""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from mlcore.demo.rules import demo_rules

from .test_rules import hits

SMOOTHING = 0.05


def features(name):
    return name.split() + [name[place : place + 2] for place in range(len(name) - 1)]


def counts(rows, vocabulary):
    """Word and letter-pair counts, (n_rows, n_features)."""
    lists = [[vocabulary[f] for f in features(r.product_name) if f in vocabulary] for r in rows]
    ends = np.cumsum([0, *map(len, lists)])
    flat = np.concatenate([np.array(row, dtype=np.int64) for row in lists])
    return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(vocabulary)))


def naive_bayes_accuracy(rows, shown):
    """Train on the given categories, return the share of acceptable answers on the samples."""
    words = dict.fromkeys(f for row in rows for f in features(row.product_name))
    vocabulary = {feature: place for place, feature in enumerate(words)}
    paths = sorted({row.category_path for row in rows})
    targets = np.searchsorted(paths, [row.category_path for row in rows])
    member = csr_matrix((np.ones(len(rows)), (targets, np.arange(len(rows)))))
    seen = (member @ counts(rows, vocabulary)).toarray() + SMOOTHING
    weights = np.log(seen / seen.sum(axis=1, keepdims=True))  # (n_paths, n_features)
    scores = counts(shown, vocabulary) @ weights.T + np.log(np.bincount(targets))
    answers = [paths[place] for place in scores.argmax(axis=1)]
    return np.mean([answer in row.acceptable for answer, row in zip(answers, shown, strict=True)])


@pytest.fixture(scope="module")
def plain_accuracy(delivered, shown):
    return naive_bayes_accuracy(delivered, shown)


def test_a_counting_model_learns_most_but_not_all(plain_accuracy):
    assert 0.6 < plain_accuracy < 0.9


def test_dropping_what_the_exclusion_list_hits_raises_accuracy(plain_accuracy, delivered, shown):
    dropped = {row.product_id for rule in demo_rules() for row in hits(rule, delivered)}
    kept = [row for row in delivered if row.product_id not in dropped]

    assert naive_bayes_accuracy(kept, shown) > plain_accuracy + 0.01
