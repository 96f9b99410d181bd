import numpy as np
import pytest

from mlcore.images import features, row_features
from mlcore.images.cache import FeatureCache
from mlcore.images.files import opened
from mlcore.images.flaws import Flaw
from mlcore.images.row_features import features_of
from mlcore.images.rows import Problem
from mlcore.progress import Cancelled
from tests.mlcore.images.pictures import noisy, plain


class Counting:
    """An extractor that counts the files it is given."""

    def __init__(self, extractor):
        self.record, self._extractor, self.files = extractor.record, extractor, 0

    def feature(self, data):
        self.files += 1
        return self._extractor.feature(data)


@pytest.fixture
def extractor(backbone_folder):
    return Counting(features.load(backbone_folder))


@pytest.fixture
def cache(tmp_path, extractor):
    backbone = extractor.record
    return FeatureCache(tmp_path / "cache", fingerprint=backbone.fingerprint, width=backbone.width)


@pytest.fixture
def folder(tmp_path):
    """Four files: two good pictures, a copy of the first, a text that claims to be a picture."""
    made = tmp_path / "pictures"
    made.mkdir()
    for name, data in {
        "a.jpg": noisy(1),
        "b.png": plain(kind="PNG"),
        "copy.jpg": noisy(1),
        "text.jpg": b"no picture",
    }.items():
        (made / name).write_bytes(data)
    return made


def computed(folder, images, extractor, cache, **settings):
    with opened(folder) as pictures:
        return features_of(images, pictures, extractor, cache, **settings)


def test_every_row_has_the_features_of_its_picture(folder, extractor, cache):
    rows = computed(folder, ["b.png", "", "a.jpg", "copy.jpg"], extractor, cache)

    taken = rows.take(np.array([2, 0, 1, 3]))
    assert (taken[0] == extractor.feature(noisy(1))).all()
    assert (taken[1] == extractor.feature(plain(kind="PNG"))).all()
    assert (taken[2] == 0).all()
    assert (taken[3] == taken[0]).all()
    assert rows.weights.tolist() == [[1], [0], [1], [1]]
    assert (rows.pictures, rows.computed, len(rows)) == (2, 2, 4)


def test_equal_pictures_are_computed_once(folder, extractor, cache):
    computed(folder, ["a.jpg", "copy.jpg", "a.jpg"], extractor, cache)

    assert extractor.files == 1


def test_what_is_in_the_cache_is_not_computed_again(folder, extractor, cache):
    first = computed(folder, ["a.jpg", "b.png"], extractor, cache)
    again = computed(folder, ["copy.jpg", "b.png"], extractor, cache)

    assert (extractor.files, again.computed) == (2, 0)
    assert (again.take(np.arange(2)) == first.take(np.arange(2))).all()


def test_unusable_pictures_are_listed_and_stop_nothing(folder, extractor, cache):
    rows = computed(
        folder, ["gone.jpg", "text.jpg", "text.jpg|a.jpg", "https://x/y.jpg"], extractor, cache
    )

    assert rows.weights.tolist() == [[0], [0], [1], [0]]
    assert (rows.take(np.array([2]))[0] == extractor.feature(noisy(1))).all()
    assert rows.problems == (
        Problem("gone.jpg", Flaw.MISSING, 1),
        Problem("https://x/y.jpg", Flaw.ADDRESS, 1),
        Problem("text.jpg", Flaw.UNKNOWN_TYPE, 2),
    )


def test_rows_without_any_picture_have_zeros(folder, extractor, cache):
    rows = computed(folder, ["", ""], extractor, cache)

    assert rows.take(np.array([0, 1])).tolist() == np.zeros((2, 256)).tolist()


def test_what_was_computed_before_a_cancel_is_kept(folder, extractor, cache, monkeypatch):
    monkeypatch.setattr(row_features, "BLOCK", 1)
    asked = iter([False, True])

    with pytest.raises(Cancelled):
        computed(folder, ["a.jpg", "b.png"], extractor, cache, is_cancelled=lambda: next(asked))

    assert len(cache) == 1


def test_progress_counts_the_pictures_that_had_to_be_computed(folder, extractor, cache):
    steps = []

    computed(
        folder,
        ["a.jpg", "b.png", "copy.jpg"],
        extractor,
        cache,
        progress=lambda *s: steps.append(s),
    )

    assert steps == [("pictures", 0, 2), ("pictures", 2, 2)]
