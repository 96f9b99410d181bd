"""Changing a round on its pages."""

import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.catalog.models import Sample
from labelhub.labelling.models import Round, Source
from labelhub.labelling.services import drawing, rounds
from labelhub.labelling.services.drawing import SamplingPlan
from tests.factories import NOW, AnnotationFactory, RoundFactory, SampleFactory, UserFactory

pytestmark = pytest.mark.django_db

SETTINGS = {"name": "renamed", "fields_shown": ["brand"], "check_percent": 10}


def random_round() -> Round:
    SampleFactory.create_batch(4)
    return rounds.create(
        name="random",
        samples=drawing.propose(SamplingPlan(kind="random", number=1)).choice(seed=1),
        terms=rounds.Terms(),
        seed=1,
        by=None,
        now=NOW,
    )


def test_the_settings_are_changed_for_the_answers_to_come(as_role, annotator):
    round = RoundFactory(name="old")
    given = AnnotationFactory(round=round, fields_shown=["price"])

    answer = as_role("curator").post(
        f"/rounds/{round.pk}/edit/", {**SETTINGS, "members": [annotator.pk]}
    )

    assert answer.url == f"/rounds/{round.pk}/"
    round.refresh_from_db()
    assert (round.name, round.fields_shown, round.check_share) == ("renamed", ["brand"], 0.1)
    assert (round.is_for_everyone, list(round.members.all())) == (False, [annotator])
    given.refresh_from_db()
    assert given.fields_shown == ["price"]


def test_the_trail_keeps_what_the_settings_were(as_role):
    round = RoundFactory(name="old", fields_shown=["brand"], check_share=0.1)

    as_role("curator").post(f"/rounds/{round.pk}/edit/", {**SETTINGS, "is_for_everyone": "on"})

    [entry] = AuditEntry.objects.filter(verb="changed the settings")
    assert entry.details == {"name": ["old", "renamed"]}


def test_saving_without_a_change_leaves_no_trace(as_role):
    round = RoundFactory(name="renamed", fields_shown=["brand"], check_share=0.1)

    as_role("curator").post(f"/rounds/{round.pk}/edit/", {**SETTINGS, "is_for_everyone": "on"})

    assert not AuditEntry.objects.filter(verb="changed the settings").exists()


def test_a_name_that_another_round_has_comes_back_with_the_reason(as_role):
    round = RoundFactory(name="old")
    RoundFactory(name="renamed")

    page = as_role("curator").post(f"/rounds/{round.pk}/edit/", SETTINGS)

    assert "name" in page.context["form"].errors
    round.refresh_from_db()
    assert round.name == "old"


def test_the_form_shows_the_settings_there_are(as_role):
    round = RoundFactory(name="old", check_share=0.15)

    form = as_role("curator").get(f"/rounds/{round.pk}/edit/").context["form"]

    assert (form["name"].value(), form["check_percent"].value()) == ("old", 15)


def test_only_people_who_label_can_be_members(as_role):
    round, reader = RoundFactory(), UserFactory(role="pm")

    page = as_role("curator").post(
        f"/rounds/{round.pk}/edit/", {**SETTINGS, "members": [reader.pk]}
    )

    assert "members" in page.context["form"].errors
    assert not round.members.exists()


def test_more_samples_are_drawn_from_the_page(as_role):
    round = random_round()

    as_role("curator").post(f"/rounds/{round.pk}/extend/", {"number": 2})

    assert round.assignments.count() == 3


def test_more_samples_need_a_number(as_role):
    round = random_round()

    page = as_role("curator").post(f"/rounds/{round.pk}/extend/", {"number": ""}, follow=True)

    assert "Say how many samples to draw." in page.content.decode()
    assert round.assignments.count() == 1


def test_a_round_that_holds_all_refuses_more(as_role):
    round = random_round()
    client = as_role("curator")
    client.post(f"/rounds/{round.pk}/extend/", {"number": 3})

    assert client.post(f"/rounds/{round.pk}/extend/", {"number": 1}).status_code == 409


