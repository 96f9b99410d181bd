import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.config import TrainingConfig

VECTORS = Path(__file__).parents[1] / "vectors" / "error_analysis.json"

GOODS = {
    "패션의류>코트": ["코트", "모직", "겨울"],
    "패션의류>바지": ["바지", "청바지", "슬랙스"],
    "출산/육아>장난감": ["장난감", "블록", "인형"],
}
PICTURE_SIDE = 32
COLOURS = ["빨강", "파랑", "노랑", "검정"]


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """Figures computed with independent libraries, by name."""
    loaded: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def goods() -> pa.Table:
    """108 products, 36 each of three categories, whose names tell them apart."""
    rows = [
        (f"{category[-2:]}-{word}-{colour}-{size}", f"{colour} {word} {size}", category)
        for category, words in GOODS.items()
        for word in words
        for colour in COLOURS
        for size in ("S", "M", "L")
    ]
    ids, names, categories = zip(*rows, strict=True)
    split = [MecabTokeniser().tokens(name) for name in names]
    return pa.table(
        {
            "product_id": list(ids),
            "product_name": list(names),
            "category_path": list(categories),
            "name_tokens": pa.array(split, type=pa.list_(pa.string())),
        }
    )


@pytest.fixture(scope="session")
def small() -> TrainingConfig:
    """Settings under which the goods are learnt in a second."""
    return TrainingConfig(
        epochs=8,
        batch_size=16,
        gram_buckets=2**10,
        gram_length=40,
        embedding_size=8,
        filters=8,
        hidden_size=16,
        dropout=0.0,
        validation_share=0.2,
        patience=8,
    )


@pytest.fixture(scope="session")
def version(goods, small, tmp_path_factory) -> Path:
    """The folder of a model version that was trained on the goods."""
    from mlcore.training.fit import fit_and_export

    folder = tmp_path_factory.mktemp("models") / "goods"
    fit_and_export(goods, small, folder)
    return folder


@pytest.fixture(scope="session")
def samples():
    """Forty pictures of noise, each around a colour of its own."""
    dice = np.random.default_rng(5)
    colours = dice.integers(0, 200, (40, 1, 1, 3))
    return (colours + dice.integers(0, 56, (40, PICTURE_SIDE, PICTURE_SIDE, 3))).astype(np.uint8)


@pytest.fixture(scope="session")
def backbone():
    """Our own small network, as it is before any training."""
    import keras

    from mlcore.images.backbones import SMALL, build

    keras.utils.set_random_seed(3)
    return build(SMALL, side=PICTURE_SIDE)


@pytest.fixture(scope="session")
def backbone_folder(backbone, samples, tmp_path_factory):
    """The folder of that network for the light runtime."""
    from mlcore.images.export import export

    folder = tmp_path_factory.mktemp("backbone")
    export(backbone, folder, samples=samples)
    return folder
