"""A version of the exclusion list as the file that `mlcore … --rules` reads."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
from django.urls import reverse

from analysis.models import ListVersion
from analysis.services import exclusions
from labelhub.accounts.models import AuditEntry
from mlcore import cli
from mlcore.corpus.rules_file import read_rules
from tests.analysis.test_rules_views import add
from tests.factories import CategoryFactory, CategoryGroupFactory
from tests.registry.rows import SHIRT, write_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def clothes(db):
    group = CategoryGroupFactory(name="clothes")
    group.categories.add(CategoryFactory(path="패션"), CategoryFactory(path="잡화|가방>천, 가죽"))
    return group


def fetch(client, number):
    return client.get(reverse("analysis:list-version", args=[number]), {"format": "csv"})


def saved(answer, folder):
    path = folder / "rules.csv"
    path.write_bytes(b"".join(answer))
    return path


@pytest.mark.parametrize("role", ["curator", "pm"])
def test_the_file_holds_the_rules_of_its_version(as_role, clothes, tmp_path, role):
    add(clothes, "여성", unless=["남녀", "공용"], reason="grown-ups")
    add(clothes, "=1+1", is_substring=True, in_mall_category=True)  # no spreadsheet opens this
    first, second = exclusions.rules_at(number=1), exclusions.rules_at(number=2)
    client = as_role(role)

    now = read_rules(saved(fetch(client, 2), tmp_path))
    then = read_rules(saved(fetch(client, 1), tmp_path))

    assert [replace(rule, id="") for rule in now] == [replace(rule, id="") for rule in second]
    assert [replace(rule, id="") for rule in then] == [replace(rule, id="") for rule in first]
    assert (len(then), len(now)) == (1, 2)


def test_curation_takes_the_file(as_role, clothes, tmp_path, capsys):
    add(clothes, "여성")
    rules = saved(fetch(as_role("curator"), 1), tmp_path)
    rows, out = write_rows(tmp_path / "rows.csv"), tmp_path / "dataset"
    arguments = ["--rows", rows, "--rules", rules, "--out", out]

    assert cli.main(["curate", *map(str, arguments)]) == 0

    record = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    assert record["hits"] == [1]
    with (out / "categories.csv").open(encoding="utf-8", newline="") as file:
        counted = {row["category_path"]: row["after_exclude"] for row in csv.DictReader(file)}
    assert counted[SHIRT] == "4"


def test_who_fetched_it_is_kept(as_role, clothes):
    add(clothes)

    fetch(as_role("pm"), 1)

    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.details) == ("exported the exclusion list", {"version": 1})


def test_annotators_and_nobody_get_no_file(as_role, client, clothes):
    add(clothes)

    assert fetch(as_role("annotator"), 1).status_code == 403
    assert fetch(client, 1).status_code == 302
    assert ListVersion.objects.count() == 1
