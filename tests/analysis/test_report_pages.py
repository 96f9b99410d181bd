"""The pages of reports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analysis.models import Report
from analysis.services import reports
from labelhub.accounts.roles import Role
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.labelling.models import Source
from labelhub.registry.models import ModelVersion
from tests.analysis.test_verdicts import labelled
from tests.factories import NOW, CategoryFactory, ConsensusFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
LATE_IN_LONDON = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def version():
    made = ModelVersionFactory(name="v1")
    sample = labelled(made, "a>b", "a>b")
    ConsensusFactory(sample=sample, source="given", category=CategoryFactory(path="a>b"))
    labelled(made, "a>b", "a>c", {"a>b": True, "a>c": False})
    return made


def frozen(version, *, title, source=Source.PEOPLE) -> Report:
    order = reports.Order(title=title, versions=(version,), source=source)
    return reports.freeze(order=order, by=None, now=NOW)


@pytest.fixture
def report(version) -> Report:
    return frozen(version, title="January")


def test_without_a_report_the_page_says_how_to_make_one(as_role, version):
    text = as_role(Role.CURATOR).get("/report/", headers=ENGLISH).text

    assert "No report yet" in text
    assert "/report/new/" in text


def test_product_managers_read_reports_but_make_none(as_role, report):
    client = as_role(Role.PM)

    assert "January" in client.get("/report/").text
    assert client.get(f"/report/{report.pk}/").status_code == 200
    assert client.get("/report/new/").status_code == 403


@pytest.mark.parametrize("path", ["/report/", "/report/1/"])
def test_annotators_read_no_report(as_role, report, path):
    assert as_role(Role.ANNOTATOR).get(path).status_code == 403


def test_the_list_says_how_good_the_newest_version_was(as_role, report):
    text = as_role(Role.PM).get("/report/").text

    assert "v1" in text
    assert "50.0%" in text  # one of two


def test_the_list_leaves_the_content_of_its_reports_in_the_database(report):
    [found] = Report.objects.in_brief()

    assert "content" in found.get_deferred_fields()
    assert (found.version, found.total, found.accuracy) == ("v1", 2, 0.5)


def test_a_curator_makes_a_report(as_role, version):
    asked = {"title": "February", "versions": [version.pk], "level": "1", "source": "people"}

    response = as_role(Role.CURATOR).post("/report/new/", asked)

    job = Job.objects.get()
    assert response["Location"] == f"/report/?asked={job.pk}"
    assert job.params["order"] == {
        "title": "February", "versions": [version.pk], "source": "people", "level": 1,
        "reason": "", "replaces": None,
    }  # fmt: skip


@pytest.fixture
def asked(version, curator) -> Job:
    """A report that a worker has yet to make."""
    order = reports.Order(title="February", versions=(version,), source=Source.PEOPLE)
    return reports.request(order=order, by=curator)


@pytest.mark.parametrize("address", ["/report/", "/report/?asked={0}"])
def test_the_list_shows_how_far_a_report_is(as_role, asked, address):
    text = as_role(Role.PM).get(address.format(asked.pk)).text

    assert "February" in text
    assert f'hx-get="/jobs/{asked.pk}/progress/?reload=1"' in text


def test_whoever_asked_for_a_report_comes_to_it_once_it_is_made(as_role, asked):
    carrying.carry_out(asked.pk)

    response = as_role(Role.CURATOR).get(f"/report/?asked={asked.pk}")

    assert response["Location"] == f"/report/{Report.objects.get().pk}/"


def test_a_report_that_could_not_be_made_says_why(as_role, asked, version):
    version.predictions.all().delete()
    carrying.carry_out(asked.pk)

    text = as_role(Role.CURATOR).get(f"/report/?asked={asked.pk}", headers=ENGLISH).text

    assert "v1" in text
    assert "Run again" in text


def test_a_refused_report_says_why_on_the_form(as_role):
    empty = ModelVersionFactory(name="v9")
    asked = {"title": "February", "versions": [empty.pk], "level": "", "source": "people"}

    response = as_role(Role.CURATOR).post("/report/new/", asked, headers=ENGLISH)

    assert "v9 predicted no sample" in response.text
    assert not Report.objects.exists()


def test_replacing_a_report_asks_for_the_reason(as_role, version, report):
    asked = {"title": "Again", "versions": [version.pk], "level": "", "source": "people"}
    client = as_role(Role.CURATOR)
    address = f"/report/new/?replaces={report.pk}"

    assert client.post(address, asked).status_code == 200
    assert client.post(address, {**asked, "reason": "typing error"}).status_code == 302
    carrying.carry_out(Job.objects.get().pk)

    assert "typing error" in client.get(f"/report/{report.pk}/").text


def test_a_report_shows_its_charts_with_a_table_behind(as_role, report):
    text = as_role(Role.PM).get(f"/report/{report.pk}/").text

    assert 'data-chart="treemap-data"' in text
    assert 'data-chart="ladder-data"' in text
    assert "50.0%" in text  # one of two


def test_a_version_was_made_on_the_day_that_it_was_here(as_role, version):
    ModelVersion.objects.filter(pk=version.pk).update(created_at=LATE_IN_LONDON)
    report = frozen(ModelVersion.objects.get(pk=version.pk), title="January")

    text = as_role(Role.PM).get(f"/report/{report.pk}/").text

    assert ">2026-02-01</time>" in text  # in Seoul it is 08:30 of the next day


def test_a_report_on_given_labels_never_says_human_accuracy(as_role, version):
    report = frozen(version, title="Given", source=Source.GIVEN)

    text = as_role(Role.PM).get(f"/report/{report.pk}/", headers=ENGLISH).text

    assert "Agreement with the given category" in text
    assert "Human accuracy" not in text


@pytest.mark.parametrize(
    ("table", "first"),
    [("categories", "category_id"), ("versions", "version"), ("levels", "level")],
)
def test_every_table_of_a_report_can_be_exported(as_role, report, table, first):
    client = as_role(Role.PM)

    csv_file = client.get(f"/report/{report.pk}/", {"table": table, "format": "csv"})
    xlsx_file = client.get(f"/report/{report.pk}/", {"table": table, "format": "xlsx"})

    header = b"".join(csv_file.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert header.split(",")[0] == first
    assert b"".join(xlsx_file.streaming_content)[:2] == b"PK"
