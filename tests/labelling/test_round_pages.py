import pytest
from django.test import Client

from labelhub.labelling.models import Round, Source
from labelhub.labelling.services import consensus, progress
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

VALID = {"name": "autumn", "overlap": 2, "is_for_everyone": "on", "fields_shown": ["brand"]}


def test_the_list_shows_every_round_with_its_progress(as_role, django_assert_max_num_queries):
    for number in range(5):
        AnnotationFactory(round__name=f"round number {number}")
    client = as_role("curator")

    with django_assert_max_num_queries(8):
        page = client.get("/rounds/").content.decode()

    assert "round number 4" in page


def test_without_rounds_the_list_says_what_to_do(as_role):
    page = as_role("curator").get("/rounds/").content.decode()

    assert 'href="/rounds/new/"' in page


def test_a_round_is_drawn_from_the_form(as_role):
    SampleFactory.create_batch(3)

    answer = as_role("curator").post("/rounds/new/", VALID)

    round = Round.objects.get()
    assert answer.url == f"/rounds/{round.pk}/"
    assert round.assignments.count() == 6
    assert (round.is_blind, round.fields_shown) == (True, ["brand"])


def test_the_form_narrows_the_samples_and_draws_some_at_random(as_role):
    jacket = CategoryFactory(path="women>jacket")
    inside = SampleFactory.create_batch(4, given_category=jacket)
    SampleFactory.create_batch(4)
    chosen = {"under": jacket.parent_id, "number": 2, "overlap": 1}

    as_role("curator").post("/rounds/new/", {**VALID, **chosen})

    drawn = set(Round.objects.get().assignments.values_list("sample", flat=True))
    assert len(drawn) == 2
    assert drawn <= {sample.pk for sample in inside}


def test_the_form_takes_a_list_of_product_ids(as_role):
    SampleFactory(product_id="b")
    wanted = SampleFactory(product_id="a")

    as_role("curator").post("/rounds/new/", {**VALID, "product_ids": "a\nunknown"})

    assert set(Round.objects.get().assignments.values_list("sample", flat=True)) == {wanted.pk}


def test_a_refused_round_comes_back_with_the_reason(as_role):
    page = as_role("curator").post("/rounds/new/", VALID)

    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert not Round.objects.exists()


def test_a_round_page_says_how_far_annotators_agree(as_role):
    round = RoundFactory()
    bag = CategoryFactory(path="bag")
    agreed = AnnotationFactory(round=round, category=bag)
    AnnotationFactory(round=round, sample=agreed.sample, category=bag)
    differ = AnnotationFactory(round=round, category=bag)
    AnnotationFactory(round=round, sample=differ.sample)

    page = as_role("curator").get(f"/rounds/{round.pk}/")

    assert page.context["agreement"] == progress.Agreement(1, 2)
    assert "50.0%" in page.content.decode()


def test_a_round_of_given_categories_compares_them_with_people():
    given = RoundFactory(source=Source.GIVEN)
    jacket, bag = CategoryFactory(path="women>jacket"), CategoryFactory(path="bag")
    for people, shop in [(jacket, jacket.parent), (jacket, bag)]:
        answer = AnnotationFactory(category=people)
        AnnotationFactory(round=given, sample=answer.sample, category=shop)
    consensus.settle(source="people", now=NOW)

    assert progress.agreement(given) == progress.Agreement(1, 2)


def test_agreement_of_a_round_without_overlap_is_unknown():
    answer = AnnotationFactory()

    assert progress.agreement(answer.round).share is None


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [("open", "pause", "paused"), ("paused", "reopen", "open"), ("open", "close", "closed")],
)
def test_a_curator_changes_the_state(as_role, before, change, after):
    round = RoundFactory(state=before)

    as_role("curator").post(f"/rounds/{round.pk}/change/", {"change": change})

    round.refresh_from_db()
    assert round.state == after


def test_a_change_that_somebody_made_already_is_refused(as_role):
    round = RoundFactory(state=Round.State.CLOSED)

    answer = as_role("curator").post(f"/rounds/{round.pk}/change/", {"change": "close"})

    assert answer.status_code == 409


def test_members_are_set(as_role, annotator):
    round = RoundFactory()

    as_role("curator").post(f"/rounds/{round.pk}/members/", {"members": [annotator.pk]})

    round.refresh_from_db()
    assert not round.is_for_everyone
    assert list(round.members.all()) == [annotator]


def test_only_people_who_label_can_be_members(as_role):
    round, reader = RoundFactory(), UserFactory(role="pm")

    as_role("curator").post(f"/rounds/{round.pk}/members/", {"members": [reader.pk]})

    assert not round.members.exists()


@pytest.mark.parametrize("role", ["annotator", "pm"])
@pytest.mark.parametrize("address", ["/rounds/", "/rounds/new/"])
def test_rounds_are_for_curators(as_role, role, address):
    assert as_role(role).get(address).status_code == 403


def test_nobody_sees_rounds_without_logging_in():
    round = AssignmentFactory().round

    assert Client().get(f"/rounds/{round.pk}/").url.startswith("/accounts/login/")
