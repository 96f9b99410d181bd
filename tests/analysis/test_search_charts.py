from __future__ import annotations

import pytest

from analysis import search_charts
from analysis.services import search_page
from tests.analysis import found
from tests.analysis.found import trial

pytestmark = pytest.mark.django_db


def drawn(*trials, **values):
    search = found.search(*trials, **values)
    return search_charts.parallel(search, search_page.trials(search))


def traces(figure):
    return {each["name"]: each for each in figure["data"]}


def test_the_best_so_far_never_falls():
    search = found.search(trial(0, 0.5), trial(1, 0.75), trial(2, 0.625))

    line = search_charts.history(search_page.trials(search))["data"][0]

    assert (line["x"], line["y"]) == ([1, 2, 3], [0.5, 0.75, 0.75])


def test_a_trial_that_was_ended_early_is_drawn_at_its_best_epoch():
    search = found.search(trial(0, 0.5), trial(1, None, state="pruned"))

    dots = search_charts.history(search_page.trials(search))["data"][2]

    assert (dots["x"], dots["y"]) == ([2], [0.25])


def test_a_line_goes_through_every_setting_to_the_accuracy():
    lines = traces(drawn(trial(0, 0.5, dropout=0.35), trial(1, 0.75, dropout=0.7)))

    best = lines["best"]
    assert best["x"] == [*range(10), None]
    assert best["y"][2] == 1.0  # the highest dropout
    assert best["y"][9] == pytest.approx(0.96)  # the highest accuracy
    assert lines["finished"]["y"][2] == 0.5


def test_a_logarithmic_setting_is_drawn_as_one():
    between = 1e-3  # in the geometric middle of 1e-4 and 1e-2

    lines = traces(drawn(trial(0, 0.5, learning_rate=between)))

    assert lines["best"]["y"][8] == pytest.approx(0.5)


def test_a_trial_that_was_ended_early_reaches_no_accuracy():
    lines = traces(drawn(trial(0, 0.5), trial(1, None, state="pruned")))

    assert lines["ended early"]["y"][9] is None


def test_the_best_quarter_stands_out():
    lines = traces(drawn(*[trial(number, number / 10) for number in range(1, 9)]))

    # Two of eight, one of which is the best.
    assert lines["best quarter"]["x"] == [*range(10), None]
    assert lines["finished"]["x"].count(None) == 6


def test_the_most_important_setting_is_the_first_axis():
    figure = drawn(trial(0, 0.5), importances={"dropout": 0.75, "filters": 0.25})

    notes = figure["layout"]["annotations"]
    titles = [note["text"] for note in notes if note["yanchor"] == "bottom"]
    assert titles[:2] == ["Dropout", "Filters<br>(hidden_dim)"]


def test_importances_are_bars_with_the_largest_on_top():
    search = found.search(trial(0, 0.5), importances={"filters": 0.25, "dropout": 0.75})

    bars = search_charts.importances(search_page.weights(search))["data"][0]

    assert (bars["y"][-1], bars["x"][-1]) == ("Dropout", 0.75)
