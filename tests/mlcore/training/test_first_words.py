from dataclasses import replace

import numpy as np
import pytest

from mlcore.progress import Cancelled, never, silent
from mlcore.text.vocabulary import UNKNOWN
from mlcore.training.architecture import untrained
from mlcore.training.rows import prepare


@pytest.fixture
def talk(small):
    return replace(small, name_reads="words", word_min_count=1)


@pytest.fixture
def prepared(goods, tmp_path_factory):
    """Return a function that prepares the goods in a new folder."""

    def made(config, *, is_cancelled=never, **options):
        folder = tmp_path_factory.mktemp("rows")
        return prepare(goods, config, folder, progress=silent, is_cancelled=is_cancelled, **options)

    return made


def first_vectors(config, rows):
    [vectors] = untrained(config, rows).get_layer("name_words").get_weights()
    return vectors


def test_words_begin_where_word2vec_put_them(prepared, talk):
    rows = prepared(talk)

    vectors = first_vectors(talk, rows)

    words = rows.word_vectors.any(axis=1)
    assert words.sum() == len(rows.encoder.name.vocabulary.words)
    assert np.array_equal(vectors[words], rows.word_vectors[words])
    # Padding and unknown words keep what chance gave them, next to zero.
    assert 0 < np.abs(vectors[:2]).max() < 0.01


def test_chance_decides_where_that_is_asked_for_or_n_grams_are_read(prepared, talk, small):
    assert prepared(replace(talk, word_vectors="random")).word_vectors is None
    assert prepared(replace(small, name_reads="grams")).word_vectors is None


def test_names_without_a_category_teach_where_words_belong(prepared, talk):
    plain = prepared(talk)

    taught = prepared(talk, unlabelled=[["모직", "바지"], ["블록", "인형"]])

    coat = [rows.word_vectors[ids(rows, "코트")].tolist() for rows in (plain, taught)]
    assert coat[0] != coat[1]


def test_words_of_names_without_a_category_are_read(prepared, talk):
    rows = prepared(talk, unlabelled=[["모직", "느와이"]] * 5)

    assert rows.word_vectors[ids(rows, "느와이")].any()


def test_words_without_a_category_are_unknown_where_chance_decides(prepared, talk):
    rows = prepared(replace(talk, word_vectors="random"), unlabelled=[["느와이"]] * 5)

    assert ids(rows, "느와이") == [UNKNOWN]


def ids(rows, *words):
    return rows.encoder.name.vocabulary.encode([words], length=len(words))[0].tolist()


def test_learning_words_is_cancelled(prepared, talk):
    stages = []

    def is_cancelled():
        stages.append("asked")
        return len(stages) > 3  # once for each part of the rows, then for each pass

    with pytest.raises(Cancelled):
        prepared(talk, is_cancelled=is_cancelled)
