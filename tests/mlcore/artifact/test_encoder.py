import numpy as np
import pytest

from mlcore.artifact.encoder import Encoder, Features, Products, TextReader
from mlcore.progress import BadInput
from mlcore.text.grams import GramReader
from mlcore.text.vocabulary import Vocabulary

NAME = TextReader(Vocabulary(("coat", "red")), 3)
MALL = TextReader(Vocabulary(("sale",)), 2)
ENCODER = Encoder(NAME, MALL, image=2, mall_weights={"abuser": 0.25})


def test_a_network_of_names_reads_names_alone():
    inputs = Encoder(NAME).encode(Products(names=[["red", "coat"]]))

    assert {name: values.tolist() for name, values in inputs.items()} == {"name": [[3, 2, 0]]}


def test_what_is_not_known_weighs_nothing():
    inputs = ENCODER.encode(Products(names=[["coat"]]))

    assert inputs["mall_weight"].tolist() == [[0]]
    assert inputs["image_weight"].tolist() == [[0]]


def test_a_mall_weighs_what_is_said_of_it_and_one_without_a_category_nothing():
    products = Products(
        names=[[], [], []],
        mall_categories=[["sale"], ["sale"], []],
        malls=["abuser", "another", "another"],
    )

    inputs = ENCODER.encode(products)

    assert inputs["mall"].tolist() == [[2, 0], [2, 0], [0, 0]]
    assert inputs["mall_weight"].tolist() == [[0.25], [1], [0]]


def test_the_features_of_a_missing_picture_are_not_read():
    values = np.array([[1, 2], [np.nan, 9]], dtype=np.float32)
    products = Products(names=[[], []], pictures=Features(values, np.array([True, False])))

    inputs = ENCODER.encode(products)

    assert inputs["image"].tolist() == [[1, 2], [0, 0]]
    assert inputs["image_weight"].tolist() == [[1], [0]]


def test_features_of_another_backbone_are_refused():
    seen = Features(np.zeros((1, 3), dtype=np.float32), np.array([True]))

    with pytest.raises(ValueError, match=r"\(1, 2\) are wanted"):
        ENCODER.encode(Products(names=[[]], pictures=seen))


def test_a_saved_encoder_reads_alike(tmp_path):
    odd = TextReader(Vocabulary(("코트", 'a"b', "\u2028")), 4)
    encoder = Encoder(odd, mall=MALL, image=2, mall_weights={"몰": 0.5})

    encoder.save(tmp_path / "encoder.json")

    assert Encoder.load(tmp_path / "encoder.json") == encoder
    assert encoder.branches == ("name", "mall", "image")


def test_a_saved_reader_of_n_grams_reads_alike(tmp_path):
    encoder = Encoder(None, grams=GramReader(buckets=64, length=9))

    encoder.save(tmp_path / "encoder.json")

    assert Encoder.load(tmp_path / "encoder.json") == encoder
    assert encoder.branches == ("name",)


def test_a_damaged_encoder_is_bad_input(tmp_path):
    (tmp_path / "encoder.json").write_text('{"name": {"words": 3}}')

    with pytest.raises(BadInput, match="is damaged"):
        Encoder.load(tmp_path / "encoder.json")
