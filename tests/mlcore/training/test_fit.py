import hashlib
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from mlcore.artifact import folder, runtime
from mlcore.corpus import columns, curation
from mlcore.corpus.folder import read_json
from mlcore.progress import BadInput, Cancelled
from mlcore.training.fit import fit_and_export


def test_categories_that_words_tell_apart_are_learnt(version):
    answers = runtime.load(version).predict(["검정 슬랙스", "인형 블록 세트"])

    assert answers.paths() == ["패션의류>바지", "출산/육아>장난감"]


def test_the_talks_network_learns_them_too(goods, small, tmp_path):
    talk = replace(small, name_reads="words")

    fit_and_export(goods, talk, tmp_path / "talk")

    answers = runtime.load(tmp_path / "talk").predict(["검정 슬랙스", "인형 블록 세트"])
    assert answers.paths() == ["패션의류>바지", "출산/육아>장난감"]


def test_scores_history_and_origin_are_kept_in_the_folder(version, small):
    scores = read_json(version / folder.SCORES)

    assert scores["accuracy"] == 1.0
    assert scores["levels"] == {"1": 1.0, "2": 1.0}
    assert scores["rows"] + scores["held_out_rows"] == 108
    assert len(scores["history"]) == small.epochs
    assert scores["export_difference"] < 1e-4
    config = read_json(version / folder.CONFIG)
    assert config["training"] == small.decided(n_categories=2, n_rows=108).as_record()
    assert len(config["origin"]["dataset"]) == 64
    assert {"keras", "numpy", "ai-edge-litert"} <= config["libraries"].keys()


def test_what_held_out_rows_say_of_the_probabilities_is_kept_in_the_folder(version):
    calibration = read_json(version / folder.CALIBRATION)

    scores = read_json(version / folder.SCORES)
    assert calibration == scores["calibration"]
    # The goods are all told right, so that nothing speaks for another temperature.
    assert calibration["temperature"] == 1.0
    assert calibration["target"] == 0.95
    halves = calibration["curve"]["rows"][-1], scores["held_out_rows"]
    assert halves[0] == halves[1] // 2


def test_one_seed_gives_one_network(fit, goods, small):
    brief = replace(small, epochs=1)

    first, second = fit(goods, brief), fit(goods, brief)

    for one, other in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_the_same_seed_gives_the_same_version_to_the_byte(goods, small, tmp_path):
    first = fit_and_export(goods, replace(small, epochs=1), tmp_path / "first")
    second = fit_and_export(goods, replace(small, epochs=1), tmp_path / "second")

    assert first.fingerprint == second.fingerprint


def test_another_seed_gives_another_network(fit, goods, small):
    first = fit(goods, replace(small, epochs=1))
    second = fit(goods, replace(small, epochs=1, seed=1))

    for layer in ("gram_vectors", "name_hidden"):
        weights = [each.model.get_layer(layer).get_weights()[0] for each in (first, second)]
        assert not np.allclose(*weights)


def test_the_kept_weights_are_those_of_the_best_epoch(fit, goods, small):
    trained = fit(goods, replace(small, name_reads="words"))

    probabilities = trained.model.predict(trained.held_out.inputs, verbose=0)["name"]
    accuracy = np.mean(probabilities.argmax(axis=1) == trained.held_out.labels)
    best = min(reversed(trained.history), key=lambda epoch: epoch.held_out_objective)
    assert accuracy == best.held_out_accuracy


def test_the_scores_tell_how_far_n_grams_and_layers_are_believed(fit, goods, small):
    both = fit(goods, replace(small, epochs=1)).scores
    words = fit(goods, replace(small, epochs=1, name_reads="words")).scores

    [(of_grams, own)] = both["pooled"].values()
    assert of_grams > own  # after one pass the words know little
    assert "pooled" not in words


def test_the_curve_of_n_grams_alone_is_one_point(fit, goods, small):
    trained = fit(goods, replace(small, name_reads="grams"))

    assert [figures.epoch for figures in trained.history] == [1]
    assert trained.history[0].held_out_accuracy == trained.scores["accuracy"]


