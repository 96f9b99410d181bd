from __future__ import annotations

import pytest
from django.urls import reverse

from analysis.models import CategoryGroup
from tests.factories import CategoryFactory, CategoryGroupFactory

pytestmark = pytest.mark.django_db

GROUPS = reverse("analysis:groups")
NEW = reverse("analysis:group-new")
CHOICES = reverse("analysis:group-choices")


@pytest.fixture
def tree(db):
    return [CategoryFactory(path=path) for path in ("육아>의류>셔츠", "육아>완구", "패션>셔츠")]


def paths(categories) -> list[str]:
    return [category.path for category in categories]


def test_readers_see_the_groups(as_role, tree):
    group = CategoryGroupFactory(name="kids")
    group.categories.set(tree[:2])

    page = as_role("pm").get(GROUPS).content.decode()

    assert "kids" in page
    assert "완구" in page


@pytest.mark.parametrize("address", [NEW, CHOICES])
def test_a_pm_changes_no_group(as_role, address):
    assert as_role("pm").post(address).status_code == 403


def test_a_search_finds_the_words_of_a_path_in_any_order(as_role, tree):
    found = as_role("curator").post(CHOICES, {"q": "셔츠 육아"}).context["choice"].found

    assert paths(found) == ["육아>의류>셔츠"]


def test_a_search_keeps_what_is_chosen_already(as_role, tree):
    answer = as_role("curator").post(CHOICES, {"q": "셔츠", "categories": [tree[0].pk]})

    choice = answer.context["choice"]
    assert paths(choice.chosen) == ["육아>의류>셔츠"]
    assert paths(choice.found) == ["패션>셔츠"]


def test_searching_without_a_script_saves_nothing(as_role, tree):
    page = as_role("curator").post(NEW, {"name": "kids", "q": "완구", "base": 0})

    assert paths(page.context["choice"].found) == ["육아>완구"]
    assert not CategoryGroup.objects.exists()


def test_a_group_is_saved_with_what_is_ticked(as_role, tree):
    ticked = [tree[0].pk, tree[1].pk]

    answer = as_role("curator").post(
        NEW, {"name": "kids", "categories": ticked, "base": 0, "save": "1"}
    )

    assert answer.url == GROUPS
    assert set(CategoryGroup.objects.get().categories.all()) == set(tree[:2])


def test_a_group_without_categories_is_refused_and_keeps_what_was_typed(as_role, tree):
    page = as_role("curator").post(NEW, {"name": "kids", "base": 0, "save": "1"})

    assert page.context["refusal"]
    assert 'value="kids"' in page.content.decode()
    assert not CategoryGroup.objects.exists()


def test_a_group_is_changed(as_role, tree):
    group = CategoryGroupFactory(name="kids")
    group.categories.set(tree[:1])

    as_role("curator").post(
        reverse("analysis:group", args=[group.pk]),
        {"name": "children", "categories": [tree[1].pk], "base": 0, "save": "1"},
    )

    group.refresh_from_db()
    assert (group.name, paths(group.categories.all())) == ("children", ["육아>완구"])


def test_an_unused_group_is_removed(as_role, tree):
    group = CategoryGroupFactory()

    as_role("curator").post(reverse("analysis:group-remove", args=[group.pk]))

    assert not CategoryGroup.objects.exists()
