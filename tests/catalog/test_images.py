from __future__ import annotations

import io
import stat
import zipfile

import PIL.Image
import pytest
from django.core.files.storage import default_storage

from labelhub.catalog.models import Image
from labelhub.catalog.services import images
from labelhub.catalog.services.picture_files import UnreadableSource
from tests.catalog.pictures import huge_png, picture, zipped

pytestmark = pytest.mark.django_db


def test_a_picture_is_stored_once_under_its_hash():
    first = images.keep(picture())
    second = images.keep(picture())

    assert first == second
    assert (first.format, first.width, first.height) == ("png", 40, 30)
    assert default_storage.exists(images.small_name(first.sha256, 320))


def test_the_type_comes_from_the_content_and_not_from_the_name(tmp_path):
    path = zipped(tmp_path, {"photo.jpg": picture(form="PNG")})

    kept = images.store_from(path, ["photo.jpg"])

    assert Image.objects.get(pk=kept.images["photo.jpg"]).format == "png"


def test_thumbnails_are_upright_and_carry_no_metadata():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    written = io.BytesIO()
    PIL.Image.new("RGB", (40, 20), "red").save(written, "JPEG", exif=exif)

    kept = images.keep(written.getvalue())

    with default_storage.open(images.small_name(kept.sha256, 320)) as file:
        small = PIL.Image.open(file)
        assert small.size == (20, 40)
        assert not small.getexif()


def test_a_picture_with_broken_metadata_is_kept_as_it_lies():
    written = io.BytesIO()
    PIL.Image.new("RGB", (40, 20), "red").save(written, "JPEG", exif=b"Exif\0\0no metadata")

    kept = images.keep(written.getvalue())

    with default_storage.open(images.small_name(kept.sha256, 320)) as file:
        assert PIL.Image.open(file).size == (40, 20)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JPEG"),
        (b"<svg onload=alert(1)>", "no JPEG"),
        (picture(form="GIF")[:20], "no JPEG"),
        (picture(size=(400, 400), form="JPEG")[:400], "cannot be decoded"),
        (huge_png(60_000, 60_000), "more than 50 million pixels"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data, reason):
    with pytest.raises(images.NotAnImage, match=reason):
        images.keep(data)

    assert not Image.objects.exists()


def test_one_bad_entry_stops_no_other(tmp_path):
    path = zipped(
        tmp_path,
        {
            "good.png": picture(),
            "photos/nested.png": picture("red"),
            "text.png": b"hello",
            "../escape.png": picture("green"),
            "bomb.png": b"\0" * 10_000_000,
        },
    )
    wanted = ["good.png", "nested.png", "text.png", "escape.png", "bomb.png", "absent.png"]

    kept = images.store_from(path, wanted)

    assert set(kept.images) == {"good.png", "nested.png"}
    assert kept.missing == ("absent.png",)
    assert "leads out" in kept.refused["escape.png"]
    assert "200 times" in kept.refused["bomb.png"]
    assert "no JPEG" in kept.refused["text.png"]


def test_a_link_in_a_zip_is_refused(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert "link" in images.store_from(path, ["a.png"]).refused["a.png"]


def test_an_entry_with_a_broken_checksum_is_refused(tmp_path):
    path = zipped(tmp_path, {"a.png": picture()})
    data = bytearray(path.read_bytes())
    data[45] ^= 0xFF
    path.write_bytes(data)

    assert "damaged" in images.store_from(path, ["a.png"]).refused["a.png"]


def test_an_entry_packed_wrongly_is_refused(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.png", picture())
    data = bytearray(path.read_bytes())
    data[39] = 0xFF  # of the packing's own settings
    path.write_bytes(data)

    assert "damaged" in images.store_from(path, ["a.png"]).refused["a.png"]


def test_a_zip_of_an_unknown_version_is_refused_by_name(tmp_path):
    path = zipped(tmp_path, {"a.png": picture()})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 99  # the version needed to unpack it
    path.write_bytes(data)

    with pytest.raises(UnreadableSource, match=r"images\.zip"):
        images.store_from(path, ["a.png"])


def test_a_folder_serves_as_well_but_no_name_leads_out_of_it(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture("red"))

    kept = images.store_from(folder, ["a.png", "../secret.png"])

    assert set(kept.images) == {"a.png"}
    assert "leads out" in kept.refused["../secret.png"]


def test_a_source_that_is_no_zip_is_refused_by_name(tmp_path):
    path = tmp_path / "images.zip"
    path.write_bytes(b"PK\x03\x04 no")

    with pytest.raises(UnreadableSource, match=r"images\.zip"):
        images.store_from(path, ["a.png"])
