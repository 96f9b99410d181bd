from __future__ import annotations

import pytest
from django.urls import reverse

from labelhub.registry.models import RefurbishDecision
from tests.registry.rows import PAN, SHIRT
from tests.registry.test_refurbishing import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return make_run([("a", SHIRT, PAN, 0.96), ("b", SHIRT, PAN, 1.0), ("c", PAN, SHIRT, 0.97)])


def page_of(run):
    return reverse("analysis:run-refurbished", args=[run.pk])


def decide(client, run, **values):
    return client.post(reverse("analysis:run-refurbished-decide", args=[run.pk]), values)


@pytest.mark.parametrize("role", ["curator", "admin"])
def test_curators_see_categories_with_most_open_rows_first(as_role, run, role):
    page = as_role(role).get(page_of(run))

    assert [each.path for each in page.context["page"]] == [SHIRT, PAN]
    assert (page.context["rows"], page.context["open"]) == (3, 3)


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_others_see_and_decide_nothing(as_role, run, role):
    client = as_role(role)

    assert client.get(page_of(run)).status_code == 403
    assert decide(client, run, product_id="a", decision="accept").status_code == 403
    assert not RefurbishDecision.objects.exists()


def test_nobody_is_sent_to_the_login(client, run):
    assert client.get(page_of(run)).status_code == 302
    assert decide(client, run, product_id="a", decision="accept").status_code == 302
    assert not RefurbishDecision.objects.exists()


def test_the_rows_of_a_category_show_names_and_votes(as_role, run):
    page = as_role("curator").get(page_of(run), {"category": SHIRT})

    assert [row.product_id for row in page.context["page"]] == ["b", "a"]
    assert "name of a" in page.content.decode()


def test_one_row_is_refused_and_the_page_comes_back(as_role, run):
    answer = decide(as_role("curator"), run, product_id="a", decision="refuse", category=SHIRT)

    assert not RefurbishDecision.objects.get(product_id="a").is_accepted
    assert answer.url.startswith(page_of(run) + "?category=")


def test_a_category_is_accepted_at_once(as_role, run):
    client = as_role("curator")

    answer = decide(client, run, category=SHIRT, decision="accept")

    assert RefurbishDecision.objects.filter(is_accepted=True).count() == 2
    assert "2 rows accepted." in client.get(answer.url).content.decode()


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_what_is_no_decision_decides_nothing(as_role, run, decision):
    answer = decide(as_role("curator"), run, category=SHIRT, decision=decision)

    assert answer.status_code == 400
    assert not run.decisions.exists()


def test_a_refusal_is_told(as_role, run):
    client = as_role("curator")

    answer = decide(client, run, category="없음", decision="accept")

    assert "has not refurbished anything" in client.get(answer.url).content.decode()


def test_a_run_that_refurbished_nothing_says_so(as_role):
    page = as_role("curator").get(page_of(make_run([])))

    assert "Nothing was refurbished" in page.content.decode()
