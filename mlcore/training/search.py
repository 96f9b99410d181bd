"""Search the settings of a training: many short trainings, the hopeless ones ended early."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState
from scipy import stats

from mlcore.progress import IsCancelled, Progress, never, silent, stop_if
from mlcore.training.config import ACTIVATIONS, OPTIMIZERS, TrainingConfig
from mlcore.training.search_storage import drop_the_dead

Value = float | int | str
OnEpoch = Callable[[int, float], None]
Attempt = Callable[[TrainingConfig, OnEpoch], float]
"""Trains with some settings, reports (epoch, held-out accuracy), returns the accuracy."""

TRIALS_BEFORE_PRUNING = 5
"""Finished trials before a worse one is ended: a median of fewer says little."""

EPOCHS_BEFORE_PRUNING = 1

STEP_BETWEEN_SEEDS = 1_000_003
"""Keeps the draws of neighbouring seeds apart: more than a search has trials."""

FEWEST_FOR_IMPORTANCE = 8
"""Finished trials before anything is said about the settings."""

TREES = 32
"""Of the forest behind the importances: half of Optuna's, in half of the time."""

SURE = 0.05
"""Largest p-value at which a trend is called one."""


@dataclass(frozen=True)
class Range:
    """A setting between two numbers, the ends included."""

    name: str
    low: float
    high: float
    is_log: bool = False

    def suggest(self, trial: optuna.Trial) -> Value:
        """Return a value for a trial."""
        return trial.suggest_float(self.name, self.low, self.high, log=self.is_log)

    def holds(self, value: Value) -> bool:
        """Tell whether a value lies between the ends."""
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choice:
    """A setting that is one of some values."""

    name: str
    values: tuple[Value, ...]

    def suggest(self, trial: optuna.Trial) -> Value:
        """Return a value for a trial."""
        value = trial.suggest_categorical(self.name, self.values)
        assert value is not None
        return value

    def holds(self, value: Value) -> bool:
        """Tell whether a value is one of them."""
        return value in self.values


Space = tuple[Range | Choice, ...]

SPACE: Space = (
    Choice("hidden_size", (32, 64, 128, 256, 512, 1024)),
    Choice("filters", (32, 64, 128, 256)),
    Range("dropout", 0.0, 0.7),
    Range("word_dropout", 0.0, 0.5),
    Choice("activation", ACTIVATIONS),
    Choice("convolution_activation", ACTIVATIONS),
    Choice("optimizer", OPTIMIZERS),
    Choice("batch_size", (64, 128, 256, 512, 1024)),
    Range("learning_rate", 1e-4, 1e-2, is_log=True),
)
"""The talk's: fcl_dim is `hidden_size`, hidden_dim is `filters`."""


@dataclass(frozen=True)
class Trial:
    """
    One training of a search.

    Attributes:
        number: from 0, in the order of their beginnings.
        state: `complete`, `pruned`, `failed` or `running`.
        settings: what the trial tried.
        accuracies: held-out accuracy of each epoch.
        accuracy: of the finished training; None otherwise.
        seconds: its duration; None while it runs.
    """

    number: int
    state: str
    settings: dict[str, Value]
    accuracies: list[float]
    accuracy: float | None
    seconds: float | None


@dataclass(frozen=True)
class Trend:
    """
    Whether accuracy rises or falls with a setting, over the finished trials.

    Attributes:
        setting: its name.
        correlation: Spearman's, in [-1, 1].
        p_value: two-sided, that there is none.
        trials: finished ones.
    """

    setting: str
    correlation: float
    p_value: float
    trials: int

    @property
    def is_sure(self) -> bool:
        """Whether so strong a trend is unlikely by chance."""
        return self.p_value <= SURE


