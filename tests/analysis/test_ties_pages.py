from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.catalog.models import Category
from labelhub.labelling.models import Consensus, Judgement
from tests.analysis.test_ties import answered, balanced
from tests.factories import AnnotationFactory, RoundFactory

pytestmark = pytest.mark.django_db

TIES = reverse("analysis:ties")


@pytest.fixture
def client(curator) -> Client:
    client = Client()
    client.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(sample) -> str:
    return reverse("analysis:tie", args=[sample.pk])


def judge(client: Client, sample, *, query: str = "", **verdicts: str):
    page = client.get(page_of(sample) + query).content.decode()
    shown = re.search('name="shown" value="([^"]*)"', page)[1]
    said = {
        f"category-{Category.objects.get(path=path).pk}": said for path, said in verdicts.items()
    }
    return client.post(reverse("analysis:tie-judge", args=[sample.pk]), {"shown": shown, **said})


def test_the_list_shows_ties_of_both_kinds(client):
    answered("bag", "shoe", name="tied product")
    balanced("hat", name="judged twice")

    page = client.get(TIES).content.decode()

    assert "tied product" in page
    assert "judged twice" in page
    assert "Judge 2 ties" in page
    assert "1 acceptable, 1 not" in page


def test_without_ties_the_page_says_when_they_appear(client):
    assert "No open tie" in client.get(TIES).content.decode()


def test_a_filter_that_hides_all_says_so(client):
    balanced()

    assert "No tie is left" in client.get(TIES, {"q": "nowhere"}).content.decode()


def test_a_tie_is_decided_and_the_next_one_shown(client):
    first, second = answered("bag", "shoe"), answered("bag", "hat")

    answer = judge(client, first, bag="yes", shoe="no")

    assert Consensus.objects.get(sample=first).category.path == "bag"
    assert answer.url == f"{page_of(second)}?last={first.pk}"
    assert "settled" in client.get(answer.url).content.decode()


def test_after_the_last_tie_the_list_is_shown(client):
    sample = answered("bag", "shoe")

    assert judge(client, sample, bag="yes", shoe="no").url == f"{TIES}?last={sample.pk}"


def test_a_tie_that_stays_is_called_one(client):
    sample = answered("bag", "shoe")

    page = client.get(judge(client, sample, bag="yes", shoe="yes").url).content.decode()

    assert "still tied" in page


def test_every_tied_category_is_shown(client):
    page = client.get(page_of(answered("bag", "shoe", "hat"))).content.decode()

    assert page.count('type="radio"') == 6


def test_nothing_on_the_page_says_who_named_a_category(client):
    sample = answered("bag", "shoe")

    page = client.get(page_of(sample)).content.decode()

    main = page.split("<main")[1].split("</main>")[0]
    assert "answer" not in main.replace("answers say", "")
    assert "%" not in main


def test_a_verdict_is_taken_back(client):
    sample = answered("bag", "shoe")
    judge(client, sample, bag="yes", shoe="no")

    answer = client.post(reverse("analysis:tie-judge", args=[sample.pk]), {"undo": "1"})

    assert answer.url == page_of(sample)
    assert not Judgement.objects.current().exists()
    assert Consensus.objects.get().state == "tied"


def test_who_labelled_the_product_gets_no_form(client, curator):
    sample = answered("bag", "shoe")
    AnnotationFactory(sample=sample, annotator=curator, round=RoundFactory(is_blind=False))

    page = client.get(page_of(sample)).content.decode()

    assert "You labelled this product yourself" in page
    assert 'name="shown"' not in page


def test_who_judged_it_may_take_the_verdict_back(client):
    sample = answered("bag", "shoe")
    judge(client, sample, bag="yes", shoe="yes")

    page = client.get(page_of(sample)).content.decode()

    assert "You have judged this product already" in page
    assert "Take back my verdict" in page


def test_a_missing_verdict_is_refused(client):
    assert judge(client, answered("bag", "shoe"), bag="yes").status_code == 400
    assert not Judgement.objects.exists()


def test_a_form_of_another_product_is_refused(client):
    first, second = answered("bag", "shoe"), answered("bag", "shoe")
    page = client.get(page_of(first)).content.decode()
    shown = re.search('name="shown" value="([^"]*)"', page)[1]

    answer = client.post(reverse("analysis:tie-judge", args=[second.pk]), {"shown": shown})

    assert answer.status_code == 400


def test_a_product_without_a_tie_says_so(client):
    page = client.get(page_of(answered("bag", "bag"))).content.decode()

    assert "Nothing is tied" in page


def test_the_filter_stays_while_going_on(client):
    first = answered("bag", "shoe")
    answered("bag", "shoe")
    page = client.get(f"{page_of(first)}?kind=label").content.decode()

    assert '<input type="hidden" name="kind" value="label">' in page


def test_ties_are_exported_a_row_a_category(client):
    answered("bag", "shoe", product_id="p-1", name="=tied")

    sent = client.get(TIES, {"format": "csv"})

    head, *rows = b"".join(sent).decode("utf-8-sig").splitlines()
    assert head.startswith("product_id,product_name,kind,category_id,category_path,yes,no,total")
    assert {row.split(",")[4] for row in rows} == {"bag", "shoe"}
    assert rows[0].startswith("p-1,'=tied,label,")
    assert AuditEntry.objects.get().verb == "exported open ties"


def test_a_pm_reads_the_ties_but_exports_and_judges_none(as_role):
    sample, pm = answered("bag", "shoe", name="tied product"), as_role("pm")

    listed = pm.get(TIES).content.decode()
    shown = pm.get(page_of(sample)).content.decode()

    assert "tied product" in listed
    assert "curators judge" in shown
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]
    assert pm.get(TIES, {"format": "csv"}).status_code == 403
    assert pm.post(reverse("analysis:tie-judge", args=[sample.pk])).status_code == 403


def test_annotators_do_not_see_ties(as_role):
    assert as_role("annotator").get(TIES).status_code == 403


def test_nobody_sees_ties_without_logging_in():
    assert Client().get(TIES).url.startswith("/accounts/login/")


def test_more_ties_take_no_more_queries(client, django_assert_max_num_queries):
    for _ in range(8):
        answered("bag", "shoe")
    client.get(TIES)

    with django_assert_max_num_queries(14):
        client.get(TIES)
