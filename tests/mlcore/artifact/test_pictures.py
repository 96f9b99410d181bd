import pytest

from mlcore.artifact.pictures import seen
from mlcore.images import features
from mlcore.images.flaws import Flaw
from mlcore.images.rows import Problem
from mlcore.progress import BadInput
from tests.mlcore.images.pictures import noisy


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "pictures"
    made.mkdir()
    (made / "a.jpg").write_bytes(noisy(1))
    (made / "text.jpg").write_bytes(b"text")
    return made


def test_products_have_the_features_of_their_pictures(backbone_folder, folder):
    with seen(backbone_folder, folder) as pictures:
        found = pictures.of(["", "a.jpg", "gone.jpg"])

    assert found.is_there.tolist() == [False, True, False]
    assert (found.values[1] == features.load(backbone_folder).feature(noisy(1))).all()
    assert found.values.shape == (3, pictures.width)


def test_unusable_pictures_add_up_over_all_that_was_asked(backbone_folder, folder):
    with seen(backbone_folder, folder) as pictures:
        pictures.of(["text.jpg", "gone.jpg"])
        pictures.of(["text.jpg", "a.jpg"])

    assert pictures.problems == (
        Problem("gone.jpg", Flaw.MISSING, 1),
        Problem("text.jpg", Flaw.UNKNOWN_TYPE, 2),
    )


def test_a_cache_is_kept_where_it_is_wanted(backbone_folder, folder, tmp_path):
    with seen(backbone_folder, folder, cache=tmp_path / "cache") as pictures:
        pictures.of(["a.jpg"])

    assert len(list(tmp_path.glob("cache/*/*.features"))) == 1


def test_a_folder_without_a_backbone_sees_nothing(folder, tmp_path):
    with pytest.raises(BadInput, match="holds no backbone"), seen(tmp_path, folder):
        pass