@dataclass(frozen=True)
class Found:
    """What a search knows so far."""

    trials: tuple[Trial, ...]
    importances: dict[str, float]
    trends: tuple[Trend, ...]

    @property
    def best(self) -> Trial | None:
        """The finished trial of the highest accuracy, the earliest of equal ones."""
        finished = [trial for trial in self.trials if trial.accuracy is not None]
        return max(finished, key=lambda trial: trial.accuracy or 0.0, default=None)

    def as_record(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        best = self.best
        return {**asdict(self), "best": asdict(best) if best else None}


def search(
    attempt: Attempt,
    *,
    base: TrainingConfig,
    storage: BaseStorage,
    name: str,
    n_trials: int,
    space: Space = SPACE,
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
        after_trial: is shown what is known after each trial.

    Raises:
        Cancelled: `is_cancelled` said yes; finished trials stay.
    """
    pruner = optuna.pruners.MedianPruner(
        n_startup_trials=TRIALS_BEFORE_PRUNING, n_warmup_steps=EPOCHS_BEFORE_PRUNING
    )
    study = optuna.create_study(
        storage=storage, study_name=name, direction="maximize", pruner=pruner, load_if_exists=True
    )
    drop_the_dead(study, storage)
    _try_the_base_first(study, base, space)
    while (done := _ended(study)) < n_trials:
        stop_if(is_cancelled)
        progress("search", done, n_trials)
        # A sampler begun anew draws the same again: its seed follows the trials.
        number = len(study.get_trials(deepcopy=False))
        seed = (base.seed + number * STEP_BETWEEN_SEEDS) % 2**32
        study.sampler = optuna.samplers.TPESampler(seed=seed)
        study.optimize(lambda trial: _objective(trial, attempt, base, space), n_trials=1)
        if after_trial:
            after_trial(found(study, space))
    progress("search", n_trials, n_trials)
    return found(study, space)


def found(study: optuna.Study, space: Space = SPACE) -> Found:
    """Return what a study knows so far."""
    trials = study.get_trials(deepcopy=False)
    finished = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    is_enough = len(finished) >= FEWEST_FOR_IMPORTANCE
    return Found(
        trials=tuple(_trial(trial) for trial in trials if trial.state != TrialState.WAITING),
        importances=_importances(study, finished) if is_enough else {},
        trends=tuple(_trends(finished, space)) if is_enough else (),
    )


def settings_of(base: TrainingConfig, settings: Mapping[str, Value]) -> TrainingConfig:
    """Return the base with a trial's settings in it."""
    return replace(base, **settings)  # type: ignore[arg-type]  # the space names its fields


def _objective(trial: optuna.Trial, attempt: Attempt, base: TrainingConfig, space: Space) -> float:
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
    """Let no search end worse than the settings it began with."""
    if study.get_trials(deepcopy=False):
        return
    values = {each.name: getattr(base, each.name) for each in space}
    study.enqueue_trial(
        {each.name: values[each.name] for each in space if each.holds(values[each.name])}
    )


def _ended(study: optuna.Study) -> int:
    states = (TrialState.COMPLETE, TrialState.PRUNED)
    return len(study.get_trials(deepcopy=False, states=states))


def _trial(trial: FrozenTrial) -> Trial:
    names = {TrialState.FAIL: "failed"}
    return Trial(
        number=trial.number,
        state=names.get(trial.state, trial.state.name.lower()),
        settings=dict(trial.params),
        accuracies=[
            trial.intermediate_values[epoch] for epoch in sorted(trial.intermediate_values)
        ],
        accuracy=trial.value if trial.state == TrialState.COMPLETE else None,
        seconds=trial.user_attrs.get("seconds"),
    )


def _importances(study: optuna.Study, finished: Sequence[FrozenTrial]) -> dict[str, float]:
    """Return each setting's share of what differs between trials; none if nothing does."""
    if len({trial.value for trial in finished}) < 2:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=0)
    return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))


def _trends(finished: Sequence[FrozenTrial], space: Space) -> list[Trend]:
    """Return the trend of each setting that has an order, the surest first."""
    trends = []
    accuracies = [trial.value for trial in finished]
    for name in [each.name for each in space]:
        values = [trial.params.get(name) for trial in finished]
        if any(isinstance(value, str | None) for value in values):
            continue
        # What never changes has no rank correlation with anything.
        if min(len(set(values)), len(set(accuracies))) > 1:
            rank = stats.spearmanr(values, accuracies)
            trends.append(Trend(name, float(rank.statistic), float(rank.pvalue), len(finished)))
    return sorted(trends, key=lambda trend: trend.p_value)
