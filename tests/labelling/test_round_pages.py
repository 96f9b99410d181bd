from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from labelhub.labelling.models import Round, Source
from labelhub.labelling.services import consensus, drawing, progress, rounds
from labelhub.labelling.services.drawing import SamplingPlan
from labelhub.labelling.services.frames import Frame
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


def test_the_list_is_filtered_by_name_state_source_and_plan(as_role):
    RoundFactory(name="autumn one", plan="random")
    RoundFactory(name="autumn two", state=Round.State.CLOSED)
    RoundFactory(name="spring", source=Source.GIVEN)
    client = as_role("curator")

    def shown(query: str) -> list[str]:
        rows = client.get(f"/rounds/?{query}&sort=name").context["rows"]
        return [round.name for round, _progress in rows]

    assert shown("q=autumn") == ["autumn one", "autumn two"]
    assert shown("state=closed") == ["autumn two"]
    assert shown("source=given") == ["spring"]
    assert shown("plan=random") == ["autumn one"]
    assert shown("plan=nonsense") == ["autumn one", "autumn two", "spring"]


def test_a_filter_that_hides_all_rounds_says_so(as_role):
    RoundFactory()

    assert "No round fits" in as_role("curator").get("/rounds/?q=xyz").content.decode()


def test_the_list_is_exported_as_it_is_filtered(as_role):
    AnnotationFactory(round__name="=autumn")
    RoundFactory(name="spring")

    answer = as_role("curator").get("/rounds/?q=autumn&format=csv")

    header, row = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert header.startswith("id,name,source,state,plan")
    assert ",'=autumn,people,open,everything,True,1,0.0,1,1,1," in row


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


def test_the_page_says_what_stays_open_before_a_round_is_closed(as_role):
    round = RoundFactory(overlap=2)
    begun = AnnotationFactory(round=round).sample
    AssignmentFactory(round=round, sample=begun)
    AssignmentFactory.create_batch(2, round=round, sample=SampleFactory())

    page = as_role("curator").get(f"/rounds/{round.pk}/")

    left = page.context["left"]
    assert (left.assignments, left.begun, left.untouched, left.held) == (3, 1, 1, 0)
    assert "1 samples are settled from the answers they have" in page.content.decode()


def test_annotators_are_listed_by_name_with_nothing_but_their_number_of_answers(as_role):
    round = RoundFactory()
    busy, idle = UserFactory(display_name="zoe"), UserFactory(display_name="ann")
    for person, answers in ((busy, 3), (idle, 1)):
        for _ in range(answers):
            AnnotationFactory(round=round, annotator=person)

    page = as_role("curator").get(f"/rounds/{round.pk}/")

    parts = [(part.annotator, part.answers) for part in page.context["parts"]]
    assert parts == [(idle, 1), (busy, 3)]
    assert set(vars(page.context["parts"][0])) == {"annotator", "answers"}


def test_the_time_left_comes_from_the_pace_of_all_together(as_role):
    round = RoundFactory(created_at=timezone.now() - timedelta(days=30))
    recent = timezone.now() - timedelta(days=1)
    for _ in range(7):
        AnnotationFactory(round=round, answered_at=recent)
    AnnotationFactory(round=round, answered_at=recent - timedelta(days=20))
    AssignmentFactory.create_batch(14, round=round)

    forecast = as_role("curator").get(f"/rounds/{round.pk}/").context["forecast"]

    assert forecast.answers == 7
    assert forecast.days == pytest.approx(14, rel=0.01)


def test_without_recent_answers_no_time_is_promised(as_role):
    round = AssignmentFactory().round

    page = as_role("curator").get(f"/rounds/{round.pk}/").content.decode()

    assert "Nobody has answered in the last seven days." in page


def test_the_page_says_how_the_round_was_drawn(as_role):
    category = CategoryFactory(path="여성>재킷")
    SampleFactory.create_batch(4, given_category=category, brand="acme")
    plan = SamplingPlan(
        kind="stratified", number=2, level=2, minimum=1, frame=Frame(brand="acme", is_new=True)
    )
    round = rounds.create(
        name="drawn",
        samples=drawing.propose(plan).choice(seed=42),
        terms=rounds.Terms(),
        seed=42,
        by=None,
        now=NOW,
    )

    page = as_role("curator").get(f"/rounds/{round.pk}/")

    facts = dict(page.context["plan"].facts)
    assert facts["Among"] == "brand acme, in no round before"
    assert (facts["Samples that fit"], facts["Samples drawn"], facts["Seed"]) == ("4", "2", "42")
    [(path, stratum)] = page.context["plan"].strata
    assert (path, stratum.chance) == ("여성>재킷", 0.5)


@pytest.mark.parametrize("role", ["annotator", "pm"])
@pytest.mark.parametrize("address", ["/rounds/", "/rounds/new/"])
def test_rounds_are_for_curators(as_role, role, address):
    assert as_role(role).get(address).status_code == 403


def test_nobody_sees_rounds_without_logging_in():
    round = AssignmentFactory().round

    assert Client().get(f"/rounds/{round.pk}/").url.startswith("/accounts/login/")
