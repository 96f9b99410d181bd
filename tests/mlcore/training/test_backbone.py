import numpy as np
import pytest

from mlcore.images.backbones import build, pooled
from mlcore.images.decode import decode
from mlcore.images.files import opened
from mlcore.progress import BadInput, Cancelled
from mlcore.training.backbone import Lesson, learn, readable
from tests.mlcore.images.pictures import BLUE, RED, plain

IMAGES = [f"{colour}-{number}.jpg" for colour in ("red", "blue") for number in range(12)]
LABELS = np.array([0] * 12 + [7] * 12)


@pytest.fixture
def folder(tmp_path):
    """Twelve pictures near red, and twelve near blue."""
    for image in IMAGES:
        colour, number = image.removesuffix(".jpg").split("-")
        shade = [max(0, part - 5 * int(number)) for part in (RED if colour == "red" else BLUE)]
        (tmp_path / image).write_bytes(plain(tuple(shade), (40, 40)))
    return tmp_path


def test_a_small_network_learns_to_tell_colours_apart(folder):
    backbone = build("small", side=32)

    with opened(folder) as pictures:
        losses = learn(backbone, Lesson(IMAGES, LABELS, pictures), epochs=12, seed=0)

    red, blue = (decode(plain(colour, (50, 50)), side=32)[np.newaxis] for colour in (RED, BLUE))
    near_red = decode(plain((200, 10, 10), (50, 50)), side=32)[np.newaxis]
    seen = pooled(backbone)(np.concatenate([red, blue, near_red])).numpy()
    assert losses[-1] < losses[0] / 2
    assert np.linalg.norm(seen[0] - seen[2]) < np.linalg.norm(seen[1] - seen[2]) / 2


def test_pictures_that_cannot_be_read_teach_nothing_and_stop_nothing(folder):
    (folder / "red-0.jpg").write_bytes(b"text")
    (folder / "red-1.jpg").unlink()

    with opened(folder) as pictures:
        lesson = Lesson(["", *IMAGES], np.array([0, *LABELS]), pictures)
        losses = learn(build("small", side=32), lesson, epochs=1, seed=0)

    assert np.isfinite(losses).all()


@pytest.mark.parametrize(
    ("images", "labels"), [(["gone.jpg"], [0]), (["red-2.jpg", "red-3.jpg"], [1, 1])]
)
def test_one_category_is_nothing_to_learn_from(folder, images, labels):
    backbone = build("small", side=32)

    with opened(folder) as pictures:
        lesson = Lesson(images, np.array(labels), pictures)
        with pytest.raises(BadInput, match="two pictures of two"):
            learn(backbone, lesson, epochs=1, seed=0)


def test_learning_stops_when_asked(folder):
    backbone = build("small", side=32)

    with opened(folder) as pictures:
        lesson = Lesson(IMAGES, LABELS, pictures)
        with pytest.raises(Cancelled):
            learn(backbone, lesson, epochs=1, seed=0, is_cancelled=lambda: True)


def test_samples_are_the_first_pictures_that_can_be_read(folder):
    (folder / "red-0.jpg").write_bytes(b"text")

    with opened(folder) as pictures:
        lesson = Lesson(IMAGES, LABELS, pictures)
        found = readable(lesson, 32, most=2)
        with pytest.raises(BadInput, match="do their names fit the files"):
            readable(Lesson(["gone.jpg"], LABELS[:1], pictures), 32, most=2)

    first = decode((folder / "red-1.jpg").read_bytes(), side=32)
    assert found.shape == (2, 32, 32, 3)
    assert (found[0] == first).all()
