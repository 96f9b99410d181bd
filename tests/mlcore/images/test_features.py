import hashlib
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mlcore.images import features, record
from mlcore.images.decode import decode
from mlcore.images.flaws import Unreadable
from mlcore.images.record import DamagedBackbone
from mlcore.progress import BadInput
from tests.mlcore.images.pictures import noisy


@pytest.fixture
def copy(backbone_folder, tmp_path):
    return shutil.copytree(backbone_folder, tmp_path / "copy")


def change(folder, **values):
    path = folder / record.RECORD
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_file_has_the_features_of_its_pixels(backbone_folder):
    extractor = features.load(backbone_folder)
    data = noisy(1)

    alone = extractor.feature(data)

    assert alone.shape == (256,)
    assert (alone == extractor.features(decode(data, side=32)[np.newaxis])[0]).all()


def test_features_are_those_of_the_trained_network(backbone, backbone_folder, samples):
    from mlcore.images.backbones import pooled

    computed = features.load(backbone_folder).features(samples)

    assert computed == pytest.approx(pooled(backbone)(samples).numpy(), abs=1e-5)


def test_a_picture_has_the_same_features_alone_and_among_others(backbone_folder, samples):
    extractor = features.load(backbone_folder)

    together = extractor.features(samples)

    assert (extractor.features(samples[7:8])[0] == together[7]).all()
    assert extractor.features(samples[:0]).shape == (0, 256)


def test_threads_compute_alike(backbone_folder, samples):
    extractor = features.load(backbone_folder)
    expected = extractor.features(samples)

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda row: extractor.features(samples[row : row + 1])[0], range(40)))

    assert (np.array(rows) == expected).all()


def test_pixels_of_another_shape_or_kind_are_refused(backbone_folder, samples):
    extractor = features.load(backbone_folder)

    with pytest.raises(ValueError, match=r"shape \(n, 32, 32, 3\), got uint8 of \(40, 16, 32, 3\)"):
        extractor.features(samples[:, ::2])
    with pytest.raises(ValueError, match="got float32"):
        extractor.features(samples.astype(np.float32))


def test_an_unreadable_file_has_no_features(backbone_folder):
    with pytest.raises(Unreadable):
        features.load(backbone_folder).feature(b"text")


def test_the_record_says_what_the_backbone_is(backbone, backbone_folder):
    found = record.read(backbone_folder)

    assert (found.name, found.side, found.width) == ("small", 32, 256)
    assert found.origin == "own small network, trained from scratch"
    assert found.weights == backbone.weights
    assert found.difference < 1e-5


@pytest.mark.parametrize(
    ("change_of", "is_another"),
    [
        ({"side": 64}, True),
        ({"precision": "int8"}, True),
        ({"weights": "0" * 64}, True),
        ({"origin": "elsewhere"}, False),
        ({"difference": 0.5}, False),
    ],
)
def test_the_fingerprint_changes_with_what_changes_features(copy, change_of, is_another):
    before = record.read(copy).fingerprint

    change(copy, **change_of)

    assert (record.read(copy).fingerprint != before) == is_another


@pytest.mark.parametrize("name", record.FILES)
def test_a_missing_file_is_noticed(copy, name):
    (copy / name).unlink()

    with pytest.raises(DamagedBackbone, match=r"lacks its file|holds no backbone"):
        features.load(copy)


def test_a_changed_network_is_not_loaded(copy):
    with (copy / record.MODEL).open("ab") as file:
        file.write(b"x")

    with pytest.raises(DamagedBackbone, match=r"backbone\.tflite .* was changed"):
        features.load(copy)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"precision": "fp99"}'])
def test_a_damaged_record_is_no_backbone(copy, content):
    (copy / record.RECORD).write_text(content)

    with pytest.raises(DamagedBackbone, match="holds no backbone"):
        features.load(copy)


def test_a_backbone_that_saw_other_pixels_is_not_used(copy):
    change(copy, decoder="labelhub-decoder-0")

    with pytest.raises(BadInput, match="decoded by labelhub-decoder-0, here is"):
        features.load(copy)


def test_the_record_holds_the_digest_of_the_network(backbone_folder):
    model = (backbone_folder / record.MODEL).read_bytes()

    assert record.read(backbone_folder).model == hashlib.sha256(model).hexdigest()


def test_features_never_load_tensorflow(backbone_folder):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "from mlcore.images import features, row_features\n"
        f"extractor = features.load(Path({str(backbone_folder)!r}))\n"
        "extractor.features(np.zeros((1, 32, 32, 3), np.uint8))\n"
        "heavy = {'tensorflow', 'keras', 'mlcore.models'} & sys.modules.keys()\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
