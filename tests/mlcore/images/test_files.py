import io
import struct
import zipfile

import pytest

from labelhub.catalog.services import picture_files as catalogue
from mlcore.images import files
from mlcore.images.files import opened
from mlcore.images.flaws import Flaw, Unreadable
from mlcore.progress import BadInput

PICTURE = bytes(range(256))


@pytest.fixture
def archive(tmp_path):
    """Return a function that writes a zip of entries and gives its path."""

    def write(entries, *, compression=zipfile.ZIP_STORED):
        path = tmp_path / "images.zip"
        with zipfile.ZipFile(path, "w", compression) as made:
            for name, data in entries:
                made.writestr(name, data)
        return path

    return write


def why_not(source, name):
    with opened(source) as pictures, pytest.raises(Unreadable) as refusal:
        pictures.read(name)
    return refusal.value.flaw


def test_a_zip_gives_a_picture_by_its_name(archive):
    with opened(archive([("a.jpg", b"other"), ("b.jpg", PICTURE)])) as pictures:
        assert pictures.read("b.jpg") == PICTURE


def test_a_zip_that_adds_a_folder_gives_a_picture_by_its_file_name(archive):
    with opened(archive([("shop/images/a.jpg", PICTURE)])) as pictures:
        assert pictures.read("a.jpg") == PICTURE
        assert pictures.read("shop/images/a.jpg") == PICTURE


def test_the_whole_name_comes_before_the_file_name_alone(archive):
    with opened(archive([("a.jpg", PICTURE), ("old/a.jpg", b"old")])) as pictures:
        assert pictures.read("a.jpg") == PICTURE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_last_of_two_entries_of_one_name_counts(archive):
    with opened(archive([("a.jpg", b"first"), ("a.jpg", PICTURE)])) as pictures:
        assert pictures.read("a.jpg") == PICTURE


def test_a_folder_gives_a_picture_by_its_path(tmp_path):
    (tmp_path / "shirts").mkdir()
    (tmp_path / "shirts/a.jpg").write_bytes(PICTURE)

    with opened(tmp_path) as pictures:
        assert pictures.read("shirts/a.jpg") == PICTURE


@pytest.mark.parametrize("name", ["b.jpg", "", "shirts", "a" * 5000, "a\0b"])
def test_what_a_folder_does_not_hold_is_refused(tmp_path, name):
    (tmp_path / "shirts").mkdir()

    assert why_not(tmp_path, name) in (Flaw.MISSING, Flaw.DAMAGED)


@pytest.mark.parametrize("name", ["b.jpg", "", "shirts/"])
def test_what_a_zip_does_not_hold_is_missing(archive, name):
    assert why_not(archive([("a.jpg", PICTURE), ("shirts/", b"")]), name) == Flaw.MISSING


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "link.jpg"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "secret.jpg").write_bytes(PICTURE)
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")

    assert why_not(folder, name) == Flaw.LEADS_OUT


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "C:/a.jpg", "x/../../a.jpg"])
def test_an_entry_whose_name_leads_out_of_the_zip_is_not_read(archive, name):
    assert why_not(archive([(name, PICTURE)]), name) == Flaw.LEADS_OUT


def test_an_entry_that_is_a_link_is_not_followed(archive):
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = 0o120777 << 16

    assert why_not(archive([(link, "/etc/passwd")]), "a.jpg") == Flaw.LINK


def test_an_encrypted_entry_says_so(archive):
    path = archive([("a.jpg", PICTURE)])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert why_not(path, "a.jpg") == Flaw.ENCRYPTED


def test_an_entry_of_changed_bytes_is_damaged(archive):
    path = archive([("a.jpg", PICTURE)])
    path.write_bytes(path.read_bytes().replace(PICTURE, PICTURE[::-1]))

    assert why_not(path, "a.jpg") == Flaw.DAMAGED


def test_an_entry_that_swells_is_not_unpacked(archive):
    path = archive([("a.jpg", bytes(1_000_000))], compression=zipfile.ZIP_DEFLATED)

    assert why_not(path, "a.jpg") == Flaw.BOMB


def test_an_entry_larger_than_it_claims_is_not_believed(archive, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    path = archive([("a.jpg", PICTURE)])
    data = bytearray(path.read_bytes())
    header = data.index(b"PK\x01\x02")
    data[header + 24 : header + 28] = struct.pack("<I", 50)
    path.write_bytes(data)

    assert why_not(path, "a.jpg") in (Flaw.TOO_LARGE, Flaw.DAMAGED)


def test_a_file_over_the_limit_is_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", len(PICTURE) - 1)
    (tmp_path / "a.jpg").write_bytes(PICTURE)

    assert why_not(tmp_path, "a.jpg") == Flaw.TOO_LARGE
    assert why_not(archive([("a.jpg", PICTURE)]), "a.jpg") == Flaw.TOO_LARGE


def test_what_is_neither_folder_nor_zip_is_refused(tmp_path):
    text = tmp_path / "rows.csv"
    text.write_text("a,b")

    for source in (text, tmp_path / "nothing"):
        with pytest.raises(BadInput, match="neither a folder nor a zip"), opened(source):
            pass


def test_a_damaged_zip_is_refused_as_a_whole(tmp_path):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr("a.jpg", PICTURE)
    data = bytearray(written.getvalue())
    data[data.index(b"PK\x01\x02")] = 0
    (tmp_path / "images.zip").write_bytes(data)

    with pytest.raises(BadInput, match="damaged zip"), opened(tmp_path / "images.zip"):
        pass


def test_the_catalogue_gives_the_same_reasons_and_limits():
    assert catalogue.TOO_LARGE == Flaw.TOO_LARGE
    assert catalogue.LEADS_OUT == Flaw.LEADS_OUT
    assert catalogue.LINK == Flaw.LINK
    assert catalogue.ENCRYPTED == Flaw.ENCRYPTED
    assert catalogue.BOMB == Flaw.BOMB
    assert catalogue.DAMAGED == Flaw.DAMAGED
    assert (catalogue.MOST_BYTES, catalogue.MOST_RATIO) == (files.MOST_BYTES, files.MOST_RATIO)
