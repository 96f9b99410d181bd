"""Networks that read more than names."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from mlcore.artifact import runtime
from mlcore.artifact.encoder import Features
from mlcore.progress import BadInput
from mlcore.training.evaluate import LabelledRows, evaluate
from mlcore.training.fit import fit, fit_and_export

SHELVES = {"패션의류>코트": "겨울 옷", "패션의류>바지": "아래 옷", "출산/육아>장난감": "놀이"}


class Drawn:
    """Pictures that tell nothing but whether the product is a toy."""

    width = 2
    backbone = None

    def of(self, images):
        values = [[1.0, 0.0] if image == "toy" else [0.0, 1.0] for image in images]
        return Features(np.array(values, dtype=np.float32), np.array([bool(i) for i in images]))


@pytest.fixture(scope="module")
def wordless(goods):
    """The goods under names that say nothing, every third without a shop's category."""
    paths = goods["category_path"].to_pylist()
    malls = [SHELVES[path].split() if row % 3 else [] for row, path in enumerate(paths)]
    names = pa.array([["상품", f"{row}번"] for row in range(len(paths))])
    images = ["toy" if "장난감" in path else "other" for path in paths]
    columns = {"product_id": goods["product_id"], "category_path": goods["category_path"]}
    return pa.table(
        {**columns, "name_tokens": names, "mall_tokens": pa.array(malls), "image": images}
    )


@pytest.fixture(scope="module")
def branched(small):
    return replace(small, branches=("name", "mall", "image"), epochs=20, patience=20)


@pytest.fixture(scope="module")
def model(wordless, branched, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "branched"
    fit_and_export(wordless, branched, folder, pictures=Drawn())
    return runtime.load(folder)


def test_shop_categories_and_pictures_are_learnt_where_names_say_nothing(model):
    answers = model.predict(
        ["상품", "상품"],
        mall_categories=["아래 옷", ""],
        pictures=Drawn().of(["other", "toy"]),
    )

    assert answers.paths() == ["패션의류>바지", "출산/육아>장난감"]


def test_every_head_is_measured_on_the_rows_that_it_can_read(model):
    rows = LabelledRows(
        names=["상품", "상품"],
        truth=[("패션의류", "바지"), ("출산/육아", "장난감")],
        known={"mall_categories": ["아래 옷", ""], "pictures": Drawn().of(["", "toy"])},
    )

    heads = evaluate(model, rows).as_record()["heads"]

    assert {head: figures["n"] for head, figures in heads.items()} == {
        "name": 2, "mall": 1, "image": 1, "combined": 2,
    }  # fmt: skip
    assert heads["mall"]["accuracy"] == heads["image"]["accuracy"] == 1.0


def test_a_head_that_nothing_is_known_for_has_no_figures(model):
    rows = LabelledRows(names=["상품"], truth=[("패션의류", "바지")])

    heads = evaluate(model, rows).as_record()["heads"]

    assert heads["mall"] == heads["image"] == {"n": 0}


def test_a_branch_without_data_is_refused(goods, small, tmp_path):
    with pytest.raises(BadInput, match="needs the column mall_tokens"):
        fit(goods, replace(small, branches=("name", "mall")), tmp_path)


def test_a_branch_without_any_word_is_refused(goods, small, tmp_path):
    empty = pa.array([[]] * goods.num_rows, type=pa.list_(pa.string()))

    with pytest.raises(BadInput, match="leave that branch out"):
        fit(
            goods.append_column("mall_tokens", empty),
            replace(small, branches=("name", "mall")),
            tmp_path,
        )


def test_a_picture_branch_without_pictures_is_refused(goods, small, tmp_path):
    with pytest.raises(BadInput, match="needs pictures"):
        fit(goods, replace(small, branches=("name", "image")), tmp_path)
