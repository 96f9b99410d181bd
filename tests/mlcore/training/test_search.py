import math
import signal
import subprocess
import sys
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from mlcore.progress import BadInput, Cancelled
from mlcore.training import search_storage
from mlcore.training.config import TrainingConfig
from mlcore.training.search import search
from mlcore.training.search_space import Choice, Range

SPACE = (Choice("hidden_size", (32, 256, 1024)), Range("dropout", 0.0, 0.7))


def small_wins(config, on_epoch):
    """A training in which few units and little dropout are best; knows no dice."""
    accuracy = 0.9 - 0.05 * math.log2(config.hidden_size / 32) - 0.1 * config.dropout
    for epoch in (1, 2, 3):
        on_epoch(epoch, accuracy * epoch / 3)
    return accuracy


def run(storage, *, n_trials, attempt=small_wins, seed=0, **more):
    return search(
        attempt,
        base=TrainingConfig(seed=seed),
        storage=storage,
        name="spring",
        n_trials=n_trials,
        space=SPACE,
        **more,
    )


@pytest.fixture
def storage():
    return optuna.storages.InMemoryStorage()


@pytest.fixture(scope="module")
def thirty():
    return run(optuna.storages.InMemoryStorage(), n_trials=30)


def test_the_first_trial_takes_the_settings_as_they_are(storage):
    found = run(storage, n_trials=1)

    base = TrainingConfig()
    assert found.trials[0].settings == {"hidden_size": base.hidden_size, "dropout": base.dropout}


def test_a_search_of_other_rows_is_refused(storage):
    run(storage, n_trials=1, identity="spring rows")

    with pytest.raises(BadInput, match="other rows or settings"):
        run(storage, n_trials=2, identity="autumn rows")


def test_the_best_settings_are_found_and_their_reason_told(thirty):
    assert thirty.best.settings["hidden_size"] == 32
    assert thirty.best.accuracy == max(trial.accuracy or 0 for trial in thirty.trials)
    hidden_size = next(trend for trend in thirty.trends if trend.setting == "hidden_size")
    assert hidden_size.correlation < -0.5
    assert hidden_size.is_sure
    assert max(thirty.importances, key=thirty.importances.get) == "hidden_size"


def test_hopeless_trials_end_early(thirty):
    pruned = [trial for trial in thirty.trials if trial.state == "pruned"]
    assert pruned
    assert all(len(trial.accuracies) < 3 and trial.accuracy is None for trial in pruned)


def test_one_seed_gives_one_search_even_when_interrupted():
    whole = run(optuna.storages.InMemoryStorage(), n_trials=14)
    parts = optuna.storages.InMemoryStorage()
    run(parts, n_trials=5)

    resumed = run(parts, n_trials=14)

    assert [t.settings for t in resumed.trials] == [t.settings for t in whole.trials]


def test_another_seed_tries_other_settings():
    one = run(optuna.storages.InMemoryStorage(), n_trials=3)
    other = run(optuna.storages.InMemoryStorage(), n_trials=3, seed=1)

    assert one.trials[1].settings != other.trials[1].settings


def test_nothing_is_said_about_settings_after_a_few_trials(storage):
    found = run(storage, n_trials=3)

    assert (found.importances, found.trends) == ({}, ())


def test_settings_that_make_no_difference_have_no_importance(storage):
    found = run(storage, n_trials=9, attempt=lambda config, on_epoch: 0.5)

    assert (found.importances, found.trends) == ({}, ())


def test_a_cancelled_search_keeps_what_it_has(storage):
    seen = []

    with pytest.raises(Cancelled):
        run(storage, n_trials=9, after_trial=seen.append, is_cancelled=lambda: len(seen) == 2)

    assert [trial.state for trial in seen[-1].trials] == ["complete", "complete"]


def test_a_trial_that_is_cancelled_in_the_middle_is_tried_again(storage):
    def stop(config, on_epoch):
        raise Cancelled

    with pytest.raises(Cancelled):
        run(storage, n_trials=2, attempt=stop)

    found = run(storage, n_trials=2)
    assert [trial.state for trial in found.trials] == ["failed", "complete", "complete"]


