from uuid import uuid4

import pytest
from django.test import Client

from labelhub.labelling.models import LateAnswer
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    JudgementFactory,
)

pytestmark = pytest.mark.django_db


def test_people_see_their_own_answers_and_nobody_elses(as_role):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    AnnotationFactory(annotator=me, sample__name="mine", category=CategoryFactory(path="a>bag"))
    AnnotationFactory(annotator=me, sample__name="taken back", superseded_at=NOW)
    AnnotationFactory(sample__name="another's")

    shown = client.get("/label/history/").context["page"]

    assert {answer.sample.name for answer in shown} == {"mine", "taken back"}


def test_without_answers_the_page_says_so(as_role):
    assert "You have not answered yet" in as_role("annotator").get("/label/history/").text


def test_a_pm_has_no_answers(as_role):
    assert as_role("pm").get("/label/history/").status_code == 403


def test_nobody_has_answers_without_logging_in():
    assert Client().get("/label/history/").url.startswith("/accounts/login/")


def test_the_page_costs_a_bounded_number_of_statements(as_role, django_assert_max_num_queries):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    AnnotationFactory.create_batch(5, annotator=me)

    with django_assert_max_num_queries(8):
        client.get("/label/history/")


def test_the_filters_are_read_from_the_address(as_role):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    wanted = AnnotationFactory(annotator=me, comment="two products")
    AnnotationFactory(annotator=me, comment="in another round")

    shown = client.get(
        "/label/history/",
        {
            "round": wanted.round.pk,
            "since": "2026-01-05",
            "until": "2026-01-05",
            "commented": "on",
        },
    )

    assert list(shown.context["page"]) == [wanted]


@pytest.mark.parametrize("query", [{"round": "x"}, {"since": "soon"}, {"page": "99"}])
def test_a_filter_that_makes_no_sense_narrows_nothing(as_role, query):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    AnnotationFactory(annotator=me)

    assert len(client.get("/label/history/", query).context["page"]) == 1


@pytest.mark.parametrize("address", ["/label/history/", "/label/history/changed/"])
@pytest.mark.parametrize("role", ["annotator", "curator", "admin"])
def test_nobody_can_ask_for_somebody_else(as_role, role, address):
    answer = AnnotationFactory(round__state="closed", sample__name="another's")
    JudgementFactory(sample=answer.sample, category=answer.category, is_acceptable=False)
    query = {"annotator": answer.annotator_id, "user": answer.annotator_id}

    html = as_role(role).get(address, query).content.decode()

    assert "another" not in html


@pytest.mark.parametrize("role", ["annotator", "curator", "admin"])
def test_nobody_can_ask_for_the_pace_of_somebody_else(as_role, role):
    answer = AnnotationFactory(round__name="Another's round")

    shown = as_role(role).get("/label/history/pace/", {"annotator": answer.annotator_id})

    assert shown.context["paces"] == []


def test_what_was_seen_differently_is_shown_after_the_round_is_closed(as_role):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    answer = AnnotationFactory(annotator=me, round__state="closed", sample__name="red tote")
    JudgementFactory(sample=answer.sample, category=answer.category, is_acceptable=False)

    assert "red tote" in client.get("/label/history/changed/").content.decode()


def test_an_answer_that_came_too_late_is_listed_as_kept(as_role):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    assignment = AssignmentFactory(sample__name="late tote")
    LateAnswer.objects.create(
        assignment=assignment, annotator=me, is_undecidable=True, key=uuid4(), received_at=NOW
    )

    assert "late tote" in client.get("/label/history/").content.decode()


@pytest.mark.parametrize("address", ["/label/history/changed/", "/label/history/pace/"])
def test_the_other_pages_are_for_people_who_label_too(as_role, address):
    assert as_role("annotator").get(address).status_code == 200
    assert as_role("pm").get(address).status_code == 403
    assert Client().get(address).url.startswith("/accounts/login/")
