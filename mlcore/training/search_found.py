"""What a search knows so far: its trials, and what they say about the settings."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState
from scipy import stats

from mlcore.training.search_sizes import Sizes, Tried, compare
from mlcore.training.search_space import SPACE, Space, Value

FEWEST_FOR_IMPORTANCE = 8
"""Finished trials before anything is said about the settings."""

TREES = 32
"""Of the forest behind the importances: half of Optuna's, in half of the time."""

SURE = 0.05
"""Largest p-value at which a trend is called one."""

SIZE = "hidden_size"
"""The setting of which the talk says that small values win."""


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
    """
    What a search knows so far.

    Attributes:
        importances: each setting's share of what differs between finished trials.
        trends: of the settings that have an order, the surest first.
        sizes: small hidden layers against large ones; None where the space has no such setting.
    """

    trials: tuple[Trial, ...]
    importances: dict[str, float]
    trends: tuple[Trend, ...]
    sizes: Sizes | None = None

    @property
    def best(self) -> Trial | None:
        """The finished trial of the highest accuracy, the earliest of equal ones."""
        finished = [trial for trial in self.trials if trial.accuracy is not None]
        return max(finished, key=lambda trial: trial.accuracy or 0.0, default=None)

    def as_record(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        best = self.best
        return {
            **asdict(self),
            "sizes": self.sizes.as_record() if self.sizes else None,
            "best": asdict(best) if best else None,
        }


def found(study: optuna.Study, space: Space = SPACE) -> Found:
    """Return what a study knows so far."""
    trials = study.get_trials(deepcopy=False)
    finished = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    is_enough = len(finished) >= FEWEST_FOR_IMPORTANCE
    return Found(
        trials=tuple(_trial(trial) for trial in trials if trial.state != TrialState.WAITING),
        importances=_importances(study, finished) if is_enough else {},
        trends=tuple(_trends(finished, space)) if is_enough else (),
        sizes=_sizes(trials) if any(each.name == SIZE for each in space) else None,
    )


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


def _sizes(trials: Sequence[FrozenTrial]) -> Sizes:
    ended = (TrialState.COMPLETE, TrialState.PRUNED)
    return compare(
        [
            Tried(size=float(trial.params[SIZE]), accuracy=_final(trial))
            for trial in trials
            if trial.state in ended and SIZE in trial.params
        ]
    )


def _final(trial: FrozenTrial) -> float | None:
    return trial.value if trial.state == TrialState.COMPLETE else None
