from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.registry.models import Corpus, Run
from labelhub.registry.services import corpora
from tests.factories import NOW
from tests.registry.rows import make_corpus, write_rows

pytestmark = pytest.mark.django_db

CORPORA = reverse("registry:corpora")
NEW = reverse("registry:corpus-new")


def typed(text: bytes, **changed):
    return {"file": SimpleUploadedFile("shop.csv", text), "name": "shop", **changed}


@pytest.fixture
def rows(tmp_path) -> bytes:
    return write_rows(tmp_path / "rows.csv").read_bytes()


def carried() -> Job:
    job = Job.objects.get()
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_an_uploaded_file_becomes_a_corpus(as_role, rows, tmp_path):
    answer = as_role("curator").post(NEW, typed(rows))

    job, corpus = carried(), Corpus.objects.get()
    assert (answer.url, job.state, job.error) == (CORPORA, "done", "")
    assert (corpus.name, corpus.rows, corpus.created_by) == ("shop", 10, job.asked_by)
    assert not list((tmp_path / "uploads").iterdir())


def test_refused_rows_are_shown_with_their_lines(as_role):
    client = as_role("curator")
    client.post(NEW, typed("product_id,product_name,category_path\n1,,패션\n".encode()))

    job = carried()
    page = client.get(CORPORA)

    assert job.state == "failed"
    assert [(row["line"], row["column"]) for row in job.result["refused"]] == [(2, "product_name")]
    assert "product_name" in page.content.decode()


def test_a_file_that_cannot_be_read_is_called_by_its_name(as_role):
    as_role("curator").post(NEW, typed(b"name\nshirt\n"))

    job = carried()

    assert job.state == "failed"
    assert "product_id" in job.error


def test_an_import_that_died_after_its_commit_is_done(as_role, rows):
    as_role("curator").post(NEW, typed(rows))
    carried()
    Job.objects.update(state="waiting", finished_at=None)

    assert carried().state == "done"
    assert Corpus.objects.count() == 1


def test_a_taken_name_is_refused_beside_its_field(as_role, rows, tmp_path):
    make_corpus(tmp_path)

    page = as_role("curator").post(NEW, typed(rows))

    assert page.context["form"].errors["name"]
    assert not Job.objects.exists()


def test_a_pm_reads_corpora_but_makes_none(as_role, rows, tmp_path):
    corpus = make_corpus(tmp_path)
    client = as_role("pm")

    assert "shop" in client.get(CORPORA).content.decode()
    assert client.get(reverse("registry:corpus", args=[corpus.pk])).status_code == 200
    assert client.post(NEW, typed(rows)).status_code == 403


def test_a_corpus_leads_to_the_runs_that_used_it(as_role, tmp_path):
    run = Run.objects.create(
        version_name="v1", corpus=make_corpus(tmp_path), seed=0, created_at=NOW
    )

    page = as_role("pm").get(reverse("registry:corpus", args=[run.corpus_id])).content.decode()

    assert f'href="{reverse("analysis:run", args=[run.pk])}">{run.version_name}</a>' in page


def test_annotators_see_no_corpora(as_role):
    assert as_role("annotator").get(CORPORA).status_code == 403


def test_typed_words_stay_whole_and_are_proposed_for_the_next_corpus(as_role, rows):
    client = as_role("curator")
    client.post(NEW, typed(rows, words="린넨셔츠\n# a remark\nZARA"))
    carried()

    corpus = Corpus.objects.get()

    assert corpora.words(corpus).words == ("zara", "린넨셔츠")
    assert client.get(NEW).context["form"]["words"].value() == "zara\n린넨셔츠"
    assert (
        "zara, 린넨셔츠"
        in client.get(reverse("registry:corpus", args=[corpus.pk])).content.decode()
    )


def test_a_line_that_is_no_word_is_named_beside_the_field(as_role, rows):
    page = as_role("curator").post(NEW, typed(rows, words="셔츠\n린넨 셔츠"))

    assert "린넨 셔츠" in page.context["form"].errors["words"][0]
    assert not Job.objects.exists()
