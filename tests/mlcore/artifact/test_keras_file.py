"""`.keras` files that say nothing of when and where they were written."""

import json
import zipfile

import keras
import numpy as np

from mlcore.artifact.keras_file import make_reproducible


def written(path, *, date="2026-11-22@05:36:41", shared=139660782259984, weights=b"numbers"):
    metadata = {"keras_version": "3.15.1", "date_saved": date}
    config = {"layers": [{"shared_object_id": shared}, {"shared_object_id": shared}]}
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", json.dumps(metadata))
        file.writestr("config.json", json.dumps(config))
        file.writestr(zipfile.ZipInfo("model.weights.h5", (2026, 11, 22, 5, 36, 42)), weights)
    make_reproducible(path)
    return path


def test_files_that_differ_in_times_and_addresses_alone_become_equal(tmp_path):
    first = written(tmp_path / "a.keras")
    second = written(tmp_path / "b.keras", date="2030-01-01@00:00:00", shared=140396811302736)

    assert first.read_bytes() == second.read_bytes()


def test_files_of_other_weights_stay_different(tmp_path):
    first = written(tmp_path / "a.keras")
    second = written(tmp_path / "b.keras", weights=b"others")

    assert first.read_bytes() != second.read_bytes()


def test_everything_else_is_kept(tmp_path):
    with zipfile.ZipFile(written(tmp_path / "a.keras")) as file:
        assert json.loads(file.read("metadata.json")) == {"keras_version": "3.15.1"}
        assert file.read("model.weights.h5") == b"numbers"
        assert file.namelist() == ["metadata.json", "config.json", "model.weights.h5"]


def test_keras_still_reads_its_file(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.save(tmp_path / "model.keras")

    make_reproducible(tmp_path / "model.keras")

    read = keras.models.load_model(tmp_path / "model.keras")
    rows = np.ones((1, 2))
    assert np.array_equal(read(rows), model(rows))
