"""A training that is killed goes on where it was, and ends where it would have ended."""

from dataclasses import replace

import numpy as np
import pytest

from mlcore.progress import Cancelled
from mlcore.training.fit import fit


def after_epochs(number):
    """Return a progress and an `is_cancelled` that stop a training of 11 steps a pass."""
    seen = []

    def progress(stage, done, total):
        seen.append((stage, done))

    return progress, lambda: any(stage == "train" and done >= 11 * number for stage, done in seen)


@pytest.fixture
def stopped(goods, small, tmp_path):
    """The work folder of a training of four epochs that was stopped in its third or later."""
    progress, is_cancelled = after_epochs(2)
    with pytest.raises(Cancelled):
        fit(goods, small, tmp_path, progress=progress, is_cancelled=is_cancelled)
    return tmp_path


def test_a_stopped_training_ends_like_one_that_was_not(goods, small, stopped, tmp_path_factory):
    begun = []

    again = fit(goods, small, stopped, progress=lambda *step: begun.append(step))

    whole = fit(goods, small, tmp_path_factory.mktemp("whole"))
    trained = [done for stage, done, _total in begun if stage == "train"]
    assert trained[0] >= 22
    assert len(again.history) == len(whole.history)
    for one, other in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_other_settings_begin_anew(goods, small, stopped):
    other = fit(goods, replace(small, epochs=1, seed=5), stopped)

    assert [figures.epoch for figures in other.history] == [1]


def test_a_damaged_checkpoint_begins_anew(goods, small, stopped):
    (stopped / "epoch" / "arrays.npz").write_bytes(b"half")

    assert fit(goods, replace(small, epochs=1), stopped).history[0].epoch == 1
