"""The review queue, read by somebody who may not judge."""

from __future__ import annotations

import pytest

from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Judgement
from tests.analysis.test_review_page import CHANGING, client, disagreement, version

__all__ = ["client", "version"]  # fixtures

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/review/", "/review/judge/", "/review/undo/"])
def test_annotators_neither_read_nor_judge(as_role, address):
    client = as_role("annotator")
    asked = client.get(address) if address == "/review/" else client.post(address)

    assert asked.status_code == 403


@pytest.mark.parametrize("address", ["/review/judge/", "/review/undo/"])
def test_a_pm_judges_nothing(as_role, address):
    assert as_role("pm").post(address).status_code == 403


def test_a_pm_reads_the_queue_and_is_told_who_judges(as_role, version):
    disagreement(version)

    page = as_role("pm").get("/review/").content.decode()

    assert "남녀공용 가방" in page
    assert "curators judge" in page
    main = page.split("<main")[1].split("</main>")[0]
    assert "<form" not in main
    assert "data-key" not in main
    assert "review.js" not in page


def test_a_reader_sees_no_more_of_the_sides_than_a_reviewer(as_role, version):
    sample, pm = disagreement(version), as_role("pm")
    before = pm.get("/review/?evidence=1").content.decode()

    women, men = Category.objects.get(path="women>bag"), Category.objects.get(path="men>bag")
    sample.consensus.update(category=men)
    sample.predictions.update(category=women, category_ids=[women.pk])
    after = pm.get("/review/?evidence=1").content.decode()

    assert CHANGING.sub("", before) == CHANGING.sub("", after)
    assert "0.8" not in before


def test_a_reader_goes_through_the_queue_without_moving_it(as_role, client, version):
    disagreement(version), disagreement(version)
    pm, waits = as_role("pm"), client.get("/review/").context["sample"]

    first = pm.get("/review/").context
    second = pm.get(first["after"]).context

    assert {first["sample"], second["sample"]} == set(Sample.objects.all())
    assert (second["after"], pm.get(second["before"]).context["sample"]) == (None, first["sample"])
    assert client.get("/review/").context["sample"] == waits
    assert not Judgement.objects.exists()


def test_past_the_end_of_the_queue_a_reader_starts_again(as_role, version):
    disagreement(version)

    assert as_role("pm").get("/review/?place=9").url == "/review/?"


def test_a_place_that_no_queue_has_is_the_first(as_role, version):
    assert as_role("pm").get(f"/review/?place={'9' * 40}").status_code == 200


def test_a_reader_opens_one_product_by_its_id(as_role, version):
    wanted = disagreement(version)

    page = as_role("pm").get(f"/review/?product={wanted.product_id}")

    assert page.context["sample"] == wanted
    assert "after" not in page.context
