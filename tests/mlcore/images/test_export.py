import numpy as np
import pytest

from mlcore.images import export as exporting
from mlcore.images import features
from mlcore.images.export import ExportDiffers, export
from mlcore.images.record import Precision


def test_eight_bits_say_so_and_stay_near(backbone, backbone_folder, samples, tmp_path):
    made = export(backbone, tmp_path, samples=samples, precision=Precision.INT8)

    light = features.load(tmp_path)
    assert light.record == made
    assert made.precision is Precision.INT8
    assert 0 < made.difference < 0.1
    assert made.fingerprint != features.load(backbone_folder).record.fingerprint
    whole = features.load(backbone_folder).features(samples)
    apart = np.linalg.norm(light.features(samples) - whole, axis=1)
    assert (apart / np.linalg.norm(whole, axis=1)).mean() < 0.1


def test_a_network_that_differs_after_export_is_not_written(
    backbone, samples, tmp_path, monkeypatch
):
    monkeypatch.setattr(exporting, "TOLERANCE", 0.0)

    with pytest.raises(ExportDiffers, match="differs from the trained one"):
        export(backbone, tmp_path / "made", samples=samples)

    assert not (tmp_path / "made").exists()


def test_an_export_needs_a_picture_to_be_checked_with(backbone, samples, tmp_path):
    with pytest.raises(ValueError, match="at least one sample"):
        export(backbone, tmp_path, samples=samples[:0])
