from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from labelhub.accounts.models import AuditEntry
from labelhub.catalog.models import Synonym, SynonymProposal, TreeVersion
from labelhub.catalog.services import finder, synonyms
from tests.factories import NOW, CategoryFactory

pytestmark = pytest.mark.django_db


def proposed(word, category, by) -> SynonymProposal:
    synonyms.propose(word=word, category=category, by=by, now=NOW)
    return SynonymProposal.objects.get(word=word, category=category)


def test_a_synonym_is_kept_as_it_is_compared(curator):
    synonym = synonyms.add(
        word="  T-Shirts  긴팔 ", category=CategoryFactory(path="티셔츠"), by=curator, now=NOW
    )

    assert synonym.word == "t-shirts 긴팔"


def test_a_new_synonym_makes_browsers_fetch_the_tree_again_and_is_on_record(curator):
    before = finder.version()

    synonyms.add(word="자켓", category=CategoryFactory(path="옷>재킷"), by=curator, now=NOW)

    assert finder.version() > before
    assert AuditEntry.objects.get().details == {"word": "자켓", "of": "옷>재킷"}


@pytest.mark.parametrize("word", ["", "  ", "재킷", "가" * 41])
def test_a_synonym_is_another_word_of_a_sensible_length(word, curator):
    with pytest.raises(synonyms.NotASynonym):
        synonyms.add(word=word, category=CategoryFactory(path="재킷"), by=curator, now=NOW)


def test_the_same_synonym_is_not_added_twice(curator):
    jacket = CategoryFactory(path="재킷")
    synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)

    with pytest.raises(synonyms.SynonymExists):
        synonyms.add(word="자켓 ", category=jacket, by=curator, now=NOW)


def test_a_removed_synonym_stays_as_history_and_may_come_back(curator):
    jacket = CategoryFactory(path="재킷")
    first = synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)
    synonyms.remove(synonym=first, by=curator, now=NOW + timedelta(days=1))

    again = synonyms.add(word="자켓", category=jacket, by=curator, now=NOW + timedelta(days=2))

    first.refresh_from_db()
    assert (first.retired_by, first.retired_at) == (curator, NOW + timedelta(days=1))
    assert list(Synonym.objects.current()) == [again]


def test_removing_twice_changes_the_tree_once(curator):
    synonym = synonyms.add(word="자켓", category=CategoryFactory(path="재킷"), by=curator, now=NOW)
    versions = TreeVersion.objects.count()

    for _ in range(2):
        synonyms.remove(synonym=synonym, by=curator, now=NOW)

    assert TreeVersion.objects.count() == versions + 1


@pytest.mark.parametrize("broken", [{"stands_for": "재킷"}, {"category": None}, {"word": ""}])
def test_the_table_holds_no_synonym_of_both_or_of_neither(broken):
    row = {"category": CategoryFactory(), "word": "자켓", "created_at": NOW} | broken

    with pytest.raises(IntegrityError), transaction.atomic():
        Synonym.objects.create(**row)


def test_a_word_searched_in_vain_before_a_choice_is_counted(annotator):
    bag = CategoryFactory(path="여성가방>숄더백")

    synonyms.propose(word="쇼퍼백", category=bag, by=annotator, now=NOW)
    synonyms.propose(word=" 쇼퍼백", category=bag, by=annotator, now=NOW + timedelta(hours=1))

    proposal = SynonymProposal.objects.get()
    assert (proposal.word, proposal.count) == ("쇼퍼백", 2)
    assert proposal.last_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "ㅅㅍ",  # letters of an unfinished word
        "50000418",  # an id
        "숄더",  # in the name
        "여성",  # in the path
        "가나다" * 14,  # nobody's word
        "어깨가방",  # a synonym already
        "숄더빽",  # another spelling already
    ],
)
def test_words_that_make_no_synonym_are_passed_over(word, annotator, curator):
    bag = CategoryFactory(path="여성가방>숄더백")
    synonyms.add(word="어깨가방", category=bag, by=curator, now=NOW)
    synonyms.add(word="빽", stands_for="백", is_inside=True, by=curator, now=NOW)

    synonyms.propose(word=word, category=bag, by=annotator, now=NOW)

    assert not SynonymProposal.objects.exists()


def test_an_accepted_proposal_becomes_a_synonym(annotator, curator):
    bag = CategoryFactory(path="숄더백")

    synonyms.accept(proposal=proposed("쇼퍼백", bag, annotator), by=curator, now=NOW)

    assert [(each.word, each.category) for each in Synonym.objects.current()] == [("쇼퍼백", bag)]
    assert SynonymProposal.objects.get().state == SynonymProposal.State.ACCEPTED


def test_a_dismissed_proposal_stays_dismissed_when_it_comes_again(annotator, curator):
    bag = CategoryFactory(path="숄더백")
    synonyms.dismiss(proposal=proposed("기내용", bag, annotator), by=curator, now=NOW)

    again = proposed("기내용", bag, annotator)

    assert (again.state, again.count) == (SynonymProposal.State.DISMISSED, 2)
    assert not Synonym.objects.exists()


def test_a_proposal_is_decided_once(annotator, curator):
    proposal = proposed("쇼퍼백", CategoryFactory(path="숄더백"), annotator)
    synonyms.dismiss(proposal=proposal, by=curator, now=NOW)

    with pytest.raises(synonyms.NotASynonym):
        synonyms.accept(proposal=proposal, by=curator, now=NOW)

    assert not Synonym.objects.exists()


def test_the_finder_gets_synonyms_of_categories_and_of_words(curator):
    jacket = CategoryFactory(path="옷>레더재킷")
    synonyms.add(word="가죽잠바", category=jacket, by=curator, now=NOW)
    synonyms.add(word="자켓", stands_for="재킷", is_inside=True, by=curator, now=NOW)
    synonyms.add(word="의류", stands_for="옷", by=curator, now=NOW)

    assert finder.tree().synonyms == {0: ["의류"], 1: ["가죽잠바", "레더자켓"]}


def test_a_search_without_a_script_knows_synonyms_too(curator):
    jacket = CategoryFactory(path="옷>재킷")
    skirt = CategoryFactory(path="옷>스커트")
    synonyms.add(word="치마", category=skirt, by=curator, now=NOW)
    synonyms.add(word="자켓", stands_for="재킷", is_inside=True, by=curator, now=NOW)

    found = {word: list(finder.search(word, answer_level=None)) for word in ("치마", "자켓")}

    assert found == {"치마": [skirt], "자켓": [jacket]}
