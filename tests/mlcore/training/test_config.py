import math

import pytest

from mlcore.progress import BadInput
from mlcore.training.config import TrainingConfig


def test_a_config_survives_its_record():
    config = TrainingConfig(seed=7, epochs=2, dropout=0.0, branches=("name", "mall"))

    assert TrainingConfig.from_record(config.as_record()) == config


def test_the_talks_network_reads_words_alone_and_normalises_nothing():
    config = TrainingConfig(seed=7).as_in_the_talk()

    assert config == TrainingConfig(seed=7, name_reads="words", normalisation="none")


@pytest.mark.parametrize(
    ("given", "normalises"),
    [
        ({"name_reads": "words"}, True),
        ({"name_reads": "both"}, False),
        ({"name_reads": "both", "normalisation": "layer"}, True),
        ({"name_reads": "words", "normalisation": "none"}, False),
    ],
)
def test_layers_of_words_are_normalised_where_no_n_grams_stand_beside_them(given, normalises):
    assert TrainingConfig(**given).normalises == normalises


def test_typed_numbers_are_read():
    config = TrainingConfig.from_record({"epochs": "3", "learning_rate": "0.01"})

    assert (config.epochs, config.learning_rate) == (3, 0.01)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"epoch": 3}, "no training setting epoch"),
        ({"epochs": "many"}, "not of its kind"),
        ({"epochs": 0}, "epochs must be more than 0"),
        ({"batch_size": 1.5}, "1.5 is no int"),
        ({"epochs": True}, "True is no int"),
        ({"learning_rate": math.nan}, "learning_rate must be more than 0"),
        ({"dropout": 1.0}, "dropout must lie in"),
        ({"seed": -1}, "seed must lie in"),
        ({"validation_share": 0.5}, "under one half"),
        ({"name_length": 3}, "at least 4"),
        ({"mall_length": 3}, "at least 4"),
        ({"side_weight": -0.1}, "side_weight must be 0 or more"),
        ({"branches": []}, "branches are some of"),
        ({"branches": ["mall", "name"]}, "in this order"),
        ({"branches": "name"}, "branches is a list"),
        ({"optimizer": "newton"}, "optimizer is one of adam, adamw"),
        ({"activation": "step"}, "activation is one of relu, gelu"),
        ({"cleaning": "soap"}, "cleaning is one of none, small_loss, selfie"),
        ({"cleaning": "small_loss", "warm_up": 8}, "after 8 warm-up epochs; 8 are too few"),
        ({"cleaning": "selfie", "history": 6, "warm_up": 5}, "as long as the history"),
        ({"noise_rate": 1.0}, "noise_rate must lie in"),
        ({"vocabulary_size": 2}, "at least 3"),
        ({"name_reads": "letters"}, "name_reads is one of best, words, grams, both, not letters"),
        ({"gram_buckets": 0}, "gram_buckets must be more than 0"),
        ({"normalisation": "batch"}, "normalisation is one of best, layer, none"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(record, reason):
    with pytest.raises(BadInput, match=reason):
        TrainingConfig.from_record(record)


@pytest.mark.parametrize(
    ("changes", "n_categories", "read"),
    [
        ({}, 512, ("words", "grams")),
        ({"branches": ("name", "image")}, 512, ("words", "grams")),
        ({"branches": ("image",)}, 512, ()),
        ({}, 513, ("words",)),
        ({"cleaning": "small_loss", "epochs": 20}, 512, ("words", "grams")),
        ({"name_reads": "words"}, 512, ("words",)),
        ({"name_reads": "grams"}, 513, ("grams",)),
    ],
)
def test_names_are_read_as_words_and_n_grams_where_both_help(changes, n_categories, read):
    config = TrainingConfig(**changes).decided(n_categories=n_categories, n_rows=10**6)

    assert (config.reads_words, config.reads_grams) == ("words" in read, "grams" in read)


@pytest.mark.parametrize(
    ("n_categories", "n_rows", "buckets"),
    [
        (103, 10**6, 2**19),  # as many as wanted
        (400, 10**6, 2**17),  # 2^26 numbers are 167,772 n-grams of 400
        (103, 1000, 2**13),  # 8 ids a row
    ],
)
def test_n_grams_get_as_many_ids_as_are_of_use_and_fit(n_categories, n_rows, buckets):
    config = TrainingConfig().decided(n_categories=n_categories, n_rows=n_rows)

    assert config.gram_buckets == buckets


@pytest.mark.parametrize(
    ("changes", "skipped", "votes"),
    [
        ({}, 0, 0),
        ({"cleaning": "selfie"}, 4, 3),  # half of eight epochs
        ({"cleaning": "selfie", "epochs": 5}, 2, 2),
        ({"cleaning": "selfie", "epochs": 20, "warm_up": 15, "history": 15}, 15, 15),
    ],
)
def test_cleaning_begins_after_half_of_the_epochs_or_as_said(changes, skipped, votes):
    config = TrainingConfig(**changes)

    assert (config.skipped, config.votes) == (skipped, votes)


def test_one_epoch_is_too_short_to_clean():
    with pytest.raises(BadInput, match="1 are too few"):
        TrainingConfig(cleaning="selfie", epochs=1)


def test_n_grams_alone_cannot_clean_given_categories():
    with pytest.raises(BadInput, match="n-grams alone"):
        TrainingConfig(cleaning="small_loss", epochs=20, name_reads="grams")
