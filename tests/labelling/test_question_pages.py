"""Asking, answering and reading answers on the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from labelhub.accounts.roles import Role
from labelhub.labelling.models import Question
from labelhub.labelling.services import questions
from tests.factories import NOW, AssignmentFactory, GuidelineFactory, RoundFactory, UserFactory

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def client(annotator) -> Client:
    client = Client()
    client.force_login(annotator, backend=BACKEND)
    return client


def asked(annotator, **more):
    more = {"guideline": GuidelineFactory(), **more}
    return questions.ask(text="Is a tote a bag?", asked_by=annotator, now=NOW, **more)


def test_a_question_on_the_page_of_a_guideline_waits_there(client):
    guideline = GuidelineFactory()

    client.post(reverse("labelling:guideline-ask", args=[guideline.pk]), {"text": "Why?"})

    html = client.get(reverse("labelling:guideline", args=[guideline.pk])).content.decode()
    assert "Why?" in html
    assert "No answer yet." in html


def test_a_question_from_the_label_page_names_the_product_at_hand(client, annotator):
    assignment = AssignmentFactory(annotator=annotator, lease_expires_at=NOW)

    answer = client.post(
        reverse("labelling:round-ask", args=[assignment.round.pk]),
        {"text": "Why?", "assignment": assignment.pk},
        headers={"X-Requested-With": "fetch"},
    )

    assert Question.objects.get().sample == assignment.sample
    assert "Your question was sent" in answer.content.decode()


@pytest.mark.parametrize("forged", ["x", "9" * 30, "12"])
def test_the_product_of_somebody_else_is_not_named(client, forged):
    somebody = UserFactory()
    assignment = AssignmentFactory(annotator=somebody, lease_expires_at=NOW)
    number = assignment.pk if forged == "12" else forged

    client.post(
        reverse("labelling:round-ask", args=[assignment.round.pk]),
        {"text": "Why?", "assignment": number},
    )

    assert Question.objects.get().sample is None


def test_nobody_asks_in_a_round_that_is_not_theirs(client):
    round = RoundFactory(is_for_everyone=False)

    answer = client.post(reverse("labelling:round-ask", args=[round.pk]), {"text": "Why?"})

    assert answer.status_code == 404


def test_an_empty_question_is_explained_in_place(client):
    answer = client.post(
        reverse("labelling:round-ask", args=[RoundFactory().pk]),
        {"text": " "},
        headers={"X-Requested-With": "fetch"},
    )

    assert "Write your question first." in answer.content.decode()


def test_a_product_manager_does_not_ask(as_role):
    address = reverse("labelling:guideline-ask", args=[GuidelineFactory().pk])

    assert as_role(Role.PM).post(address, {"text": "Why?"}).status_code == 403


def test_a_curator_finds_the_open_question_and_answers_it(as_role, annotator):
    question = asked(annotator)
    curator = as_role(Role.CURATOR)
    assert "Is a tote a bag?" in curator.get(reverse("labelling:questions")).content.decode()

    curator.post(
        reverse("labelling:question-answer", args=[question.pk]),
        {"answer": "Yes.", "seen": "", "from": "list"},
    )

    assert Question.objects.get().answer == "Yes."
    assert "No question waits" in curator.get(reverse("labelling:questions")).content.decode()


def test_an_annotator_does_not_answer(client, annotator):
    address = reverse("labelling:question-answer", args=[asked(annotator).pk])

    assert client.post(address, {"answer": "Yes.", "seen": ""}).status_code == 403


def test_an_answer_that_crossed_another_is_refused_and_said(as_role, annotator, curator):
    question = asked(annotator)
    questions.answer(question=question, seen="", text="Yes.", by=curator, now=NOW)

    answer = as_role(Role.CURATOR).post(
        reverse("labelling:question-answer", args=[question.pk]),
        {"answer": "No.", "seen": ""},
        follow=True,
    )

    assert "Somebody answered meanwhile" in answer.content.decode()
    assert Question.objects.get().answer == "Yes."


def test_the_asker_sees_the_answer_at_home_until_it_is_read(client, annotator, curator):
    question = asked(annotator)
    questions.answer(question=question, seen="", text="Only with a zip.", by=curator, now=NOW)
    assert "Only with a zip." in client.get("/").content.decode()

    client.post(reverse("labelling:question-read", args=[question.pk]))

    assert "Only with a zip." not in client.get("/").content.decode()


def test_the_home_page_of_a_curator_says_how_many_wait(as_role, annotator):
    asked(annotator)

    assert "1 question about a guideline waits" in as_role(Role.CURATOR).get("/").content.decode()


def test_others_read_the_answer_without_the_name_of_the_asker(as_role, curator):
    asker = UserFactory(display_name="Kim Annotator")
    question = asked(asker)
    questions.answer(question=question, seen="", text="Yes.", by=curator, now=NOW)

    html = (
        as_role(Role.ANNOTATOR)
        .get(reverse("labelling:guideline", args=[question.guideline_id]))
        .content.decode()
    )

    assert "Is a tote a bag?" in html
    assert "Kim Annotator" not in html
