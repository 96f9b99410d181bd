"""Search the settings of a training: many short trainings, the hopeless ones ended early."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from mlcore.progress import BadInput, IsCancelled, Progress, never, silent, stop_if
from mlcore.training.config import TrainingConfig
from mlcore.training.search_found import Found, found
from mlcore.training.search_space import SPACE, Space, Value
from mlcore.training.search_storage import WORKER, drop_the_dead

OnEpoch = Callable[[int, float], None]
Attempt = Callable[[TrainingConfig, OnEpoch], float]
"""Trains with some settings, reports (epoch, held-out accuracy), returns the accuracy."""

TRIALS_BEFORE_PRUNING = 5
"""Finished trials before a worse one is ended: a median of fewer says little."""

EPOCHS_BEFORE_PRUNING = 1

STEP_BETWEEN_SEEDS = 1_000_003
"""Keeps the draws of neighbouring seeds apart: more than a search has trials."""

STEP_BETWEEN_WORKERS = 7_001
"""Keeps the draws of workers apart; no multiple of it is one of the other step's."""

FIRST_WORKER = 0

IDENTITY = "identity"
"""Name under which a study keeps what its trials have in common."""

LOOK_EVERY = 1.0
"""Seconds between two looks at the trials that other workers carry out last."""


@dataclass(frozen=True)
class _Counts:
    """Trials of a study that count, and those that may yet count."""

    ended: int
    running: int


def search(
    attempt: Attempt,
    *,
    base: TrainingConfig,
    storage: BaseStorage,
    name: str,
    n_trials: int,
    space: Space = SPACE,
    identity: str = "",
    worker: int = FIRST_WORKER,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
    after_trial: Callable[[Found], None] | None = None,
) -> Found:
    """
    Try settings until the study has enough trials; go on where an earlier call stopped.

    The first trial takes the settings as they are. The others follow a tree-structured
    Parzen estimator, and end early when the median of the others was better at that epoch.

    Args:
        attempt: trains once and reports every epoch.
        base: settings that the space leaves alone, and the seed of the search.
        storage: what keeps the trials; several workers may share one.
        name: of the study in that storage.
        n_trials: finished and pruned trials in all, those of earlier calls included.
        space: the settings to search.
        identity: of the rows and of what else a trial's accuracy depends on; a study that began
            with another one is refused.
        worker: a number of its own for each that works on the study at once, the first being
            `FIRST_WORKER`. What a killed worker of this number left running is failed.
        after_trial: is shown what is known after each trial.

    Raises:
        BadInput: the study is of another identity.
        Cancelled: `is_cancelled` said yes; finished trials stay.
    """
    pruner = optuna.pruners.MedianPruner(
        n_startup_trials=TRIALS_BEFORE_PRUNING, n_warmup_steps=EPOCHS_BEFORE_PRUNING
    )
    study = optuna.create_study(
        storage=storage, study_name=name, direction="maximize", pruner=pruner, load_if_exists=True
    )
    _take(study, identity)
    drop_the_dead(study, storage, worker=worker)
    while (counts := _counts(study)).ended < n_trials:
        stop_if(is_cancelled)
        progress("search", counts.ended, n_trials)
        if counts.ended + counts.running >= n_trials:
            # Others carry the last ones out; what dies with its worker is tried again here.
            time.sleep(LOOK_EVERY)
            drop_the_dead(study, storage)
            continue
        if worker == FIRST_WORKER:
            _try_the_base_first(study, base, space)
        study.sampler = _sampler(study, base, worker)
        study.optimize(lambda trial: _objective(trial, attempt, base, space, worker), n_trials=1)
        if after_trial:
            after_trial(found(study, space))
    progress("search", n_trials, n_trials)
    return found(study, space)


def _take(study: optuna.Study, identity: str) -> None:
    """Begin the study, or make sure that it was begun with the same rows and settings."""
    begun = study.user_attrs.get(IDENTITY)
    if begun is None and not study.get_trials(deepcopy=False):
        study.set_user_attr(IDENTITY, identity)
    elif begun is not None and begun != identity:
        raise BadInput(
            f"The search {study.study_name} is of other rows or settings; choose another name."
        )


def _sampler(study: optuna.Study, base: TrainingConfig, worker: int) -> optuna.samplers.TPESampler:
    """Return what draws the next settings: others than a worker that begins at once draws."""
    # A sampler begun anew draws the same again: its seed follows the trials.
    number = len(study.get_trials(deepcopy=False))
    seed = base.seed + number * STEP_BETWEEN_SEEDS + worker * STEP_BETWEEN_WORKERS
    return optuna.samplers.TPESampler(seed=seed % 2**32, constant_liar=True)


def settings_of(base: TrainingConfig, settings: Mapping[str, Value]) -> TrainingConfig:
    """Return the base with a trial's settings in it."""
    return replace(base, **settings)  # type: ignore[arg-type]  # the space names its fields


def _objective(
    trial: optuna.Trial, attempt: Attempt, base: TrainingConfig, space: Space, worker: int
) -> float:
    trial.set_user_attr(WORKER, worker)
    config = settings_of(base, {each.name: each.suggest(trial) for each in space})
    begin = time.monotonic()

    def on_epoch(epoch: int, accuracy: float) -> None:
        trial.report(accuracy, epoch)
        if trial.should_prune():
            raise optuna.TrialPruned

    try:
        return attempt(config, on_epoch)
    finally:
        trial.set_user_attr("seconds", round(time.monotonic() - begin, 2))


def _try_the_base_first(study: optuna.Study, base: TrainingConfig, space: Space) -> None:
    """Let no search end worse than the settings it began with, even if that trial was killed."""
    wanted = {each.name: value for each in space if each.holds(value := getattr(base, each.name))}
    trials = study.get_trials(deepcopy=False)
    if not any(_has(trial, wanted) for trial in trials if trial.state != TrialState.FAIL):
        study.enqueue_trial(wanted)


def _has(trial: FrozenTrial, wanted: Mapping[str, Value]) -> bool:
    """Tell whether a trial tries, or was told to try, these settings."""
    settings = trial.params or trial.system_attrs.get("fixed_params", {})
    return all(settings.get(name) == value for name, value in wanted.items())


def _counts(study: optuna.Study) -> _Counts:
    states = [trial.state for trial in study.get_trials(deepcopy=False)]
    ended = states.count(TrialState.COMPLETE) + states.count(TrialState.PRUNED)
    return _Counts(ended, states.count(TrialState.RUNNING))
