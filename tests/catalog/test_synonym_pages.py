from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.accounts.roles import Role
from labelhub.catalog.models import Synonym, SynonymProposal
from labelhub.catalog.services import spelling, synonyms
from tests.factories import NOW, CategoryFactory

pytestmark = pytest.mark.django_db

PAGE = "/synonyms/"


@pytest.fixture
def jacket():
    return CategoryFactory(path="옷>재킷", code="418")


def shown(client: Client, **query: str) -> str:
    return client.get(PAGE, query).content.decode()


def test_a_curator_adds_a_synonym_of_a_category(as_role, jacket):
    as_role(Role.CURATOR).post("/synonyms/add/", {"word": "자켓", "category": jacket.pk})

    assert [(each.word, each.category) for each in Synonym.objects.all()] == [("자켓", jacket)]


def test_a_curator_adds_a_synonym_of_a_word(as_role):
    new = {"word": "자켓", "stands_for": "재킷", "is_inside": "1"}

    as_role(Role.CURATOR).post("/synonyms/add/", new)

    synonym = Synonym.objects.get()
    assert (synonym.category, synonym.stands_for, synonym.is_inside) == (None, "재킷", True)


@pytest.mark.parametrize("new", [{}, {"word": "자켓"}, {"word": "자켓", "category": "999999"}])
def test_what_is_not_whole_is_refused_with_a_sentence(as_role, new):
    answer = as_role(Role.CURATOR).post("/synonyms/add/", new, follow=True)

    assert "Write the word, and what it stands for." in answer.content.decode()
    assert not Synonym.objects.exists()


def test_the_same_synonym_again_is_refused_with_a_sentence(as_role, jacket, curator):
    synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)

    answer = as_role(Role.CURATOR).post(
        "/synonyms/add/", {"word": "자켓", "category": jacket.pk}, follow=True
    )

    assert "자켓 is a synonym already." in answer.content.decode()


def test_a_removed_synonym_leaves_the_list(as_role, jacket, curator):
    synonym = synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)
    client = as_role(Role.CURATOR)

    client.post(reverse("catalog:synonym_remove", args=[synonym.pk]))

    assert not Synonym.objects.current().exists()


@pytest.mark.parametrize(("answer", "kept"), [("accept", ["쇼퍼백"]), ("dismiss", [])])
def test_a_proposal_is_decided_on_the_page(as_role, annotator, answer, kept):
    bag = CategoryFactory(path="숄더백")
    synonyms.propose(word="쇼퍼백", category=bag, by=annotator, now=NOW)
    client = as_role(Role.CURATOR)
    assert "쇼퍼백" in shown(client)

    client.post(
        reverse("catalog:synonym_decide", args=[SynonymProposal.objects.get().pk]), {answer: "1"}
    )

    assert [each.word for each in Synonym.objects.current()] == kept
    assert "Nothing is proposed." in shown(client)


def test_the_list_is_filtered_and_sorted(as_role, jacket, curator):
    synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)
    synonyms.add(word="치마", stands_for="스커트", by=curator, now=NOW)
    client = as_role(Role.CURATOR)

    assert "치마" not in shown(client, q="옷 재킷")
    assert "치마" not in shown(client, of="category")
    assert "자켓</b>" not in shown(client, of="word")
    sorted_down = shown(client, sort="-word")
    assert sorted_down.index("치마</b>") < sorted_down.index("자켓</b>")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_exported_as_a_table_and_that_is_on_record(as_role, jacket, curator, form):
    synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)

    answer = as_role(Role.CURATOR).get(PAGE, {"format": form})

    assert f"synonyms.{form}" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(verb="exported synonyms").count() == 1


def test_an_empty_installation_is_offered_the_starting_list(as_role):
    client = as_role(Role.CURATOR)
    assert "/synonyms/start/" in shown(client)

    client.post("/synonyms/start/")

    assert Synonym.objects.count() == len(spelling.starting())
    assert "/synonyms/start/" not in shown(client)


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.PM])
def test_others_may_not_see_or_change_synonyms(as_role, role, jacket, curator):
    synonym = synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)
    client = as_role(role)

    assert client.get(PAGE).status_code == 403
    assert client.post("/synonyms/add/", {"word": "x"}).status_code == 403
    assert client.post(f"/synonyms/{synonym.pk}/remove/").status_code == 403
    assert client.get("/imports/export/synonyms.csv").status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_the_page_asks_the_database_the_same_number_of_times_for_any_length(
    as_role, curator, annotator, django_assert_max_num_queries
):
    for number in range(30):
        leaf = CategoryFactory(path=f"root>leaf{number}")
        synonyms.add(word=f"낱말{number}", category=leaf, by=curator, now=NOW)
        synonyms.propose(word=f"다른말{number}", category=leaf, by=annotator, now=NOW)
    client = as_role(Role.CURATOR)

    with django_assert_max_num_queries(10):
        client.get(PAGE)


def test_the_tree_page_shows_the_synonyms_in_force(as_role, jacket, curator):
    synonyms.add(word="자켓", category=jacket, by=curator, now=NOW)
    gone = synonyms.add(word="쟈켓", category=jacket, by=curator, now=NOW)
    synonyms.remove(synonym=gone, by=curator, now=NOW)

    page = as_role(Role.CURATOR).get("/categories/").content.decode()

    assert ">자켓</a>" in page
    assert "쟈켓" not in page
