"""The comparison over the API."""

from __future__ import annotations

import pytest

from analysis.services.comparison import COLUMNS
from labelhub.accounts.models import AuditEntry
from labelhub.accounts.roles import Role
from tests.analysis.test_verdicts import labelled
from tests.factories import ModelVersionFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/comparison"


@pytest.fixture
def version():
    made = ModelVersionFactory(name="v1")
    labelled(made, "a>b", "a>c")
    return made


def test_the_comparison_comes_as_json(as_role, version):
    said = as_role(Role.PM).get(URL, {"model": "v1"}).json()

    assert (said["model"], said["axis"], said["level"]) == ("v1", "human", None)
    [row] = said["rows"]
    assert tuple(row) == COLUMNS
    assert (row["category_id"], row["category_path"], row["unreviewed"]) == (None, "a>b", 1)


def test_level_and_axis_come_from_the_address(as_role, version):
    said = as_role(Role.PM).get(URL, {"level": "1", "axis": "predicted"}).json()

    assert (said["level"], said["axis"]) == (1, "predicted")
    assert [(row["category_path"], row["same"]) for row in said["rows"]] == [("a", 1)]


def test_reading_it_leaves_a_row_in_the_audit_trail(as_role, version):
    as_role(Role.PM).get(URL)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.by.role) == ("exported the comparison", Role.PM)
    assert entry.details == {"rows": 1, "format": "api"}


@pytest.mark.parametrize("query", [{"level": "0"}, {"axis": "both"}, {"source": "nobody"}])
def test_an_impossible_question_is_refused_with_the_field(as_role, version, query):
    response = as_role(Role.PM).get(URL, query)

    assert response.status_code == 400
    assert set(response.json()) == set(query)


def test_an_unknown_version_is_refused_with_the_reason(as_role, version):
    response = as_role(Role.PM).get(URL, {"model": "v9"})

    assert response.status_code == 409
    assert "v9" in response.json()["detail"]


def test_annotators_may_not_read_it(as_role, version):
    assert as_role(Role.ANNOTATOR).get(URL).status_code == 403


def test_visitors_may_not_read_it(client, version):
    assert client.get(URL).status_code in {401, 403}
