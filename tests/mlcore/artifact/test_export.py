from dataclasses import replace

import keras
import pytest
import tensorflow as tf

from mlcore.artifact import export
from mlcore.training.fit import fit_and_export


def test_a_network_that_differs_after_export_is_not_written(goods, small, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "TOLERANCE", 0.0)

    with pytest.raises(export.ExportDiffers, match="differs from the trained one"):
        fit_and_export(goods, replace(small, epochs=1), tmp_path / "model")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ("No space left on device [Op:SaveV2]", OSError),
        ("OOM when allocating tensor", tf.errors.ResourceExhaustedError),
    ],
)
def test_a_full_disk_is_told_from_a_full_memory_and_nothing_is_written(
    goods, small, tmp_path, monkeypatch, said, raised
):
    def full(*arguments, **options):
        raise tf.errors.ResourceExhaustedError(None, None, said)

    monkeypatch.setattr(keras.Model, "export", full)

    with pytest.raises(raised, match=said.split(" [")[0]):
        fit_and_export(goods, replace(small, epochs=1), tmp_path / "model")

    assert list(tmp_path.iterdir()) == []
