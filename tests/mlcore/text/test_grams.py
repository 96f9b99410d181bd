import numpy as np
import pytest

from mlcore.text.grams import GramReader, document_frequencies

FIRST = [226812, 60225, 11379]
"""Ids of " a", " a " and "a "."""

READER = GramReader(buckets=2**20, length=30)


def ids_of(*tokens, reader=READER):
    [row] = reader.read([list(tokens)])
    return row[row > 0].tolist()


def test_every_n_gram_of_two_to_four_characters_is_read():
    # " coat " has 5 pairs, 4 triples and 3 of four.
    assert len(ids_of("coat")) == 5 + 4 + 3


def test_an_n_gram_has_the_same_id_wherever_it_stands():
    first, second = ids_of("abc"), ids_of("xxxx", "abc")

    assert set(first) <= set(second)


def test_n_grams_of_one_text_do_not_reach_into_the_next():
    alone = READER.read([["ab"]])
    together = READER.read([["ab"], ["cd"]])

    assert together[0].tolist() == alone[0].tolist()
    assert together[1].tolist() == READER.read([["cd"]])[0].tolist()


def test_n_grams_span_two_tokens():
    assert set(ids_of("ab", "cd")) > set(ids_of("ab")) | set(ids_of("cd"))


def test_words_side_by_side_are_not_one_word():
    assert set(ids_of("abcd")) != set(ids_of("ab", "cd"))


def test_a_long_name_keeps_its_beginning():
    short = GramReader(buckets=64, length=4)

    [cut] = short.read([["ab" * 5_000]])
    [whole] = GramReader(buckets=64, length=100).read([["ab" * 50]])

    assert cut.tolist() == whole[:4].tolist()


def test_names_without_tokens_are_all_padding():
    assert READER.read([[], ["a"], []]).any(axis=1).tolist() == [False, True, False]
    assert READER.read([]).shape == (0, 30)


def test_a_lone_surrogate_is_a_character():
    assert len(ids_of("\ud800")) == 2 + 1


def test_ids_lie_between_one_and_the_number_of_buckets():
    ids = GramReader(buckets=4, length=50).read([["coat", "red"]])

    assert set(ids[ids > 0].tolist()) == {1, 2, 3, 4}


def test_ids_are_the_same_in_every_process():
    # Worked out once; a version's weights are worthless under any other.
    assert ids_of("a", reader=GramReader(buckets=2**18, length=8)) == FIRST


def test_an_id_counts_once_for_a_name():
    ids = np.array([[2, 2, 1, 0], [2, 0, 0, 0]], dtype=np.int32)

    assert document_frequencies(ids, buckets=2).tolist() == [0, 1, 2]


@pytest.mark.parametrize("rows", [0, 5_000])
def test_any_number_of_names_is_counted(rows):
    ids = np.ones((rows, 2), dtype=np.int32)

    assert document_frequencies(ids, buckets=1).tolist() == [0, rows]
