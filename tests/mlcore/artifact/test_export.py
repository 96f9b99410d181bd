from dataclasses import replace

import pytest

from mlcore.artifact import export
from mlcore.training.fit import fit_and_export


def test_a_network_that_differs_after_export_is_not_written(goods, small, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "TOLERANCE", 0.0)

    with pytest.raises(export.ExportDiffers, match="differs from the trained one"):
        fit_and_export(goods, replace(small, epochs=1), tmp_path / "model")

    assert list(tmp_path.iterdir()) == []
