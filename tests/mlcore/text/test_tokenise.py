import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlcore.text.tokenise import MecabTokeniser, RunTokeniser, known_as, shipped


@pytest.fixture(scope="module")
def mecab():
    return MecabTokeniser()


def test_mecab_splits_a_name_into_folded_morphemes(mecab):
    assert mecab.tokens("여성용 원피스 C12") == ["여성", "용", "원피스", "c", "12"]


def test_mecab_gives_no_token_for_blank_text(mecab):
    assert mecab.tokens("  ") == []


def test_fingerprint_names_the_dictionary_and_stays_the_same(mecab):
    assert mecab.fingerprint.startswith("mecab-0.996-ko-")
    assert MecabTokeniser().fingerprint == mecab.fingerprint


def test_threads_split_alike(mecab):
    names = ["남녀공용 등산 바지", "유아동 패딩 점퍼"] * 200

    with ThreadPoolExecutor(4) as pool:
        split = list(pool.map(mecab.tokens, names))

    assert split == [mecab.tokens(name) for name in names]


def test_a_tokeniser_travels_between_processes(mecab):
    copy = pickle.loads(pickle.dumps(mecab))

    assert copy.tokens("아동 코트") == mecab.tokens("아동 코트")


def test_runs_end_where_the_kind_of_character_changes():
    assert RunTokeniser().tokens("[해외]나이키 Air맥스90_W") == [
        "[", "해외", "]", "나이키", "air", "맥스", "90", "_", "w",
    ]  # fmt: skip


def test_mecab_is_shipped_and_runs_are_where_it_is_not_installed(monkeypatch, mecab):
    assert shipped().fingerprint == mecab.fingerprint

    monkeypatch.setattr("mlcore.text.tokenise.HAS_MECAB", False)

    assert shipped().fingerprint == "runs-1"


def test_a_model_finds_the_tokeniser_of_its_training(mecab):
    assert known_as("runs-1").tokens("원피스2") == ["원피스", "2"]
    assert known_as(mecab.fingerprint).fingerprint == mecab.fingerprint
