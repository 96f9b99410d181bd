from __future__ import annotations

import pytest
from django.utils import translation

from analysis.services import search_page, search_words
from tests.analysis import found
from tests.analysis.found import sizes, trial

pytestmark = pytest.mark.django_db


def said(*trials, **values) -> list[str]:
    search = found.search(*trials, **values)
    return search_words.findings(search, search_page.trials(search))


def test_the_best_trial_is_held_against_the_settings_to_begin_with():
    first = said(trial(0, 0.5), trial(1, 0.75, dropout=0.1))[0]

    assert first == (
        "Best so far: trial 2 with 75.0%, +25.0 points against the settings it began with (50.0%)."
    )


def test_settings_to_begin_with_can_be_the_best():
    first = said(trial(0, 0.75), trial(1, 0.5, dropout=0.1))[0]

    assert first == "No trial was better than the settings it began with (75.0%)."


def test_without_the_settings_to_begin_with_the_best_stands_alone():
    assert said(trial(0, 0.75, dropout=0.1))[0] == "Best so far: trial 1 with 75.0%."


def test_nothing_finished_is_said():
    assert said(trial(0, None, state="failed"))[0] == "No trial has finished yet."


def test_what_mattered_is_named_with_its_direction():
    importances = {"dropout": 0.5, "optimizer": 0.25, "filters": 0.125, "activation": 0.125}
    trends = [
        {"setting": "dropout", "correlation": -0.75, "p_value": 0.01, "trials": 9},
        {"setting": "filters", "correlation": 0.5, "p_value": 0.04, "trials": 9},
        {"setting": "batch_size", "correlation": 0.1, "p_value": 0.8, "trials": 9},
    ]

    second = said(trial(0, 0.5), importances=importances, trends=trends)[1]

    assert second == (
        "What differs between trials goes mostly with: Dropout 50%, Optimizer 25%, Activation 12%."
        " Accuracy rises with: Filters (hidden_dim). Accuracy falls with: Dropout."
    )


def test_after_a_few_trials_nothing_is_said_about_what_mattered():
    assert "not said before 8 trials" in said(trial(0, 0.5))[1]


def test_a_small_layer_that_wins_is_said_with_its_numbers():
    last = said(trial(0, 0.5), sizes=sizes("small"))[2]

    assert last == (
        "A small hidden layer wins here too: fcl_dim up to 128 beats more units."
        " Up to 128 units: best 87.5%, median 75.0% (6 trials finished, 1 ended early)."
        " More units: best 62.5%, median 50.0% (6 trials finished)."
        " The small one was better in 90% of all pairs (p = 0.010)."
    )


@pytest.mark.parametrize(
    ("verdict", "words"), [("large", "does not win here"), ("alike", "no difference")]
)
def test_other_answers_are_said_as_well(verdict, words):
    assert words in said(trial(0, 0.5), sizes=sizes(verdict))[2]


def test_too_few_trials_answer_nothing():
    few = {"finished": 2, "pruned": 1, "best": 0.5, "median": 0.5}
    values = {"small": few, "p_value": None, "superiority": None}

    last = said(trial(0, 0.5), sizes=sizes("too few", **values))[2]

    assert last == (
        "Whether a small hidden layer (fcl_dim) wins here too cannot be told yet: 3 trials with up"
        " to 128 units and 6 with more; it takes 5 of each."
    )


def test_findings_are_told_in_korean():
    with translation.override("ko"):
        last = said(trial(0, 0.5), sizes=sizes("small"))[2]

    assert "fcl_dim" in last
    assert "여기에서도" in last
