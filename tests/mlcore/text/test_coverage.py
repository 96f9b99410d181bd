from collections import Counter

from mlcore.text.coverage import Coverage, by_min_count, by_size

COUNTS = Counter({"coat": 6, "red": 2, "wool": 1, "xk-95": 1})


def test_the_most_frequent_words_are_kept_first():
    [two] = by_size(COUNTS, [2])

    assert two == Coverage(min_count=2, words=2, tokens=0.8, singles=0.0)


def test_words_that_occur_too_rarely_are_unknown():
    once, twice = by_min_count(COUNTS, [1, 2])

    assert once == Coverage(min_count=1, words=4, tokens=1.0, singles=0.5)
    assert twice == Coverage(min_count=2, words=2, tokens=0.8, singles=0.0)


def test_a_limit_that_no_word_reaches_leaves_nothing():
    assert by_min_count(COUNTS, [7]) == [Coverage(min_count=7, words=0, tokens=0.0, singles=0.0)]
