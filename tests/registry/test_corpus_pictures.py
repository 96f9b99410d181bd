from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora, corpus_pictures
from mlcore.images.flaws import Flaw
from tests.registry.rows import make_corpus, make_photographed_corpus, write_photographed

pytestmark = pytest.mark.django_db

NEW = reverse("registry:corpus-new")


def upload(client, rows: bytes, photos: bytes) -> Job:
    """Send both files as the page does, and carry the job out."""
    files = {
        "file": SimpleUploadedFile("shop.csv", rows),
        "images": SimpleUploadedFile("shop.csv", photos),  # one name is no clash
    }
    assert client.post(NEW, {"name": "shop", **files}).url == reverse("registry:corpora")
    job = Job.objects.get()
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_pictures_are_checked_and_kept_with_the_corpus(tmp_path):
    corpus = make_photographed_corpus(tmp_path)

    # Of ten products, each four times, six have a picture and eight a category of their shop.
    assert (corpus.rows, corpus.picture_rows, corpus.mall_rows) == (40, 24, 32)
    assert corpus_pictures.shelf(corpus).read("셔츠-0-0.jpg").startswith(b"\xff\xd8")
    kept = corpus_pictures.summary(corpus)
    assert kept is not None
    assert (kept.pictures, kept.unusable) == (24, 9)
    assert {problem.flaw for problem in kept.problems} == {Flaw.MISSING, Flaw.UNKNOWN_TYPE}


def test_a_corpus_can_be_classified_by_what_its_rows_have(tmp_path):
    assert corpora.branches(make_photographed_corpus(tmp_path)) == ("name", "mall", "image")
    assert corpora.branches(make_corpus(tmp_path)) == ("name",)


def test_shop_categories_of_a_corpus_of_before_are_counted_when_asked_for(tmp_path):
    corpus = make_photographed_corpus(tmp_path)
    Corpus.objects.update(mall_rows=None)
    corpus.refresh_from_db()

    assert "mall" in corpora.branches(corpus)
    assert Corpus.objects.get().mall_rows == 32


def test_a_zip_comes_through_the_page(as_role, tmp_path):
    rows, photos = write_photographed(tmp_path)
    client = as_role("curator")

    job = upload(client, rows.read_bytes(), photos.read_bytes())

    assert (job.state, job.error) == ("done", "")
    corpus = Corpus.objects.get()
    page = client.get(reverse("registry:corpus", args=[corpus.pk])).content.decode()
    assert corpus.picture_rows == 24
    assert "none.jpg" in page
    assert not list((tmp_path / "uploads").iterdir())


def test_what_is_no_zip_fails_with_a_reason_and_leaves_nothing(as_role, tmp_path):
    rows, _photos = write_photographed(tmp_path)

    job = upload(as_role("curator"), rows.read_bytes(), b"no zip")

    assert job.state == "failed"
    assert "neither a folder nor a zip file" in job.error
    assert not Corpus.objects.exists()
    assert not list((tmp_path / "corpora").iterdir())
    assert not list((tmp_path / "uploads").iterdir())


def test_the_command_takes_pictures_and_names_those_it_cannot_use(tmp_path, capsys):
    rows, photos = write_photographed(tmp_path)

    call_command("import_corpus", str(rows), "--name", "shop", "--images", str(photos))

    printed = capsys.readouterr().out
    assert "Rows with a picture: 24." in printed
    assert "none.jpg: This is no JPEG, PNG, WEBP or GIF picture." in printed
