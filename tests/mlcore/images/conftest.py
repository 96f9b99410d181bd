import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SIDE = 32


@pytest.fixture(scope="session")
def samples():
    """Forty pictures of noise, each around a colour of its own."""
    dice = np.random.default_rng(5)
    colours = dice.integers(0, 200, (40, 1, 1, 3))
    return (colours + dice.integers(0, 56, (40, SIDE, SIDE, 3))).astype(np.uint8)


@pytest.fixture(scope="session")
def backbone():
    """Our own small network, as it is before any training."""
    import keras

    from mlcore.images.backbones import SMALL, build

    keras.utils.set_random_seed(3)
    return build(SMALL, side=SIDE)


@pytest.fixture(scope="session")
def backbone_folder(backbone, samples, tmp_path_factory):
    """The folder of that network for the light runtime."""
    from mlcore.images.export import export

    folder = tmp_path_factory.mktemp("backbone")
    export(backbone, folder, samples=samples)
    return folder
