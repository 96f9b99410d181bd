from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.catalog import tasks
from labelhub.catalog.models import ImportBatch, Sample
from labelhub.jobs.models import Job
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Annotation
from labelhub.registry.models import ModelVersion
from tests.catalog.pictures import picture, zipped
from tests.factories import AnnotationFactory, ModelVersionFactory, RoundFactory, SampleFactory
from tests.importing import taken, written

pytestmark = pytest.mark.django_db

ROWS = "product_id,product_name,image\na,good,shirt.jpg\nb,,\n"


class QuietJob(RunningJob):
    """Reports to nobody; the rows of a test cannot be seen from another connection."""

    def report(self, stage: str = "", done: int = 0, total: int = 0) -> None:
        assert stage in tasks.STAGES


@pytest.fixture
def carried(monkeypatch):
    """Carry out the import of a batch as its worker would."""

    def carry(batch):
        Job.objects.filter(pk=batch.job_id).update(
            state="running", attempts=1, lease_expires_at="2999-01-01T00:00Z"
        )
        job = QuietJob(job_id=batch.job_id, attempt=1, asked_by_id=None)
        tasks.import_file(job, batch_id=batch.pk)
        batch.refresh_from_db()

    return carry


def upload(client, kind="samples", text=ROWS, **fields):
    file = SimpleUploadedFile("rows.csv", text.encode())
    return client.post(reverse("catalog:import_new", args=[kind]), {"file": file, **fields})


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_others_may_not_import(as_role, role):
    client = as_role(role)

    assert client.get(reverse("catalog:imports")).status_code == 403
    assert upload(client).status_code == 403
    assert not ImportBatch.objects.exists()


def test_without_login_the_page_asks_for_one(client):
    answer = client.get(reverse("catalog:imports"))

    assert answer.status_code == 302
    assert "login" in answer.url


def test_the_page_lists_every_kind(as_role):
    page = as_role("curator").get(reverse("catalog:imports")).content.decode()

    for kind in ("categories", "samples", "annotations", "judgements", "predictions"):
        assert reverse("catalog:import_new", args=[kind]) in page


@pytest.mark.parametrize(
    "kind", ["categories", "samples", "annotations", "judgements", "predictions"]
)
def test_every_kind_has_its_form(as_role, kind):
    answer = as_role("curator").get(reverse("catalog:import_new", args=[kind]))

    assert answer.status_code == 200
    assert 'name="file"' in answer.content.decode()


def test_an_unknown_kind_is_not_found(as_role):
    assert as_role("curator").get(reverse("catalog:import_new", args=["x"])).status_code == 404


def test_a_form_without_file_says_so(as_role):
    answer = as_role("curator").post(reverse("catalog:import_new", args=["samples"]), {})

    assert answer.status_code == 200
    assert not ImportBatch.objects.exists()


def test_an_upload_is_kept_and_a_job_asked_for(as_role):
    answer = upload(as_role("curator"), round="first", source="people", overlap="2")

    batch = ImportBatch.objects.get()
    assert answer.url == reverse("catalog:import_batch", args=[batch.pk])
    assert batch.job.params == {"batch_id": batch.pk}
    assert Path(batch.stored_as).read_bytes() == ROWS.encode()
    assert (batch.options["round"], batch.options["overlap"]) == ("first", 2)


def test_the_job_imports_and_deletes_the_uploaded_files(as_role, carried, tmp_path):
    archive = zipped(tmp_path, {"shirt.jpg": picture()}).read_bytes()
    images = SimpleUploadedFile("images.zip", archive)
    upload(as_role("curator"), keep_good="on", images=images)
    batch = ImportBatch.objects.get()
    stored = [Path(batch.stored_as), Path(batch.options["images"])]

    carried(batch)

    assert (batch.added, batch.refused, batch.notes["images"]["shown"]) == (1, 1, 1)
    assert not any(path.exists() for path in stored)


def test_a_file_name_from_outside_names_no_path_here(as_role, settings):
    file = SimpleUploadedFile("x", ROWS.encode())
    file._name = "../../evil.csv"

    as_role("curator").post(reverse("catalog:import_new", args=["samples"]), {"file": file})

    batch = ImportBatch.objects.get()
    assert "/" not in batch.file_name
    assert Path(batch.stored_as).parent == Path(settings.DATA) / "uploads"


def test_the_page_of_an_import_shows_its_progress(as_role):
    client = as_role("curator")
    upload(client)

    page = client.get(reverse("catalog:import_batch", args=[ImportBatch.objects.get().pk]))

    assert f"job-{Job.objects.get().pk}" in page.content.decode()


def test_the_page_of_an_import_shows_refused_rows_escaped(as_role, tmp_path):
    text = "product_id,product_name,brand\n1,,<script>alert(1)</script>\n"
    batch = taken("samples", written(tmp_path, text))

    page = as_role("curator").get(reverse("catalog:import_batch", args=[batch.pk]))

    shown = page.content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown


def test_the_page_of_an_import_shows_the_problem_of_a_file(as_role, tmp_path):
    batch = taken("samples", written(tmp_path, ""))

    page = as_role("curator").get(reverse("catalog:import_batch", args=[batch.pk]))

    assert "The file is empty." in page.content.decode()


def test_refused_rows_are_downloaded_verbatim_with_an_audit_row(as_role, tmp_path):
    batch = taken("samples", written(tmp_path, "product_id,product_name\n=1,\n"))

    answer = as_role("curator").get(reverse("catalog:import_refused", args=[batch.pk]))

    [header, row] = b"".join(answer.streaming_content).decode().splitlines()
    assert header == "refused_line,refused_column,refused_reason,product_id,product_name"
    assert row.startswith("2,product_name,")
    assert row.endswith(",=1,")
    assert AuditEntry.objects.filter(verb="exported").count() == 1


EXPORTS = {
    "catalog:export_categories": None,
    "catalog:export_samples": None,
    "labelling:export_annotations": Annotation,
    "labelling:export_judgements": None,
    "registry:export_predictions": ModelVersion,
}


def address(name):
    match EXPORTS[name]:
        case None:
            return reverse(name)
        case model if model is Annotation:
            return f"{reverse(name)}?of={RoundFactory().pk}"
    return f"{reverse(name)}?of={ModelVersionFactory().pk}"


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_streams_and_leaves_an_audit_row(as_role, name):
    answer = as_role("curator").get(address(name))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).decode().splitlines()
    assert AuditEntry.objects.filter(verb="exported").count() == 1


@pytest.mark.parametrize("role", ["annotator", "pm"])
@pytest.mark.parametrize("name", EXPORTS)
def test_others_may_not_export_rows(as_role, role, name):
    assert as_role(role).get(address(name)).status_code == 403
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["labelling:export_annotations", "registry:export_predictions"])
@pytest.mark.parametrize("of", ["", "x", "999999"])
def test_an_export_of_something_unknown_is_not_found(as_role, name, of):
    assert as_role("curator").get(reverse(name), {"of": of}).status_code == 404


def test_what_can_be_exported_is_offered(as_role):
    AnnotationFactory(round__name="the third round")
    SampleFactory()

    page = as_role("curator").get(reverse("catalog:imports")).content.decode()

    assert "the third round" in page
    assert Sample.objects.count() == 2
