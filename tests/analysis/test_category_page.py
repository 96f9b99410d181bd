"""The page of one category."""

from __future__ import annotations

import pytest

from labelhub.accounts.roles import Role
from labelhub.catalog.models import Category
from tests.analysis.test_verdicts import labelled
from tests.factories import CategoryFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jacket():
    """A category whose samples go to coats, and which gets one coat by mistake."""
    version = ModelVersionFactory()
    labelled(version, "kids>jacket", "kids>jacket")
    judged = {"kids>jacket": True, "kids>coat": False}
    labelled(version, "kids>jacket", "kids>coat", judged)
    labelled(version, "kids>jacket", "kids>coat")
    labelled(version, "kids>coat", "kids>jacket")
    Category.objects.filter(path="kids>jacket").update(code="50000418")
    return version


def partners(response, direction: str) -> list[tuple[str, int]]:
    found = dict(response.context["directions"])[direction]
    return [(towards.partner.category_path, towards.partner.samples) for towards in found]


def test_the_page_counts_the_samples_of_the_category(as_role, jacket):
    response = as_role(Role.PM).get("/analysis/categories/50000418/")

    totals = response.context["table"].totals
    assert (totals.same, totals.human, totals.unreviewed, totals.total) == (1, 1, 1, 3)


def test_partners_are_where_samples_go_and_what_comes_in(as_role, jacket):
    response = as_role(Role.PM).get("/analysis/categories/50000418/")

    assert partners(response, "out") == [("kids>coat", 2)]
    assert partners(response, "in") == [("kids>coat", 1)]


def test_a_category_without_an_id_is_found_by_its_key(as_role, jacket):
    pk = CategoryFactory(path="kids>coat").pk

    response = as_role(Role.PM).get(f"/analysis/categories/id-{pk}/")

    assert response.context["table"].totals.total == 1


def test_an_inner_category_counts_everything_below_it(as_role, jacket):
    pk = CategoryFactory(path="kids").pk

    response = as_role(Role.PM).get(f"/analysis/categories/id-{pk}/")

    totals = response.context["table"].totals
    assert (totals.same, totals.total) == (4, 4)  # all four stay under kids


def test_samples_can_be_narrowed_to_a_verdict(as_role, jacket):
    response = as_role(Role.PM).get("/analysis/categories/50000418/", {"verdict": "human"})

    assert [str(sample.verdict) for sample in response.context["page"]] == ["human"]


def test_curators_are_led_to_the_review_of_a_disagreement(as_role, jacket):
    address = "/analysis/categories/50000418/?verdict=human"

    assert "/review/?product=" in as_role(Role.CURATOR).get(address).text
    assert "/review/?product=" not in as_role(Role.PM).get(address).text


@pytest.mark.parametrize("name", ["nobody", "id-0", "id-x"])
def test_an_unknown_category_is_not_found(as_role, jacket, name):
    assert as_role(Role.PM).get(f"/analysis/categories/{name}/").status_code == 404


def test_annotators_may_not_open_it(as_role, jacket):
    assert as_role(Role.ANNOTATOR).get("/analysis/categories/50000418/").status_code == 403
