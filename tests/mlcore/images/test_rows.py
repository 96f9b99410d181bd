import hashlib

import pytest

from mlcore.images.flaws import Flaw, Unreadable
from mlcore.images.rows import Problem, RowPictures, named


class Held:
    """Pictures held in memory, which remember what was read."""

    def __init__(self, **files):
        self.files = files
        self.read_names = []

    def read(self, name):
        self.read_names.append(name)
        try:
            return self.files[name]
        except KeyError:
            raise Unreadable(Flaw.MISSING) from None


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("image", "names"),
    [
        ("", ()),
        (" | ", ()),
        ("a.jpg", ("a.jpg",)),
        (" a b.jpg |c.png", ("a b.jpg", "c.png")),
    ],
)
def test_names_are_joined_by_bars(image, names):
    assert named(image) == names


def test_rows_of_equal_bytes_show_one_picture():
    rows = RowPictures(["a", "b", "", "c"], Held(a=b"red", b=b"blue", c=b"red"))

    shown = rows.shown()

    assert shown.places.tolist() == [0, 1, -1, 0]
    assert shown.digests == (sha256(b"red"), sha256(b"blue"))
    assert shown.names == ("a", "b")
    assert shown.weights.tolist() == [[1], [1], [0], [1]]
    assert shown.problems == ()


def test_a_row_shows_the_first_picture_that_is_there():
    rows = RowPictures(["gone|a", "gone", "b|a"], Held(a=b"red", b=b"blue"))

    shown = rows.shown()

    assert shown.names == ("a", "b")
    assert shown.places.tolist() == [0, -1, 1]
    assert shown.problems == (Problem("gone", Flaw.MISSING, 2),)


def test_addresses_are_listed_and_not_asked_for():
    pictures = Held(a=b"red")

    shown = RowPictures(["https://shop.example/a.jpg|a", "HTTP://x/y"], pictures).shown()

    assert shown.places.tolist() == [0, -1]
    assert [problem.flaw for problem in shown.problems] == [Flaw.ADDRESS, Flaw.ADDRESS]
    assert pictures.read_names == ["a"]


def test_a_rejected_picture_gives_way_to_the_next():
    rows = RowPictures(["a|b", "a", "c|b"], Held(a=b"broken", b=b"blue", c=b"broken"))

    rows.reject(sha256(b"broken"), Flaw.UNDECODABLE)
    shown = rows.shown()

    assert shown.digests == (sha256(b"blue"),)
    assert shown.places.tolist() == [0, -1, 0]


def test_every_name_of_a_rejected_picture_is_listed_with_its_rows():
    rows = RowPictures(["a", "a|b", "c"], Held(a=b"broken", b=b"blue", c=b"broken"))
    rows.shown()

    rows.reject(sha256(b"broken"), Flaw.UNDECODABLE)

    assert rows.shown().problems == (
        Problem("a", Flaw.UNDECODABLE, 2),
        Problem("c", Flaw.UNDECODABLE, 1),
    )


def test_a_file_is_read_once_and_only_when_a_row_needs_it():
    pictures = Held(a=b"red", b=b"blue")
    rows = RowPictures(["a|b", "a", "a"], pictures)

    rows.shown()
    rows.shown()

    assert pictures.read_names == ["a"]
