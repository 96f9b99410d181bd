import json

import pyarrow as pa
import pytest

from mlcore.progress import BadInput, Cancelled
from mlcore.training.ladder import DONE, FAILED, NOT_APPLICABLE, Climbed, Ground, Rung, climb


def rows(paths):
    ids = [f"p{number}" for number in range(len(paths))]
    return pa.table({"product_id": ids, "product_name": ids, "category_path": paths})


GROUND = Ground(train=rows(["a>b", "a>c"]), test=rows(["a>b", "a>c", "d", "a>b"]))


def answering(*paths):
    def answer(ground, folder, progress):
        return Climbed(list(paths), fit_seconds=1.0, rows_per_second=10.0, size=3)

    return answer


def test_a_rung_is_measured_at_every_level(tmp_path):
    rung = Rung("one", "One", answering("a>b", "a>b", "d", "d"))

    [step] = climb(GROUND, [rung], tmp_path)

    assert step.state == DONE
    assert step.figures["accuracy"] == 0.5
    assert step.figures["levels"] == {"1": 0.75, "2": pytest.approx(1 / 3)}
    assert (step.fit_seconds, step.rows_per_second, step.size) == (1.0, 10, 3)


def test_the_steps_so_far_are_shown_after_each_rung(tmp_path):
    rungs = [Rung(key, key, answering("d", "d", "d", "d")) for key in ("one", "two")]
    shown = []

    climb(GROUND, rungs, tmp_path, after_rung=lambda steps: shown.append([s.key for s in steps]))

    assert shown == [["one"], ["one", "two"]]


def test_rungs_are_measured_by_the_truth_where_it_is_known(tmp_path):
    truths = {"p0": "a>b", "p1": "a>b", "p2": "d", "p3": "d"}
    ground = Ground(train=GROUND.train, test=GROUND.test, truths=truths)

    [step] = climb(ground, [Rung("one", "One", answering("a>b", "a>b", "d", "d"))], tmp_path)

    assert step.figures["accuracy"] == 1.0
    assert step.given_accuracy == 0.5


def test_a_gain_is_against_the_last_rung_that_is_done(tmp_path):
    rungs = [
        Rung("one", "One", answering("d", "d", "d", "d")),
        Rung("no", "No", answering(), lambda ground: "there are no photos"),
        Rung("two", "Two", answering("a>b", "a>c", "a>b", "a>b")),
    ]

    first, _, last = climb(GROUND, rungs, tmp_path)

    # One row lost, three won: (3.5 - 1.5) / 6 ± 1.96 · sqrt(5 - 4 / 6) / 6.
    assert first.gain is None
    assert last.gain["points"] == 0.5
    assert last.gain["low"] == pytest.approx(-0.3467, abs=1e-4)
    assert last.gain["high"] == 1.0


def test_a_rung_that_the_data_cannot_carry_says_what_is_missing(tmp_path):
    rung = Rung("image", "Image", answering(), lambda ground: "there are no photos")

    [step] = climb(GROUND, [rung], tmp_path)

    assert (step.state, step.reason) == (NOT_APPLICABLE, "there are no photos")


def test_a_rung_that_fails_does_not_lose_the_others(tmp_path):
    def fall(ground, folder, progress):
        raise MemoryError("too wide")

    good = Rung("good", "Good", answering("a>b", "a>c", "d", "a>b"))
    broken, sound = climb(GROUND, [Rung("broken", "Broken", fall), good], tmp_path)

    assert (broken.state, broken.reason) == (FAILED, "MemoryError: too wide")
    assert sound.figures["accuracy"] == 1.0


def test_a_ladder_that_was_stopped_goes_on_behind_what_is_done(tmp_path):
    climbed = []

    def counted(ground, folder, progress):
        climbed.append(folder.name)
        return answering("a>b", "a>c", "d", "a>b")(ground, folder, progress)

    rungs = [Rung("one", "One", counted), Rung("two", "Two", counted)]
    with pytest.raises(Cancelled):
        climb(GROUND, rungs, tmp_path, is_cancelled=lambda: len(climbed) == 1)

    steps = climb(GROUND, rungs, tmp_path)

    assert climbed == ["one", "two"]
    assert [step.state for step in steps] == [DONE, DONE]
    assert json.loads((tmp_path / "one.json").read_text())["key"] == "one"


def test_a_folder_of_another_ladder_is_refused(tmp_path):
    climb(GROUND, [], tmp_path)

    with pytest.raises(BadInput, match="other rows or settings"):
        climb(Ground(train=GROUND.train, test=rows(["a>b"])), [], tmp_path)


def test_of_a_long_failure_the_beginning_is_told_and_all_of_it_kept(tmp_path):
    def fall(ground, folder, progress):
        raise RuntimeError("Graph execution error:\n\n" + "Detected at node a\n" * 100)

    [step] = climb(GROUND, [Rung("slippery", "Slippery", fall)], tmp_path)

    assert step.reason.startswith("RuntimeError: Graph execution error: Detected at node a")
    assert len(step.reason) <= 200
    assert (tmp_path / "slippery.failed.txt").read_text().count("Detected at node a\n") == 100
