"""Trainings that do something about wrong given categories."""

from dataclasses import replace

import keras
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from mlcore.artifact import folder, refurbished, runtime
from mlcore.artifact.encoder import Products
from mlcore.corpus import columns
from mlcore.corpus.folder import read_json
from mlcore.progress import Cancelled
from mlcore.training.cleaning import believed, cleaner
from mlcore.training.fit import fit, fit_and_export
from mlcore.training.rows import Prepared, Rows
from mlcore.training.selfie import Selfie

WRONG = ("코트-모직-빨강-M", "바지-슬랙스-노랑-L", "난감-블록-검정-S")
"""Products that are given a category whose words they do not hold."""

WHERE = "출산/육아>장난감"


@pytest.fixture(scope="module")
def misfiled(goods):
    """The goods; every coat and trousers of `WRONG` among the toys, and a toy among the coats."""
    ids = goods[columns.ID].to_pylist()
    paths = goods[columns.CATEGORY].to_pylist()
    for product in WRONG:
        paths[ids.index(product)] = WHERE if not product.startswith("난감") else "패션의류>코트"
    place = goods.column_names.index(columns.CATEGORY)
    return goods.set_column(place, columns.CATEGORY, pa.array(paths))


@pytest.fixture(scope="module")
def selfie(small):
    """SELFIE in two trainings of ten epochs, the first eight to learn what words say."""
    return replace(
        small,
        cleaning="selfie",
        noise_rate=0.1,
        warm_up=8,
        history=3,
        epochs=10,
        restarts=1,
        word_dropout=0.0,
        precision=0.0,  # two held-out rows cannot tell
    )


@pytest.fixture(scope="module")
def cleaned(misfiled, selfie, tmp_path_factory):
    """The folder of the version that SELFIE trained."""
    destination = tmp_path_factory.mktemp("models") / "cleaned"
    fit_and_export(misfiled, selfie, destination)
    return destination


def held_out_of(table, config, tmp_path):
    """Return the ids that a training of these rows never sees."""
    brief = replace(config, cleaning="none", epochs=1)
    return set(fit(table, brief, tmp_path).held_out.products.to_pylist())


def test_misfiled_products_are_refurbished_to_where_their_words_say(
    cleaned, misfiled, goods, selfie, tmp_path
):
    log = refurbished.read(cleaned).to_pylist()

    paths = goods[columns.CATEGORY].to_pylist()
    truth = dict(zip(goods[columns.ID].to_pylist(), paths, strict=True))
    hidden = held_out_of(misfiled, selfie, tmp_path)
    new = {row["product_id"]: row["new_path"] for row in log}
    assert {pid: new.get(pid) for pid in set(WRONG) - hidden} == {
        pid: truth[pid] for pid in set(WRONG) - hidden
    }
    assert all(row["new_path"] != row["given_path"] for row in log)


def test_the_log_holds_names_certainty_and_votes(cleaned):
    for row in refurbished.read(cleaned).to_pylist():
        assert row["product_name"]
        assert 0.95 <= row["certainty"] <= 1
        assert row["training"] == 2
        assert row["history"] == [row["new_path"]] * 3


def test_the_scores_tell_what_was_cleaned(cleaned):
    scores = read_json(cleaned / folder.SCORES)

    assert scores["cleaning"] == {
        "noise_rate": 0.1,
        "is_estimated": False,
        "trainings": 2,
        "refurbished": refurbished.read(cleaned).num_rows,
    }
    assert scores["epoch"] > 8


def test_a_cleaned_version_is_loaded_with_its_log_sealed(cleaned):
    assert runtime.load(cleaned).predict(["빨강 모직 M"]).paths() == ["패션의류>코트"]
    (cleaned / refurbished.FILE).write_bytes(b"")
    with pytest.raises(folder.DamagedArtifact, match="was changed after training"):
        runtime.load(cleaned)


def test_a_version_without_selfie_has_no_log(version):
    assert not (version / refurbished.FILE).exists()
    assert refurbished.read(version).num_rows == 0


def test_small_losses_alone_correct_nothing_and_estimate_the_noise(misfiled, small, tmp_path):
    config = replace(small, cleaning="small_loss", warm_up=4, epochs=6)

    trained = fit(misfiled, config, tmp_path)

    assert trained.refurbished is None
    assert trained.scores["cleaning"]["is_estimated"]
    assert 0 <= trained.scores["cleaning"]["noise_rate"] < 1


def test_a_killed_second_training_goes_on_with_what_the_first_corrected(
    misfiled, selfie, tmp_path, tmp_path_factory
):
    seen = []

    def progress(stage, done, total):
        seen.append((stage, done, total))

    with pytest.raises(Cancelled):
        # Ten epochs a training: stopped in the fourth one of the second.
        fit(
            misfiled,
            selfie,
            tmp_path,
            progress=progress,
            is_cancelled=lambda: any(s == "train" and d > 13.5 * t / 20 for s, d, t in seen),
        )
    resumed = []

    again = fit(misfiled, selfie, tmp_path, progress=lambda *step: resumed.append(step))

    whole = fit(misfiled, selfie, tmp_path_factory.mktemp("whole"))
    steps = [(done, total) for stage, done, total in resumed if stage == "train"]
    assert all(done * 2 >= total for done, total in steps)
    assert again.refurbished.equals(whole.refurbished)
    for one, other in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-4)


@pytest.fixture
def two_rows():
    """Two products, a and b, both filed under the first of two categories."""
    rows = Rows({}, np.array([0, 0]), pa.chunked_array([["a", "b"]]))
    return Prepared(encoder=None, categories=("x", "y"), training=rows, held_out=rows)


def contradicted(selector):
    """Let a network say for nine epochs that both belong into the second; the last choice."""
    for epoch in range(1, 10):
        choice = selector.choose(
            epoch=epoch,
            rows=np.array([0, 1]),
            given=np.array([0, 0]),
            losses=np.array([1.0, 2.0]),
            predicted=np.array([1, 1]),
        )
    return choice


def test_confirmed_products_are_told_to_selfie(selfie, two_rows):
    chosen = cleaner(selfie, two_rows, confirmed=["b", "elsewhere"])

    assert isinstance(chosen, Selfie)
    assert contradicted(chosen).labels.tolist() == [1, 0]


def test_what_selfie_corrected_is_believed(selfie, two_rows):
    selector = cleaner(selfie, two_rows, confirmed=["b"])

    contradicted(selector)

    assert believed(two_rows, selector).tolist() == [1, 0]
    assert two_rows.training.labels.tolist() == [0, 0]  # the arrays on disk are as given


def test_without_selfie_rows_are_believed_as_given(small, two_rows):
    assert believed(two_rows, cleaner(small, two_rows)).tolist() == [0, 0]


def test_n_grams_learn_what_selfie_corrected(misfiled, goods, selfie, tmp_path):
    trained = fit(misfiled, selfie, tmp_path)

    corrected = trained.refurbished[refurbished.ID].to_pylist()
    chosen = goods.filter(pc.is_in(goods[columns.ID], pa.array(set(corrected) & set(WRONG))))
    grams = keras.Model(trained.model.input, trained.model.get_layer("gram_logits").output)
    inputs = trained.encoder.encode(Products(names=chosen[columns.NAME_TOKENS].to_pylist()))
    said = [trained.categories[place] for place in grams.predict(inputs, verbose=0).argmax(axis=1)]
    assert said == chosen[columns.CATEGORY].to_pylist()
    assert said