def test_the_overlap_is_raised_from_the_page(as_role):
    round = random_round()

    as_role("curator").post(f"/rounds/{round.pk}/overlap/", {"overlap": 3})

    assert round.assignments.count() == 3


@pytest.mark.parametrize("overlap", ["", "11", "x"])
def test_an_impossible_overlap_changes_nothing(as_role, overlap):
    round = random_round()

    as_role("curator").post(f"/rounds/{round.pk}/overlap/", {"overlap": overlap})

    assert round.assignments.count() == 1


def test_a_round_is_withdrawn_from_its_page(as_role):
    round = random_round()

    answer = as_role("curator").post(f"/rounds/{round.pk}/withdraw/")

    assert answer.url == "/rounds/"
    assert not Round.objects.exists()


def test_the_page_offers_to_withdraw_only_what_nobody_answered(as_role):
    client, answered = as_role("curator"), AnnotationFactory().round

    assert "/withdraw/" in client.get(f"/rounds/{random_round().pk}/").content.decode()
    assert "/withdraw/" not in client.get(f"/rounds/{answered.pk}/").content.decode()


@pytest.mark.parametrize("role", ["annotator", "pm"])
@pytest.mark.parametrize("part", ["edit", "extend", "overlap", "withdraw"])
def test_rounds_are_changed_by_curators_only(as_role, role, part):
    round = random_round()

    assert as_role(role).post(f"/rounds/{round.pk}/{part}/", SETTINGS).status_code == 403
    assert Round.objects.filter(name="random").exists()


def listed_round() -> Round:
    SampleFactory(product_id="a")
    samples = drawing.all_of(
        Sample.objects.filter(product_id__in=["a"]), plan="file", details={"drawn": 1}
    )
    return rounds.create(
        name="listed", samples=samples, terms=rounds.Terms(), seed=1, by=None, now=NOW
    )


def test_a_list_is_added_to_a_round_from_a_list(as_role):
    round = listed_round()
    SampleFactory(product_id="b")

    as_role("curator").post(f"/rounds/{round.pk}/extend/", {"product_ids": "a\nb"})

    assert round.assignments.count() == 2


def test_a_list_with_unknown_ids_is_not_added(as_role):
    round = listed_round()
    SampleFactory(product_id="b")

    answer = as_role("curator").post(f"/rounds/{round.pk}/extend/", {"product_ids": "b\nc"})

    assert answer.status_code == 409
    assert round.assignments.count() == 1


def test_an_empty_list_is_not_added(as_role):
    round = listed_round()
    client = as_role("curator")

    page = client.post(f"/rounds/{round.pk}/extend/", {"product_ids": ""}, follow=True)

    assert "The list names no product." in page.content.decode()


@pytest.mark.parametrize("page", ["edit/", "?like"])
def test_given_categories_have_no_settings_and_no_round_like_theirs(as_role, page):
    given = RoundFactory(source=Source.GIVEN)
    address = f"/rounds/new/?like={given.pk}" if page == "?like" else f"/rounds/{given.pk}/{page}"

    assert as_role("curator").get(address).status_code == 404


@pytest.mark.parametrize("change", ["change/", "extend/", "overlap/", "withdraw/"])
def test_given_categories_are_neither_closed_nor_extended(as_role, change):
    given = RoundFactory(source=Source.GIVEN)

    answer = as_role("curator").post(f"/rounds/{given.pk}/{change}", {"change": "close"})

    assert answer.status_code == 404
    assert Round.objects.get().state == Round.State.OPEN


def test_the_page_of_given_categories_offers_no_change(as_role):
    given = RoundFactory(source=Source.GIVEN)

    page = as_role("curator").get(f"/rounds/{given.pk}/").content.decode()

    assert f"/rounds/{given.pk}/edit/" not in page
    assert "?like=" not in page
