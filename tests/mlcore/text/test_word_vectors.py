import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from mlcore.text.word_vectors import Lesson, learnt

LESSON = Lesson(size=8, epochs=30, window=3, min_count=2, seed=0)

# Words 2 and 3 stand in the same surroundings, 4 and 5 in others, 6 occurs once.
NAMES = np.array(
    [[2, 7, 8, 0], [3, 7, 8, 0], [4, 9, 10, 1], [5, 9, 10, 1]] * 60 + [[6, 7, 9, 0]], dtype=np.int32
)

ELSEWHERE = """
import numpy as np
from mlcore.text.word_vectors import Lesson, learnt
names = np.array([[2, 3], [3, 4]] * 9, dtype=np.int32)
lesson = Lesson(size=4, epochs=2, window=2, min_count=1, seed=3)
print(learnt([names], lesson, n_words=5).tolist())
"""


def cosine(one, other):
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other)


@pytest.fixture(scope="module")
def vectors():
    return learnt([NAMES], LESSON, n_words=12)


def test_words_of_the_same_surroundings_become_alike(vectors):
    assert cosine(vectors[2], vectors[3]) > cosine(vectors[2], vectors[4])
    assert cosine(vectors[4], vectors[5]) > cosine(vectors[3], vectors[5])


def test_padding_unknown_rare_and_absent_words_have_no_vector(vectors):
    assert [row for row in range(12) if not vectors[row].any()] == [0, 1, 6, 11]


def test_the_numbers_spread_as_standard_normals_do(vectors):
    assert vectors[vectors.any(axis=1)].std() == pytest.approx(1)


def test_several_arrays_are_read_as_one(vectors):
    again = learnt([NAMES[:100], NAMES[100:]], LESSON, n_words=12)

    assert np.array_equal(again, vectors)


def test_another_seed_gives_other_vectors(vectors):
    other = learnt([NAMES], replace(LESSON, seed=1), n_words=12)

    assert not np.array_equal(other, vectors)


def test_a_process_that_hashes_differently_learns_equal_vectors():
    names = np.array([[2, 3], [3, 4]] * 9, dtype=np.int32)
    lesson = Lesson(size=4, epochs=2, window=2, min_count=1, seed=3)

    printed = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
    ).stdout

    assert json.loads(printed) == learnt([names], lesson, n_words=5).tolist()


def test_names_without_a_known_word_teach_nothing():
    assert not learnt([np.zeros((3, 4), dtype=np.int32)], LESSON, n_words=4).any()
    assert not learnt([], LESSON, n_words=4).any()


def test_every_pass_is_told_and_can_be_the_last():
    told = []

    def stop(epoch):
        told.append(epoch)
        if epoch == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learnt([NAMES], LESSON, n_words=12, on_epoch=stop)

    assert told == [0, 1]