def test_n_grams_of_held_out_rows_are_learnt_after_these_were_measured_on(fit, goods, small):
    # No name tells anything of another one.
    named = [
        [hashlib.md5(product.encode()).hexdigest()] for product in goods["product_id"].to_pylist()
    ]
    table = goods.set_column(
        goods.schema.get_field_index("name_tokens"), "name_tokens", pa.array(named)
    )

    trained = fit(table, replace(small, name_reads="grams"))

    probabilities = trained.model.predict(trained.held_out.inputs, verbose=0)["name"]
    assert np.mean(probabilities.argmax(axis=1) == trained.held_out.labels) > 0.9
    assert trained.scores["accuracy"] < 0.7


def test_training_stops_when_it_no_longer_improves(fit, goods, small):
    trained = fit(goods, replace(small, epochs=60, patience=2))

    # The goods are learnt perfectly long before, and nothing beats perfect.
    assert len(trained.history) < 30


def test_held_out_words_do_not_enter_the_vocabulary(fit, goods, small):
    marked = [[f"word{row}"] for row in range(goods.num_rows)]
    table = goods.set_column(
        goods.schema.get_field_index("name_tokens"), "name_tokens", pa.array(marked)
    )

    trained = fit(table, replace(small, epochs=1, name_reads="words"))

    assert len(trained.encoder.name.vocabulary.words) == goods.num_rows - len(
        trained.held_out.labels
    )


def test_a_cancelled_training_writes_nothing(goods, small, tmp_path):
    with pytest.raises(Cancelled):
        fit_and_export(goods, small, tmp_path / "model", is_cancelled=lambda: True)

    assert list(tmp_path.iterdir()) == []


def test_cancelling_is_noticed_in_the_middle_of_an_epoch(fit, goods, small):
    seen = []

    with pytest.raises(Cancelled):
        fit(
            goods,
            replace(small, epochs=50),
            progress=lambda *step: seen.append(step),
            is_cancelled=lambda: len(seen) > 3,
        )

    assert len(seen) == 4


def test_progress_ends_with_the_export(goods, small, tmp_path):
    seen = []

    fit_and_export(
        goods,
        replace(small, epochs=1),
        tmp_path / "model",
        progress=lambda *step: seen.append(step),
    )

    assert seen[0][0] == "prepare"
    assert seen[-1] == ("export", 1, 1)


def test_a_single_category_is_refused(fit, goods, small):
    with pytest.raises(BadInput, match="two categories"):
        fit(goods.slice(0, 36), small)


def test_a_dataset_folder_is_trained_on_and_remembered(goods, small, tmp_path):
    empty = pa.array([[]] * goods.num_rows, type=pa.list_(pa.string()))
    corpus = goods.append_column(columns.MALL_TOKENS, empty).append_column(
        columns.MONTH, pa.nulls(goods.num_rows, pa.string())
    )
    corpus = corpus.append_column(columns.MALL_CATEGORY, pa.array([""] * goods.num_rows))
    dataset = curation.curate(corpus, [], corpus="spring")
    curation.write_dataset(tmp_path / "dataset", dataset)

    result = fit_and_export(tmp_path / "dataset", replace(small, epochs=1), tmp_path / "model")

    assert result.fingerprint == folder.fingerprint(tmp_path / "model")
    origin = read_json(tmp_path / "model" / folder.CONFIG)["origin"]
    assert origin == {"dataset": dataset.fingerprint, "corpus": "spring"}


def test_a_dataset_of_another_tokeniser_is_refused(goods, small, tmp_path):
    empty = pa.array([[]] * goods.num_rows, type=pa.list_(pa.string()))
    corpus = goods.append_column(columns.MALL_TOKENS, empty).append_column(
        columns.MONTH, pa.nulls(goods.num_rows, pa.string())
    )
    dataset = curation.curate(corpus, [], tokeniser="blank-1")
    curation.write_dataset(tmp_path / "dataset", dataset)

    with pytest.raises(BadInput, match="split by blank-1"):
        fit_and_export(tmp_path / "dataset", small, tmp_path / "model")


def test_few_rows_are_taken_in_small_batches(fit, goods, small):
    seen = []

    trained = fit(goods, replace(small, epochs=1), progress=lambda *step: seen.append(step))

    # Batches of 8 instead of 256: 85 or so rows make 11 steps of one pass.
    rows = goods.num_rows - len(trained.held_out.labels)
    assert ("train", -(-rows // 8), -(-rows // 8)) in seen
