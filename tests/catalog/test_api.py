import gzip
import json

import pytest
from django.test import Client

from labelhub.catalog.models import TreeVersion
from tests.factories import NOW, CategoryFactory

pytestmark = pytest.mark.django_db


def test_the_tree_comes_by_columns_in_the_order_of_paths(as_role):
    jacket = CategoryFactory(path="women>jacket", code="418")
    bag = CategoryFactory(path="bag")

    tree = as_role("annotator").get("/api/v1/categories").json()

    assert tree["names"] == ["bag", "women", "jacket"]
    assert tree["parents"] == [-1, -1, 1]
    assert tree["ids"] == [bag.pk, jacket.parent_id, jacket.pk]
    assert tree["codes"] == ["", "", "418"]
    assert tree["leaves"] == [True, False, True]


def test_retired_categories_are_not_offered(as_role):
    CategoryFactory(path="pager", retired_at=NOW)

    assert as_role("annotator").get("/api/v1/categories").json()["names"] == []


def test_the_tree_is_kept_for_ever_under_its_version(as_role):
    version = TreeVersion.objects.create(changed_at=NOW).number

    answer = as_role("annotator").get(f"/api/v1/categories?v={version}")

    assert "immutable" in answer["Cache-Control"]


def test_under_an_older_version_the_tree_is_not_kept(as_role):
    TreeVersion.objects.create(changed_at=NOW)

    assert "no-cache" in as_role("annotator").get("/api/v1/categories?v=0")["Cache-Control"]


def test_the_file_is_made_once_for_a_version(as_role, django_assert_max_num_queries):
    version = TreeVersion.objects.create(changed_at=NOW).number
    client = as_role("annotator")
    first = client.get(f"/api/v1/categories?v={version}")

    with django_assert_max_num_queries(3):  # session, person, version
        again = client.get(f"/api/v1/categories?v={version}")

    assert again.content == first.content


def test_the_file_comes_gzipped_to_whoever_takes_it(as_role):
    CategoryFactory(path="bag")
    client = as_role("annotator")

    packed = client.get("/api/v1/categories", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get("/api/v1/categories")

    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    assert packed["Vary"] == plain["Vary"]
    assert "Accept-Encoding" in plain["Vary"]


def test_an_unchanged_tree_is_not_sent_again(as_role):
    client = as_role("annotator")
    tag = client.get("/api/v1/categories")["ETag"]

    assert client.get("/api/v1/categories", headers={"If-None-Match": tag}).status_code == 304
    TreeVersion.objects.create(changed_at=NOW)
    assert client.get("/api/v1/categories", headers={"If-None-Match": tag}).status_code == 200


def test_the_tree_is_for_people_who_are_logged_in():
    assert Client().get("/api/v1/categories").status_code == 401
