import pickle

import pytest

from mlcore.progress import BadInput
from mlcore.text.tokenise import BlankTokeniser, MecabTokeniser, RunTokeniser
from mlcore.text.word_list import HOLDER, LONGEST, ListedTokeniser, WordList, keeping, words_of


@pytest.fixture
def listed():
    return ListedTokeniser(WordList.of(["느와이", "느와이맨", "나이"]), MecabTokeniser())


def test_mecab_splits_a_brand_that_it_does_not_know():
    assert MecabTokeniser().tokens("느와이 원피스") == ["느", "와", "이", "원피스"]


@pytest.mark.parametrize("name", ["느와이 원피스", "느와이원피스", "[느와이]원피스"])
def test_a_listed_word_stays_whole_wherever_it_stands(listed, name):
    assert [token for token in listed.tokens(name) if token not in "[]"] == ["느와이", "원피스"]


def test_the_longest_listed_word_wins(listed):
    assert listed.tokens("느와이맨 느와이") == ["느와이맨", "느와이"]


def test_a_word_of_two_letters_is_whole_only_by_itself(listed):
    assert listed.tokens("나이 3 나이키") == ["나이", "3", "나이키"]


def test_words_are_found_however_they_are_written():
    decomposed = "\u1102\u1173와이"

    words = ListedTokeniser(WordList.of(["ZARA", "느와이"]), MecabTokeniser())

    assert words.tokens(f"Zara {decomposed}") == ["zara", "느와이"]


def test_a_name_without_a_listed_word_is_split_as_ever(listed):
    assert listed.tokens("여성용 C12") == MecabTokeniser().tokens("여성용 C12")
    assert listed.tokens("") == []


def test_what_stands_for_a_word_is_no_part_of_names(listed):
    assert listed.tokens(f"느와이{HOLDER}코트{HOLDER}") == ["느와이", "코트"]


@pytest.mark.parametrize("inner", [RunTokeniser(), BlankTokeniser(), MecabTokeniser()])
def test_any_tokeniser_can_have_a_list(inner):
    words = ListedTokeniser(WordList.of(["c12+"]), inner)

    assert words.tokens("코트 c12+ 55") == ["코트", "c12+", "55"]


def test_the_fingerprint_tells_lists_apart_and_not_their_order():
    first, again, other = (
        ListedTokeniser(WordList.of(words), RunTokeniser()).fingerprint
        for words in (["가나", "다라"], ["다라", "가나", "가나"], ["가나"])
    )

    assert first == again != other
    assert first.startswith("runs-1+words-")


def test_a_tokeniser_with_a_list_travels_between_processes(listed):
    copy = pickle.loads(pickle.dumps(listed))

    assert copy.tokens("느와이 코트") == ["느와이", "코트"]
    assert copy.fingerprint == listed.fingerprint


def test_a_tokeniser_without_words_has_no_list(listed):
    plain = MecabTokeniser()

    assert keeping(WordList(), plain) is keeping(None, plain) is plain
    assert words_of(plain) is None
    assert words_of(listed) == WordList.of(["나이", "느와이", "느와이맨"])


def test_a_file_has_a_word_a_line(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("\ufeff# brands\n느와이 \n\nZARA\n", encoding="utf-8")

    words = WordList.read(path)
    words.write(path)

    assert words.words == ("zara", "느와이")
    assert WordList.read(path) == words


@pytest.mark.parametrize("word", ["a", "느와이 원피스", "가" * (LONGEST + 1), f"가{HOLDER}"])
def test_what_is_no_word_cannot_be_listed(word):
    with pytest.raises(BadInput, match="cannot be listed"):
        WordList.of([word])


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "words.txt").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadInput, match="no readable list"):
        WordList.read(tmp_path / "words.txt")
