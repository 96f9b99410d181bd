import pytest
from django.core.files.storage import default_storage

from labelhub.catalog.models import Image, SampleImage
from tests.catalog.pictures import picture, zipped
from tests.importing import taken, written

pytestmark = pytest.mark.django_db

ROWS = "product_id,product_name,image\n1,a,shirt.jpg\n2,b,bad.jpg\n"


def test_samples_get_the_pictures_they_name(tmp_path):
    images = zipped(tmp_path, {"photos/shirt.jpg": picture(form="JPEG")})

    batch = taken("samples", written(tmp_path, ROWS), images=str(images))

    image = Image.objects.get()
    assert SampleImage.objects.get(name="shirt.jpg").image == image
    assert default_storage.exists(f"images/{image.sha256[:2]}/{image.sha256}.jpg")
    assert batch.notes["images"] == {"shown": 1, "refused": 0, "missing": 1}


def test_a_bad_entry_is_refused_alone(tmp_path):
    images = zipped(
        tmp_path, {"shirt.jpg": picture(form="JPEG"), "bad.jpg": b"no picture", "../bad": b"x"}
    )

    batch = taken("samples", written(tmp_path, ROWS), images=str(images))

    refused = batch.refused_rows.order_by("pk").values_list("line", "column", "cells")
    assert list(refused) == [(0, "image", ["bad.jpg"]), (0, "image", ["../bad"])]
    assert batch.is_applied
    assert (batch.added, batch.refused) == (2, 0)


def test_the_pictures_of_another_file_are_not_taken(tmp_path):
    taken("samples", written(tmp_path, "product_id,product_name,image\n9,z,shirt.jpg\n"))
    images = zipped(tmp_path, {"shirt.jpg": picture(form="JPEG")})

    taken("samples", written(tmp_path, ROWS), images=str(images))

    assert SampleImage.objects.get(sample__product_id="9").image is None


def test_pictures_can_come_later_with_the_same_file(tmp_path):
    taken("samples", written(tmp_path, ROWS))
    images = zipped(tmp_path, {"shirt.jpg": picture(form="JPEG")})

    batch = taken("samples", written(tmp_path, ROWS), images=str(images))

    assert batch.unchanged == 2
    assert SampleImage.objects.get(name="shirt.jpg").image == Image.objects.get()


def test_a_broken_archive_is_a_problem_of_the_whole_file(tmp_path):
    archive = written(tmp_path, "no zip", name="images.zip")

    batch = taken("samples", written(tmp_path, ROWS), images=str(archive))

    assert "neither a folder nor a zip" in batch.problem
    assert not SampleImage.objects.exists()
