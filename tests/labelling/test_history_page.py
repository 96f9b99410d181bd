import pytest
from django.test import Client

from tests.factories import NOW, AnnotationFactory, CategoryFactory

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
    assert as_role("annotator").get("/label/history/").status_code == 200


def test_a_pm_has_no_answers(as_role):
    assert as_role("pm").get("/label/history/").status_code == 403


def test_nobody_has_answers_without_logging_in():
    assert Client().get("/label/history/").url.startswith("/accounts/login/")


def test_the_page_costs_a_bounded_number_of_statements(as_role, django_assert_max_num_queries):
    client = as_role("annotator")
    me = client.get("/label/history/").wsgi_request.user
    AnnotationFactory.create_batch(5, annotator=me)

    with django_assert_max_num_queries(6):
        client.get("/label/history/")
