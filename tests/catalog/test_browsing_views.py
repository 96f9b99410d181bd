from __future__ import annotations

import pytest
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.accounts.roles import Role
from labelhub.catalog.models import TreeVersion
from labelhub.catalog.services import images
from tests.catalog.pictures import picture
from tests.factories import CategoryFactory, SampleFactory

pytestmark = pytest.mark.django_db


def test_samples_are_found_by_a_part_of_their_name(as_role):
    SampleFactory(name="키즈 데님 재킷")
    SampleFactory(name="목걸이")

    shown = as_role(Role.CURATOR).get(reverse("catalog:samples"), {"q": "데님"}).content.decode()

    assert "키즈 데님 재킷" in shown
    assert "목걸이" not in shown


def test_an_empty_installation_says_what_to_do_next(as_role):
    shown = as_role(Role.CURATOR).get(reverse("catalog:samples"))

    assert reverse("catalog:imports") in shown.content.decode()


def test_the_tree_page_asks_the_database_the_same_number_of_times_for_any_length(
    as_role, django_assert_max_num_queries
):
    client = as_role(Role.CURATOR)
    for number in range(40):
        CategoryFactory(path=f"root>leaf{number}")

    with django_assert_max_num_queries(6):
        client.get(reverse("catalog:categories"))


def test_a_curator_marks_a_catch_all_once_and_it_is_on_record(as_role):
    category = CategoryFactory(path="식품>기타식품")
    client = as_role(Role.CURATOR)

    for _ in range(2):
        client.post(reverse("catalog:mark_catch_all", args=[category.pk]), {"is_catch_all": "1"})

    category.refresh_from_db()
    assert category.is_catch_all
    assert AuditEntry.objects.filter(verb="marked catch-all").count() == 1
    assert TreeVersion.objects.count() == 1


def test_the_way_back_never_leads_to_another_site(as_role):
    category = CategoryFactory()

    answer = as_role(Role.CURATOR).post(
        reverse("catalog:mark_catch_all", args=[category.pk]), {"next": "https://evil.example/"}
    )

    assert answer["Location"] == reverse("catalog:categories")


def test_a_picture_may_be_kept_for_ever_by_the_browser(as_role):
    kept = images.keep(picture())

    answer = as_role(Role.ANNOTATOR).get(reverse("catalog:image", args=[kept.sha256, 320]))

    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(("sha256", "width"), [("0" * 64, 320), ("x", 320), ("0" * 64, 7)])
def test_a_picture_that_is_not_stored_is_not_found(as_role, sha256, width):
    answer = as_role(Role.ANNOTATOR).get(reverse("catalog:image", args=[sha256, width]))

    assert answer.status_code == 404


def test_a_whole_picture_is_what_came_under_the_type_that_it_was_found_to_be(as_role):
    came = picture(size=(1200, 30), form="JPEG")
    kept = images.keep(came)

    answer = as_role(Role.ANNOTATOR).get(reverse("catalog:whole-image", args=[kept.sha256]))

    assert b"".join(answer.streaming_content) == came
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]


def test_a_picture_that_never_came_is_not_found(as_role):
    answer = as_role(Role.ANNOTATOR).get(reverse("catalog:whole-image", args=["f" * 64]))

    assert answer.status_code == 404
