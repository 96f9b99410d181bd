"""The form of a new round, and its preview."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labelhub.labelling.models import Guideline, Round
from tests.factories import CategoryFactory, RoundFactory, SampleFactory

pytestmark = pytest.mark.django_db

VALID = {
    "name": "autumn",
    "plan": "everything",
    "overlap": 2,
    "is_for_everyone": "on",
    "fields_shown": ["brand"],
}


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("ids.csv", text.encode())


def preview(client, **said):
    return client.post("/rounds/new/preview/", {**VALID, **said})


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
    chosen = {"under": jacket.parent_id, "plan": "random", "number": 2, "overlap": 1}

    as_role("curator").post("/rounds/new/", {**VALID, **chosen})

    drawn = set(Round.objects.get().assignments.values_list("sample", flat=True))
    assert len(drawn) == 2
    assert drawn <= {sample.pk for sample in inside}


def test_a_category_that_was_typed_and_not_chosen_does_not_draw_everything(as_role):
    SampleFactory()

    page = as_role("curator").post("/rounds/new/", {**VALID, "q": "jacket"})

    assert "under" in page.context["form"].errors
    assert 'value="jacket"' in page.content.decode()
    assert not Round.objects.exists()


def test_every_filter_of_the_form_is_kept_with_the_round(as_role):
    SampleFactory(
        name="wool coat", mall_name="m", brand="b", image="x", registered_month="2026-02-01"
    )
    filters = {
        "words": "coat", "mall_name": "M", "brand": "b", "month_from": "2026-01",
        "month_to": "2026-02", "has_image": "yes", "is_new": "on", "is_unlabelled": "on",
    }  # fmt: skip

    as_role("curator").post("/rounds/new/", {**VALID, **filters})

    assert Round.objects.get().plan_details["frame"] == {
        "words": "coat", "mall_name": "M", "brand": "b", "month_from": "2026-01-01",
        "month_to": "2026-02-01", "has_image": True, "is_new": True, "is_unlabelled": True,
    }  # fmt: skip


def test_a_list_draws_its_products_without_a_chance(as_role):
    SampleFactory(product_id="b")
    wanted = SampleFactory(product_id="a")
    listed = {"plan": "file", "file": upload("a\na\n"), "overlap": 1}

    as_role("curator").post("/rounds/new/", {**VALID, **listed})

    round = Round.objects.get()
    assignment = round.assignments.get()
    assert (assignment.sample, assignment.inclusion_probability) == (wanted, None)
    assert (round.plan, round.plan_details["repeated"]) == ("file", 1)


def test_unknown_ids_refuse_the_list_unless_they_are_skipped(as_role):
    SampleFactory(product_id="a")
    client, typed = as_role("curator"), {**VALID, "plan": "file", "product_ids": "a\nunknown"}

    page = client.post("/rounds/new/", typed)
    assert "unknown: unknown" in page.content.decode()
    assert not Round.objects.exists()

    client.post("/rounds/new/", {**typed, "skip_unknown": "on"})
    assert Round.objects.get().plan_details["unknown"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"plan": "random"}, "number"),
        ({"plan": "stratified"}, "number"),
        ({"plan": "random", "number": 0}, "number"),
        ({"plan": "file"}, "product_ids"),
        ({"month_from": "2026-13"}, "month_from"),
        ({"month_from": "2026-02", "month_to": "2026-01"}, "month_to"),
        ({"check_percent": 21}, "check_percent"),
        ({"overlap": 11}, "overlap"),
        ({"plan": "uncertainty"}, "plan"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_marked_and_nothing_is_drawn(as_role, said, field):
    SampleFactory()

    page = as_role("curator").post("/rounds/new/", {**VALID, **said})

    assert field in page.context["form"].errors
    assert not Round.objects.exists()


def test_a_refused_round_comes_back_with_the_reason(as_role):
    page = as_role("curator").post("/rounds/new/", VALID)

    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert not Round.objects.exists()


def test_checks_are_a_share_of_what_people_get(as_role):
    SampleFactory()

    as_role("curator").post("/rounds/new/", {**VALID, "check_percent": 5})

    assert Round.objects.get().check_share == 0.05


def test_a_new_guideline_is_written_with_the_round(as_role):
    SampleFactory()

    as_role("curator").post("/rounds/new/", {**VALID, "new_guideline": "# How"})

    assert Round.objects.get().guideline == Guideline.objects.get()


def test_the_preview_counts_what_fits_and_what_would_be_drawn(as_role):
    SampleFactory.create_batch(5)

    page = preview(as_role("curator"), plan="random", number=2)

    assert page.context["proposal"].fitting == 5
    assert (page.context["drawn"], page.context["assignments"]) == (2, 4)
    assert not Round.objects.exists()


def test_the_preview_shows_every_category_with_its_part(as_role):
    for path, size in (("a", 6), ("b", 2)):
        SampleFactory.create_batch(size, given_category=CategoryFactory(path=path))

    page = preview(as_role("curator"), plan="stratified", number=4, level=1, minimum=1)

    rows = [(path, each.size, each.drawn) for path, each in page.context["strata"]]
    assert rows == [("a", 6, 3), ("b", 2, 1)]


def test_the_preview_says_which_ids_are_unknown(as_role):
    SampleFactory(product_id="a", image="x")
    SampleFactory(product_id="b")

    page = preview(as_role("curator"), plan="file", file=upload("a\nb\nc\n"), has_image="yes")

    assert page.context["unknown"] == ("c",)
    assert (page.context["found"].unfit, page.context["drawn"]) == (1, 1)


def test_the_preview_says_why_a_plan_cannot_be_drawn(as_role):
    for path in ("a", "b"):
        SampleFactory.create_batch(3, given_category=CategoryFactory(path=path))

    page = preview(as_role("curator"), plan="stratified", number=3, level=1, minimum=2)

    assert "needs 4 samples" in page.context["refusal"]


def test_the_preview_says_what_to_correct(as_role):
    page = preview(as_role("curator"), plan="random").content.decode()

    assert "Say how many samples to draw." in page


def test_a_round_like_another_begins_with_its_settings(as_role, annotator):
    other = RoundFactory(
        name="autumn",
        overlap=3,
        is_blind=False,
        check_share=0.1,
        is_for_everyone=False,
        plan="random",
        plan_details={"frame": {"brand": "acme", "month_to": "2026-02-01"}, "number": 7},
    )
    other.members.add(annotator)

    form = as_role("curator").get(f"/rounds/new/?like={other.pk}").context["form"]

    assert form["name"].value() == "autumn, again"
    assert (form["plan"].value(), form["number"].value(), form["brand"].value()) == (
        "random", 7, "acme",
    )  # fmt: skip
    assert (form["overlap"].value(), form["is_assisted"].value()) == (3, True)
    assert (form["check_percent"].value(), form["members"].value()) == (10, [annotator.pk])


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_only_curators_see_the_preview(as_role, role):
    assert preview(as_role(role)).status_code == 403
