"""The pages of guidelines, and what the API tells of them."""

import pytest
from django.urls import reverse

from labelhub.accounts.roles import Role
from labelhub.labelling.models import Guideline, GuidelineExample
from labelhub.labelling.services import guidelines
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


def page(client, name, *arguments, **query):
    return client.get(reverse(f"labelling:{name}", args=arguments), query).content.decode()


def test_the_list_shows_guidelines_of_rounds_and_of_categories(as_role):
    GuidelineFactory(name="Bags")
    guidelines.of_category(category=CategoryFactory(path="wear>coat"), now=NOW)

    html = page(as_role(Role.ANNOTATOR), "guidelines")

    assert "Bags" in html
    assert "coat" in html


def test_the_list_can_be_narrowed(as_role):
    GuidelineFactory(name="Bags")
    GuidelineFactory(name="Shoes")

    html = page(as_role(Role.CURATOR), "guidelines", q="bag", of="rounds")

    assert "Bags" in html
    assert "Shoes" not in html


def test_the_list_takes_as_many_queries_however_long(as_role, django_assert_max_num_queries):
    client = as_role(Role.CURATOR)
    for _number in range(20):
        GuidelineFactory()

    with django_assert_max_num_queries(6):
        page(client, "guidelines")


def test_people_who_label_read_a_guideline_but_cannot_change_it(as_role):
    guideline = GuidelineFactory(text="Follow the **size**.")
    client = as_role(Role.ANNOTATOR)

    html = page(client, "guideline", guideline.pk)

    assert "<strong>size</strong>" in html
    assert reverse("labelling:guideline-edit", args=[guideline.pk]) not in html
    assert client.get(reverse("labelling:guideline-edit", args=[guideline.pk])).status_code == 403


def test_a_curator_writes_a_guideline(as_role):
    client = as_role(Role.CURATOR)

    answer = client.post(
        reverse("labelling:guideline-new"), {"name": "Bags", "text": "A tote is a bag.", "seen": 0}
    )

    made = Guideline.objects.get(name="Bags")
    assert answer.url == reverse("labelling:guideline", args=[made.pk])


def test_a_taken_name_comes_back_with_the_text(as_role):
    GuidelineFactory(name="Bags")

    answer = as_role(Role.CURATOR).post(
        reverse("labelling:guideline-new"), {"name": "Bags", "text": "A tote is a bag.", "seen": 0}
    )

    assert "A tote is a bag." in answer.content.decode()
    assert Guideline.objects.count() == 1


def test_the_second_of_two_editors_keeps_the_text_and_sees_the_other(as_role, curator):
    guideline = GuidelineFactory(text="first")
    guidelines.revise(guideline=guideline, seen=1, text="by the other", by=curator, now=NOW)
    client, address = (
        as_role(Role.CURATOR),
        reverse("labelling:guideline-edit", args=[guideline.pk]),
    )
    mine = {"name": guideline.name, "text": "by me", "seen": 1}

    refused = client.post(address, mine)

    html = refused.content.decode()
    assert refused.status_code == 409
    assert "by the other" in html.replace("<ins>", "").replace("</ins>", "")
    assert "by me</textarea>" in html
    assert guidelines.newest(guideline).text == "by the other"
    # Having read it, the same person saves on top.
    assert client.post(address, {**mine, "seen": 2}).status_code == 302
    assert guidelines.newest(guideline).text == "by me"


def test_the_preview_is_what_readers_will_see(as_role):
    answer = as_role(Role.CURATOR).post(
        reverse("labelling:guideline-preview"), {"text": "**bold** <script>"}
    )

    assert answer.content.decode() == "<p><strong>bold</strong> &lt;script&gt;</p>\n"


def test_versions_are_compared_and_an_old_one_restored(as_role, curator):
    guideline = GuidelineFactory(text="old words")
    guidelines.revise(guideline=guideline, seen=1, text="new words", by=curator, now=NOW)
    client = as_role(Role.CURATOR)

    html = page(client, "guideline-versions", guideline.pk)
    client.post(
        reverse("labelling:guideline-restore", args=[guideline.pk]), {"number": 1, "seen": 2}
    )

    assert "<del>old</del> words" in html
    assert "<ins>new</ins> words" in html
    assert guidelines.newest(guideline).text == "old words"
    assert guidelines.newest(guideline).number == 3


@pytest.mark.parametrize("query", [{"from": "x"}, {"to": "99999999999"}, {"from": "7", "to": "0"}])
def test_versions_that_are_not_there_are_no_error(as_role, query):
    guideline = GuidelineFactory()
    address = reverse("labelling:guideline-versions", args=[guideline.pk])

    assert as_role(Role.ANNOTATOR).get(address, query).status_code == 200


