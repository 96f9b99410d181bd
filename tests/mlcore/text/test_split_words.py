from mlcore.text.split_words import SplitWord, split_words
from mlcore.text.tokenise import MecabTokeniser

NAMES = ["느와이 원피스", "느와이 코트 뚜왈렛", "뚜왈렛 느와이", "캡형 캡형 캡형 1 2 3 123 123"]


def test_words_in_single_letters_are_found_the_frequent_ones_first():
    assert split_words(NAMES, MecabTokeniser(), min_count=2) == [
        SplitWord("느와이", 3, ("느", "와", "이")),
        SplitWord("뚜왈렛", 2, ("뚜", "왈", "렛")),
    ]


def test_rare_words_are_left_out():
    assert [each.word for each in split_words(NAMES, MecabTokeniser(), min_count=3)] == ["느와이"]
