import pytest
from django.test import Client

from labelhub.labelling.models import Annotation, Assignment, Round, Skip
from tests.factories import AnnotationFactory, AssignmentFactory, CategoryFactory, RoundFactory
from tests.labelling.calls import held_by
from tests.labelling.label_script import script_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(annotator) -> Client:
    client = Client()
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_with_one_round_the_page_goes_straight_in(client):
    round = RoundFactory()

    assert client.get("/label/").url == f"/label/{round.pk}/"


def test_with_several_rounds_one_chooses(client):
    rounds = RoundFactory.create_batch(2)

    page = client.get("/label/").content.decode()

    assert all(round.name in page for round in rounds)


def test_without_a_round_the_page_says_so(client):
    assert "No round is open for you" in client.get("/label/").text


def test_the_page_shows_the_product_and_the_fields_of_the_round(client):
    AssignmentFactory(
        round=RoundFactory(fields_shown=["brand"]),
        sample__name="트러커 재킷",
        sample__brand="acme",
        sample__maker="hidden maker",
    )

    page = client.get("/label/", follow=True).content.decode()

    assert "트러커 재킷" in page
    assert "acme" in page
    assert "hidden maker" not in page


def test_a_blind_page_tells_nothing_of_given_category_or_model(client):
    secret = CategoryFactory(path="secret>category")
    AssignmentFactory(sample__given_category=secret, suggestions=[[secret.pk, 0.93]])

    page = client.get("/label/", follow=True).content.decode()

    assert "secret" not in page
    assert "0.93" not in page


def test_an_assisted_page_shows_what_the_model_suggests(client):
    jacket = CategoryFactory(path="women>jacket")
    AssignmentFactory(round=RoundFactory(is_blind=False), suggestions=[[jacket.pk, 0.93]])

    page = client.get("/label/", follow=True).content.decode()

    assert "jacket" in page
    assert "93%" in page


def test_the_products_ahead_come_with_the_page(client):
    round = RoundFactory()
    AssignmentFactory.create_batch(9, round=round)

    page = client.get(f"/label/{round.pk}/").content.decode()

    assert len(script_of(page)["assignments"]) == 5


def test_when_nothing_is_left_the_page_says_so(client):
    round = RoundFactory()

    assert "There is nothing left for you to label" in client.get(f"/label/{round.pk}/").text


def test_a_paused_round_says_so(client):
    waiting = AssignmentFactory(round=RoundFactory(state=Round.State.PAUSED))

    page = client.get(f"/label/{waiting.round.pk}/")

    assert page.status_code == 200
    assert not Assignment.objects.filter(annotator__isnull=False).exists()


def test_the_round_of_others_is_not_found(client):
    round = RoundFactory(is_for_everyone=False)

    assert client.get(f"/label/{round.pk}/").status_code == 404


def test_without_a_script_categories_are_found_by_words(client):
    jacket = CategoryFactory(path="women>jacket")
    CategoryFactory(path="women>skirt")
    waiting = AssignmentFactory()

    page = client.get(f"/label/{waiting.round.pk}/?q=jack wom").content.decode()

    assert f'name="category" value="{jacket.pk}"' in page
    assert "skirt" not in page


def test_without_a_script_an_answer_is_a_form(client, annotator):
    held, category = held_by(annotator), CategoryFactory()

    answer = client.post(
        f"/label/{held.round.pk}/answer/", {"assignment": held.pk, "category": category.pk}
    )

    assert answer.url == f"/label/{held.round.pk}/"
    assert Annotation.objects.get().category == category


def test_without_a_script_it_may_be_undecidable(client, annotator):
    held = held_by(annotator)

    client.post(f"/label/{held.round.pk}/answer/", {"assignment": held.pk, "undecidable": 1})

    assert Annotation.objects.get().is_undecidable


def test_an_answer_without_a_category_is_asked_for_again(client, annotator):
    held = held_by(annotator)

    page = client.post(
        f"/label/{held.round.pk}/answer/", {"assignment": held.pk, "category": ""}, follow=True
    )

    assert not Annotation.objects.exists()
    assert [str(message.level_tag) for message in page.context["messages"]] == ["warning"]


def test_a_refused_answer_comes_back_with_the_reason(client, annotator):
    held, parent = held_by(annotator), CategoryFactory(path="women>jacket").parent

    page = client.post(
        f"/label/{held.round.pk}/answer/",
        {"assignment": held.pk, "category": parent.pk},
        follow=True,
    )

    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]


def test_without_a_script_a_product_is_skipped(client, annotator):
    held = held_by(annotator)

    client.post(f"/label/{held.round.pk}/skip/", {"assignment": held.pk, "reason": "image"})

    assert Skip.objects.get().reason == "image"


def test_without_a_script_own_words_are_the_reason(client, annotator):
    held = held_by(annotator)
    sent = {"assignment": held.pk, "reason": "", "other": " cut off "}

    client.post(f"/label/{held.round.pk}/skip/", sent)

    assert Skip.objects.get().reason == "cut off"


@pytest.mark.parametrize("number", ["", "x", "9" * 18, "9" * 5000])
def test_an_impossible_number_is_no_assignment(client, annotator, number):
    held = held_by(annotator)

    answer = client.post(f"/label/{held.round.pk}/skip/", {"assignment": number})

    assert answer.status_code == 404


def test_without_a_script_the_last_answer_is_taken_back(client, annotator):
    last = AnnotationFactory(annotator=annotator)

    client.post(f"/label/{last.round.pk}/undo/")

    last.refresh_from_db()
    assert last.superseded_at


def test_a_pm_does_not_label(as_role):
    assert as_role("pm").get("/label/").status_code == 403


def test_nobody_labels_without_logging_in():
    assert Client().get("/label/").url.startswith("/accounts/login/")


def test_the_page_costs_a_bounded_number_of_statements(client, django_assert_max_num_queries):
    round = RoundFactory()
    AssignmentFactory.create_batch(9, round=round)
    client.get(f"/label/{round.pk}/")

    with django_assert_max_num_queries(18):
        client.get(f"/label/{round.pk}/")


def test_a_round_with_checks_says_so(client):
    round = AssignmentFactory(round__check_share=0.2).round

    page = client.get(f"/label/{round.pk}/").text

    assert "This round contains hidden checks: about 20% of the products." in page


def test_a_round_without_checks_says_nothing_of_them(client):
    round = AssignmentFactory().round

    page = client.get(f"/label/{round.pk}/").text

    assert "hidden checks" not in page
