import shutil

import pytest

from mlcore.artifact import folder, runtime
from mlcore.artifact.folder import DamagedArtifact


@pytest.fixture
def copy(version, tmp_path):
    return shutil.copytree(version, tmp_path / "copy")


def test_a_version_that_was_copied_elsewhere_is_intact(copy, version):
    folder.verify(copy)

    assert folder.fingerprint(copy) == folder.fingerprint(version)


@pytest.mark.parametrize("name", folder.FILES)
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()

    with pytest.raises(DamagedArtifact, match=f"lacks its file {name}"):
        folder.verify(copy)


def test_a_changed_file_is_named_and_not_loaded(copy):
    with (copy / folder.MODEL).open("ab") as file:
        file.write(b"x")

    with pytest.raises(DamagedArtifact, match=r"model\.tflite .* was changed"):
        runtime.load(copy)


def test_a_changed_fingerprint_is_noticed(copy):
    seal = copy / folder.SEAL
    seal.write_text(seal.read_text().replace(folder.fingerprint(copy), "0" * 64))

    with pytest.raises(DamagedArtifact, match="fingerprint"):
        folder.verify(copy)


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(DamagedArtifact, match="no finished model"):
        folder.fingerprint(tmp_path)
