"""The page of the table: who may open it, what it shows, sorts, filters and exports."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from analysis.services.comparison import PAGE_COLUMNS
from labelhub.accounts.models import AuditEntry
from labelhub.accounts.roles import Role
from labelhub.catalog.models import Category
from labelhub.labelling.models import Consensus
from tests.analysis.test_ties import answered
from tests.analysis.test_verdicts import labelled
from tests.factories import (
    CategoryFactory,
    ConsensusFactory,
    JudgementFactory,
    ModelVersionFactory,
    ReviewDrawFactory,
)

pytestmark = pytest.mark.django_db

URL = "/analysis/"


@pytest.fixture
def version():
    """A version with two categories: kids is right twice and wrong once, jewels is wrong."""
    made = ModelVersionFactory(name="v1")
    for _ in range(2):
        labelled(made, "kids>jacket", "kids>jacket")
    labelled(made, "kids>jacket", "kids>coat")
    labelled(made, "jewels>necklace", "kids>coat", {"jewels>necklace": True, "kids>coat": False})
    return made


def paths(response) -> list[str]:
    return [line.row.category_path for line in response.context["page"]]


@pytest.mark.parametrize("role", [Role.CURATOR, Role.PM, Role.ADMIN])
def test_readers_see_a_row_for_each_category(as_role, version, role):
    response = as_role(role).get(URL)

    assert response.status_code == 200
    assert set(paths(response)) == {"kids>jacket", "jewels>necklace"}


def test_annotators_may_not_see_the_comparison(as_role, version):
    assert as_role(Role.ANNOTATOR).get(URL).status_code == 403


def test_visitors_are_asked_to_log_in(client, version):
    assert client.get(URL)["Location"].startswith(reverse("accounts:login"))


def test_without_labels_or_versions_the_page_says_what_to_do_next(as_role):
    response = as_role(Role.CURATOR).get(URL, headers={"accept-language": "en"})

    assert "Nothing to compare yet" in response.text


def test_the_worst_category_comes_first(as_role, version):
    assert paths(as_role(Role.PM).get(URL)) == ["jewels>necklace", "kids>jacket"]


def test_the_table_sorts_by_the_column_in_the_address(as_role, version):
    response = as_role(Role.PM).get(URL, {"sort": "-total"})

    assert paths(response) == ["kids>jacket", "jewels>necklace"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "neck"}, ["jewels>necklace"]),
        ({"minimum": "2"}, ["kids>jacket"]),
        ({"catch_all": "on"}, []),
        ({"level": "1"}, ["jewels", "kids"]),
        ({"axis": "predicted"}, ["kids>coat", "kids>jacket"]),
    ],
)
def test_filters_and_selectors_choose_the_rows(as_role, version, query, expected):
    assert sorted(paths(as_role(Role.PM).get(URL, query))) == expected


def test_a_subtree_is_named_by_its_shop_wide_id(as_role, version):
    Category.objects.filter(path="kids").update(code="50000001")

    assert paths(as_role(Role.PM).get(URL, {"under": "50000001"})) == ["kids>jacket"]


def test_a_subtree_without_an_id_is_named_by_its_key(as_role, version):
    under = f"id-{CategoryFactory(path='jewels').pk}"

    assert paths(as_role(Role.PM).get(URL, {"under": under})) == ["jewels>necklace"]


def test_worse_than_people_needs_more_than_chance(as_role, version):
    for _ in range(7):  # with the one above 8 : 0, exact p = 2 · 0.5⁸ = 0.0078
        labelled(
            version, "jewels>necklace", "kids>coat", {"jewels>necklace": True, "kids>coat": False}
        )
    judged = {"kids>jacket": True, "kids>coat": False}
    labelled(version, "kids>jacket", "kids>coat", judged)  # 1 : 0, p = 1

    assert paths(as_role(Role.PM).get(URL, {"worse": "on"})) == ["jewels>necklace"]


def test_an_impossible_address_falls_back_to_the_defaults(as_role, version):
    query = {"level": "99", "axis": "sideways", "model": "gone", "page": "x", "minimum": "-3"}

    assert len(paths(as_role(Role.PM).get(URL, query))) == 2


def test_given_labels_are_never_called_human_accuracy(as_role, version):
    client = as_role(Role.PM)
    sample = labelled(version, "kids>jacket", "kids>jacket")
    ConsensusFactory(sample=sample, source="given", category=CategoryFactory(path="kids>jacket"))

    text = client.get(URL, {"source": "given"}, headers={"accept-language": "en"}).text

    assert "People and model" not in text
    assert "Worse than people" not in text
    assert "human label" not in text
    assert "Agreement with the given category" in text
    assert "Human accuracy" not in text


def test_a_change_counts_only_samples_decided_for_both_versions(as_role, version):
    older = ModelVersionFactory(name="v0")

    response = as_role(Role.PM).get(URL, {"model": "v1", "against": older.name})

    assert response.context["changes"].overall.decided == 0


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_leaves_a_row_in_the_audit_trail(as_role, version, form):
    response = as_role(Role.PM).get(URL, {"format": form, "model": "v1"})

    assert response.status_code == 200
    assert AuditEntry.objects.get().verb == "exported the comparison"


def test_an_export_holds_what_the_page_shows_with_every_column(as_role, version):
    response = as_role(Role.PM).get(URL, {"format": "csv", "model": "v1", "minimum": "2"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    [row] = csv.DictReader(io.StringIO(text))
    assert tuple(row) == PAGE_COLUMNS
    assert (row["category_path"], row["same"], row["unreviewed"]) == ("kids>jacket", "2", "1")


def test_an_export_defuses_paths_that_a_spreadsheet_would_run(as_role):
    labelled(ModelVersionFactory(name="v1"), "=1+1", "=1+1")

    response = as_role(Role.PM).get(URL, {"format": "csv"})

    assert "'=1+1" in b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("url", [URL, "/"])
def test_shared_mistakes_stand_beside_the_error_once_some_are_audited(as_role, version, url):
    agreed = Consensus.objects.filter(category__path="kids>jacket").order_by("pk").first()
    client = as_role(Role.PM)
    before = client.get(url, headers={"accept-language": "en"})
    ReviewDrawFactory(sample=agreed.sample)
    JudgementFactory.create_batch(
        2, sample=agreed.sample, category=agreed.category, is_acceptable=False
    )

    after = client.get(url, headers={"accept-language": "en"})

    # 4 samples, 2 agreed, the rest not right: .5 + 1 * .5.
    assert "Estimate" not in before.text
    assert "Estimate: the error after review is 100.0%" in after.text


def test_samples_without_a_label_stand_beside_the_total(as_role):
    version = ModelVersionFactory()
    labelled(version, "b", "b")
    answered("a", "b")

    page = as_role("curator").get("/analysis/", {"sort": "-without_label"})

    shown = {line.row.category_path: line.row.without_label for line in page.context["page"]}
    assert shown == {"a": 1, "b": 1}
    assert 'id="evidence-hard"' in page.content.decode()


def test_a_minimum_leaves_out_categories_of_hard_samples_only(as_role):
    version = ModelVersionFactory()
    labelled(version, "b", "b")
    answered("a", "b")

    page = as_role("curator").get("/analysis/", {"minimum": "1"})

    assert [line.row.category_path for line in page.context["page"]] == ["b"]
