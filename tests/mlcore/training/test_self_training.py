from dataclasses import replace

import numpy as np
import pytest

from mlcore.artifact.encoder import Products
from mlcore.progress import Cancelled

UNLABELLED = [["코듀로이", "슬랙스"]] * 20
"""Trousers, as every network says that knows the second word; the first one is new."""


@pytest.fixture
def brief(small):
    return replace(small, epochs=2, self_training=1.0)


def trousers(trained, *tokens):
    """Return the probability that a product of this name is a pair of trousers."""
    inputs = trained.encoder.encode(Products(names=[list(tokens)]))
    [probabilities] = np.asarray(trained.model(inputs)["name"])
    return probabilities[trained.categories.index("패션의류>바지")]


def test_a_word_that_only_unlabelled_names_have_is_learnt(fit, goods, brief):
    plain, taught = fit(goods, brief), fit(goods, brief, unlabelled=UNLABELLED)

    assert trousers(plain, "코듀로이") < 0.5
    assert trousers(taught, "코듀로이") > 0.7


def test_with_a_power_of_nothing_they_teach_nothing(fit, goods, brief):
    plain = fit(goods, brief)

    taught = fit(goods, replace(brief, self_training=0.0), unlabelled=UNLABELLED)

    vectors = [each.model.get_layer("gram_vectors").get_weights()[0] for each in (plain, taught)]
    assert np.array_equal(*vectors)


def test_what_is_not_in_them_is_still_known(fit, goods, brief):
    taught = fit(goods, brief, unlabelled=UNLABELLED)

    assert trousers(taught, "청바지") > 0.9
    assert trousers(taught, "코트") < 0.1


def test_a_network_of_words_is_not_taught_by_itself(fit, goods, brief):
    stages = []

    fit(
        goods,
        replace(brief, name_reads="words", word_vectors="random"),
        unlabelled=UNLABELLED,
        progress=lambda stage, *_: stages.append(stage),
    )

    assert "self" not in stages


def test_cancelling_is_noticed_while_names_are_answered(fit, goods, brief):
    stages = []

    with pytest.raises(Cancelled):
        fit(
            goods,
            brief,
            unlabelled=UNLABELLED * 100,
            progress=lambda stage, *_: stages.append(stage),
            is_cancelled=lambda: "self" in stages,
        )
