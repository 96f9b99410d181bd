import io
import zipfile

import pytest

from mlcore.images.files import opened
from mlcore.images.flaws import Flaw, Unreadable
from mlcore.images.rows import Problem
from mlcore.images.shelf import Shelf, shelve
from mlcore.progress import Cancelled
from tests.mlcore.images.pictures import BLUE, RED, plain


@pytest.fixture
def archive(tmp_path):
    """A zip with pictures, and with what no shop should send."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("photos/red.jpg", plain(RED))
        file.writestr("blue.png", plain(BLUE, kind="PNG"))
        file.writestr("text.jpg", b"no picture")
        file.writestr("cut.jpg", plain(RED)[:200])
        file.writestr("bomb.jpg", b"\0" * 10_000_000)
        file.writestr("../out.jpg", plain(RED))
    (tmp_path / "photos.zip").write_bytes(written.getvalue())
    return tmp_path / "photos.zip"


def shelved(archive, folder, images, **settings):
    with opened(archive) as source:
        return shelve(images, source, folder, **settings)


def test_the_first_picture_that_can_be_read_is_kept(archive, tmp_path):
    found = shelved(archive, tmp_path / "shelf", ["red.jpg|blue.png", "text.jpg|blue.png", ""])

    shelf = Shelf(tmp_path / "shelf")
    assert (found.rows, found.pictures) == (2, 2)
    assert shelf.read("red.jpg") == plain(RED)
    assert shelf.read("blue.png") == plain(BLUE, kind="PNG")


def test_what_cannot_be_used_is_listed_and_stops_nothing(archive, tmp_path):
    names = ["text.jpg", "cut.jpg", "bomb.jpg", "../out.jpg", "gone.jpg", "https://a.kr/1.jpg"]

    found = shelved(archive, tmp_path / "shelf", [*names, "gone.jpg", "red.jpg"])

    assert found.rows == 1
    assert set(found.problems) == {
        Problem("text.jpg", Flaw.UNKNOWN_TYPE, 1),
        Problem("cut.jpg", Flaw.UNDECODABLE, 1),
        Problem("bomb.jpg", Flaw.BOMB, 1),
        Problem("../out.jpg", Flaw.LEADS_OUT, 1),
        Problem("gone.jpg", Flaw.MISSING, 2),
        Problem("https://a.kr/1.jpg", Flaw.ADDRESS, 1),
    }


@pytest.mark.parametrize("name", ["../red.jpg", "a/../../red.jpg", "x" * 5000, "\udc80", "a\0b"])
def test_no_name_leads_out_of_the_shelf(tmp_path, name):
    (tmp_path / "red.jpg").write_bytes(plain(RED))
    shelf = Shelf(tmp_path / "shelf")

    assert shelf.place(name).parent.parent == tmp_path / "shelf"
    with pytest.raises(Unreadable, match="not in the zip"):
        shelf.read(name)


def test_filling_can_be_stopped(archive, tmp_path):
    with pytest.raises(Cancelled):
        shelved(archive, tmp_path / "shelf", ["red.jpg"], is_cancelled=lambda: True)
