from dataclasses import replace

import pytest

from mlcore.progress import Cancelled, never, silent
from mlcore.training.attempts import attempts_on
from mlcore.training.config import SMALL_LOSS, WORDS
from mlcore.training.rows import prepare


@pytest.fixture
def config(small):
    return replace(small, name_reads=WORDS, epochs=3, validation_share=0.2)


@pytest.fixture
def rows(goods, config, tmp_path):
    return prepare(goods, config, tmp_path, progress=silent, is_cancelled=never)


def test_a_trial_is_as_good_as_its_best_epoch(rows, config):
    reported = {}

    accuracy = attempts_on(rows, is_cancelled=never)(config, reported.__setitem__)

    assert list(reported) == [1, 2, 3]
    assert accuracy == max(reported.values())


def test_epochs_before_the_cleaning_do_not_count(rows, config):
    reported = {}
    cleaned = replace(config, cleaning=SMALL_LOSS, warm_up=2)

    accuracy = attempts_on(rows, is_cancelled=never)(cleaned, reported.__setitem__)

    assert list(reported) == [1, 2, 3]
    assert accuracy == reported[3]


def test_a_trial_can_be_cancelled(rows, config):
    with pytest.raises(Cancelled):
        attempts_on(rows, is_cancelled=lambda: True)(config, lambda epoch, accuracy: None)