def test_a_category_without_a_guideline_says_so_and_a_curator_begins_it(as_role):
    category = CategoryFactory(path="wear>coat")
    address = reverse("labelling:category-guideline", args=[category.pk])

    assert "no guideline yet" in as_role(Role.ANNOTATOR).get(address).content.decode()
    answer = as_role(Role.CURATOR).post(address)

    begun = Guideline.objects.get(category=category)
    assert answer.url == reverse("labelling:guideline-edit", args=[begun.pk])


def test_an_annotator_cannot_begin_one(as_role):
    category = CategoryFactory()

    as_role(Role.ANNOTATOR).post(reverse("labelling:category-guideline", args=[category.pk]))

    assert not Guideline.objects.exists()


def test_a_curator_adds_and_removes_an_example(as_role):
    guideline, category = GuidelineFactory(), CategoryFactory()
    sample = SampleFactory(product_id="p-7", name="red tote")
    client = as_role(Role.CURATOR)

    client.post(
        reverse("labelling:example-add", args=[guideline.pk]),
        {"product_id": "p-7", "category": category.pk, "belongs": "0", "note": "no zip"},
    )

    example = GuidelineExample.objects.get(sample=sample)
    assert (example.belongs, example.note) == (False, "no zip")
    assert "red tote" in page(client, "guideline", guideline.pk)
    client.post(reverse("labelling:example-remove", args=[example.pk]))
    assert "red tote" not in page(client, "guideline", guideline.pk)


def test_an_example_that_gives_an_answer_away_comes_back_with_the_reason(as_role):
    guideline, category = GuidelineFactory(), CategoryFactory()
    sample = AssignmentFactory().sample

    answer = as_role(Role.CURATOR).post(
        reverse("labelling:example-add", args=[guideline.pk]),
        {"product_id": sample.product_id, "category": category.pk, "belongs": "1", "note": "zip"},
    )

    assert "would give the answer away" in answer.content.decode()
    assert 'value="zip"' in answer.content.decode()


def test_an_unknown_product_is_named(as_role):
    guideline = GuidelineFactory()

    answer = as_role(Role.CURATOR).post(
        reverse("labelling:example-add", args=[guideline.pk]),
        {"product_id": "nowhere", "category": CategoryFactory().pk, "belongs": "1"},
    )

    assert "There is no product with this id." in answer.content.decode()


def test_the_rounds_that_follow_it_are_listed_for_curators(as_role):
    guideline = GuidelineFactory()
    RoundFactory(guideline=guideline, name="Spring bags")

    assert "Spring bags" in page(as_role(Role.CURATOR), "guideline", guideline.pk)
    assert "Spring bags" not in page(as_role(Role.ANNOTATOR), "guideline", guideline.pk)


def test_the_api_tells_what_guides_a_category(as_role, curator):
    category = CategoryFactory()
    guideline = guidelines.of_category(category=category, now=NOW)
    guidelines.revise(guideline=guideline, seen=0, text="**Only** totes.", by=curator, now=NOW)
    guideline.examples.create(
        sample=SampleFactory(name="red tote"),
        category=category,
        belongs=True,
        note="a zip",
        added_at=NOW,
    )

    answer = as_role(Role.ANNOTATOR).get(f"/api/v1/categories/{category.pk}/guideline")

    assert answer.json() == {
        "text_html": "<p><strong>Only</strong> totes.</p>\n",
        "version": 1,
        "examples": [{"name": "red tote", "image": "", "belongs": True, "note": "a zip"}],
    }


def test_the_api_keeps_back_an_example_that_is_being_labelled_blind(as_role):
    category = CategoryFactory()
    guideline = guidelines.of_category(category=category, now=NOW)
    sample = AssignmentFactory().sample
    guideline.examples.create(sample=sample, category=category, belongs=True, added_at=NOW)

    answer = as_role(Role.CURATOR).get(f"/api/v1/categories/{category.pk}/guideline")

    assert answer.json()["examples"] == []


def test_a_category_nobody_wrote_about_is_version_zero(as_role):
    answer = as_role(Role.PM).get(f"/api/v1/categories/{CategoryFactory().pk}/guideline")

    assert answer.json() == {"text_html": "", "version": 0, "examples": []}


def test_an_unknown_category_is_not_found(as_role):
    assert as_role(Role.PM).get("/api/v1/categories/999999/guideline").status_code == 404


def test_nobody_reads_a_guideline_without_logging_in(client):
    guideline = GuidelineFactory()

    assert client.get(reverse("labelling:guideline", args=[guideline.pk])).status_code == 302
