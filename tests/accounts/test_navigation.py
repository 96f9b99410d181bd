"""The navigation shows what a role may open, and where the reader is."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse

from labelhub.accounts.navigation import navigation
from labelhub.accounts.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def items_of(role: str, path: str = "/") -> dict[str, bool]:
    request = RequestFactory().get(path)
    request.user = UserFactory(role=role)
    return {item.url: item.is_current for item in navigation(request)["navigation"]["items"]}


def test_administrators_find_people_and_trail():
    items = items_of(Role.ADMIN)

    assert reverse("accounts:people") in items
    assert reverse("accounts:audit") in items


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.CURATOR, Role.PM])
def test_others_do_not(role):
    assert reverse("accounts:people") not in items_of(role)


def test_a_page_below_an_entry_marks_that_entry():
    items = items_of(Role.ADMIN, "/people/new/")

    assert [url for url, is_current in items.items() if is_current] == ["/people/"]


def test_the_home_page_is_current_only_at_its_own_address():
    assert not items_of(Role.ADMIN, "/people/").get("/")


def test_nobody_sees_no_navigation(rf):
    assert navigation(rf.get("/"))["navigation"]["items"] == []