def test_settings_to_begin_with_are_tried_again_when_their_trial_was_killed(storage):
    study = optuna.create_study(storage=storage, study_name="spring", direction="maximize")
    base = TrainingConfig()
    study.enqueue_trial({"hidden_size": base.hidden_size, "dropout": base.dropout})
    study.tell(study.ask(), state=TrialState.FAIL)

    found = run(storage, n_trials=1)

    assert [trial.state for trial in found.trials] == ["failed", "complete"]
    assert found.trials[1].settings["dropout"] == base.dropout


def left_running(storage, worker):
    """Leave a trial as a killed worker of this number does."""
    study = optuna.create_study(storage=storage, study_name="spring", direction="maximize")
    study.ask().set_user_attr(search_storage.WORKER, worker)


def test_a_worker_that_begins_anew_fails_what_it_left_running(storage):
    left_running(storage, worker=1)

    found = run(storage, n_trials=1, worker=1)

    assert [trial.state for trial in found.trials] == ["failed", "complete"]


def test_the_last_trial_is_left_to_the_worker_that_carries_it(storage, monkeypatch):
    left_running(storage, worker=1)
    study = optuna.load_study(storage=storage, study_name="spring")
    waits = []

    def other_ends(seconds):
        waits.append(seconds)
        study.tell(0, 0.9)

    monkeypatch.setattr("mlcore.training.search.time.sleep", other_ends)

    found = run(storage, n_trials=1, worker=0)

    assert len(waits) == 1
    assert [trial.accuracy for trial in found.trials] == [0.9]


def test_workers_that_begin_at_once_try_different_settings():
    ours, theirs = (
        run(optuna.storages.InMemoryStorage(), n_trials=1, worker=worker) for worker in (1, 2)
    )

    assert ours.trials[0].settings != theirs.trials[0].settings


def test_small_layers_are_compared_with_large_ones(thirty):
    assert thirty.sizes.small.best == thirty.best.accuracy
    assert thirty.sizes.verdict == "small"


def test_a_search_in_a_folder_goes_on_after_its_process_was_killed(tmp_path):
    script = f"""
import sys, time
from pathlib import Path
from mlcore.training import search_storage
from tests.mlcore.training.test_search import run
def hang(config, on_epoch):
    on_epoch(1, 0.5)
    print("running", flush=True)
    time.sleep(600)
with search_storage.in_folder(Path({str(tmp_path)!r})) as storage:
    run(storage, n_trials=1, attempt=hang)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert process.stdout.readline() == "running\n"
    process.send_signal(signal.SIGKILL)
    process.wait()

    with search_storage.in_folder(tmp_path) as storage:
        found = run(storage, n_trials=2)

    assert [trial.state for trial in found.trials] == ["failed", "complete", "complete"]
    assert found.trials[0].accuracies == [0.5]


def test_a_folder_belongs_to_one_process_at_a_time(tmp_path):
    with (
        search_storage.in_folder(tmp_path),
        pytest.raises(BadInput, match="Another process searches"),
        search_storage.in_folder(tmp_path),
    ):
        pass


def test_a_database_that_does_not_answer_is_bad_input_without_the_password():
    with pytest.raises(BadInput, match="cannot be used") as refusal:
        search_storage.in_postgresql("postgres://me:secret@127.0.0.1:1/nothing")

    assert "secret" not in str(refusal.value)


def test_dead_trials_of_a_folder_are_failed(tmp_path):
    with search_storage.in_folder(tmp_path) as storage:
        study = optuna.create_study(storage=storage, study_name="spring")
        study.ask()

        search_storage.drop_the_dead(study, storage)

        assert [trial.state for trial in study.trials] == [TrialState.FAIL]


@pytest.mark.parametrize("url", ["sqlite:///found.db", "mysql://host/database", "nonsense"])
def test_a_storage_that_is_no_postgresql_is_refused(url):
    with pytest.raises(BadInput, match="is postgresql://"):
        search_storage.in_postgresql(url)
