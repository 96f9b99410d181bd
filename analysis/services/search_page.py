"""What the page of a search shows: its trials as a table, and what they say in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from labelhub.registry.models import Search
from mlcore.quality.intervals import Interval, wilson
from mlcore.training.search_space import SPACE

TITLES: Mapping[str, str | Promise] = {
    "hidden_size": gettext_lazy("Hidden units (fcl_dim)"),
    "filters": gettext_lazy("Filters (hidden_dim)"),
    "dropout": gettext_lazy("Dropout"),
    "word_dropout": gettext_lazy("Hidden words"),
    "activation": gettext_lazy("Activation"),
    "convolution_activation": gettext_lazy("Conv. activation"),
    "optimizer": gettext_lazy("Optimizer"),
    "batch_size": gettext_lazy("Batch size"),
    "learning_rate": gettext_lazy("Learning rate"),
}
STATES: Mapping[str, str | Promise] = {
    "complete": gettext_lazy("finished"),
    "pruned": gettext_lazy("ended early"),
    "failed": gettext_lazy("interrupted"),
    "running": gettext_lazy("running"),
}
DIGITS = 3  # significant ones of a setting that is a fraction
TOP_QUARTER = 4  # of the finished trials, one in so many is drawn as a good one


@dataclass(frozen=True)
class Trial:
    """
    One line of the table.

    Attributes:
        number: from 1, in the order of their beginnings.
        accuracy: of the finished training; None otherwise.
        reached: the highest held-out accuracy of its epochs; None before the first.
        settings: in the order of the table's columns; None where it was not told yet.
    """

    number: int
    state: str
    accuracy: float | None
    reached: float | None
    epochs: int
    seconds: float | None
    settings: Mapping[str, Any]
    is_best: bool
    is_good: bool

    @property
    def state_name(self) -> str:
        """What people call its state."""
        return str(STATES.get(self.state, self.state))

    @property
    def cells(self) -> list[str]:
        """The settings as the table shows them."""
        return [shown(self.settings.get(name)) for name in names()]


def _by_setting(name: str) -> Callable[[Trial], Any]:
    return lambda trial: _order(trial.settings.get(name))


def _order(value: Any) -> tuple[bool, float, str]:
    """Return what sorts numbers as numbers and words as words, nothing first."""
    if isinstance(value, int | float):
        return True, float(value), ""
    return value is not None, 0.0, str(value or "")


KEYS: dict[str, Callable[[Trial], Any]] = {
    "trial": lambda trial: trial.number,
    "state": lambda trial: (trial.state, trial.number),
    "accuracy": lambda trial: (trial.accuracy is not None, trial.accuracy or trial.reached or 0.0),
    "seconds": lambda trial: trial.seconds or 0.0,
    **{each.name: _by_setting(each.name) for each in SPACE},
}


def names() -> list[str]:
    """Return the settings of a search, in the order of the columns."""
    return [each.name for each in SPACE]


def title(name: str) -> str:
    """Return what people call a setting."""
    return str(TITLES.get(name, name))


def shown(value: Any) -> str:
    """Return a setting as people read it."""
    if value is None:
        return "–"
    if isinstance(value, float) and value:
        return f"{value:.{max(DIGITS - 1 - math.floor(math.log10(abs(value))), 0)}f}"
    return str(value)


def trials(search: Search) -> list[Trial]:
    """Return every trial that has begun, in the order of their numbers."""
    records = search.found.get("trials", [])
    best = search.found.get("best") or {}
    finished = sorted((each["accuracy"] for each in records if each["accuracy"]), reverse=True)
    bound = finished[math.ceil(len(finished) / TOP_QUARTER) - 1] if finished else math.inf
    return [
        Trial(
            number=each["number"] + 1,
            state=each["state"],
            accuracy=each["accuracy"],
            reached=max(each["accuracies"], default=None),
            epochs=len(each["accuracies"]),
            seconds=each["seconds"],
            settings=each["settings"],
            is_best=each["number"] == best.get("number"),
            is_good=each["accuracy"] is not None and each["accuracy"] >= bound,
        )
        for each in records
    ]


def ended(search: Search) -> int:
    """Return how many trials count: those that finished, and those that were ended early."""
    states = [each["state"] for each in search.found.get("trials", [])]
    return states.count("complete") + states.count("pruned")


def begun_with(search: Search, all_trials: Sequence[Trial]) -> Trial | None:
    """Return the finished trial of the settings that the search began with, if there is one."""
    wanted = {name: search.config.get(name) for name in names()}
    same = (trial for trial in all_trials if trial.accuracy is not None)
    return next((trial for trial in same if dict(trial.settings) == wanted), None)


def interval(search: Search) -> Interval | None:
    """Return the 95 % interval of the best accuracy over the held-out rows."""
    best, rows = search.found.get("best"), search.found.get("held_out_rows", 0)
    return wilson(round(best["accuracy"] * rows), rows) if best and rows else None


@dataclass(frozen=True)
class Weight:
    """How much a setting mattered: its importance, and whether accuracy rises with it."""

    name: str
    importance: float | None
    correlation: float | None
    p_value: float | None

    @property
    def title(self) -> str:
        """What people call the setting."""
        return title(self.name)


def weights(search: Search) -> list[Weight]:
    """Return what is known of each setting, the most important first; none at the beginning."""
    importances = search.found.get("importances", {})
    trends = {each["setting"]: each for each in search.found.get("trends", [])}
    known = sorted(
        importances.keys() | trends.keys(),
        key=lambda name: (-importances.get(name, 0.0), name),
    )
    return [
        Weight(
            name,
            importances.get(name),
            trends.get(name, {}).get("correlation"),
            trends.get(name, {}).get("p_value"),
        )
        for name in known
    ]


def settings_of(trial: Trial) -> list[tuple[str, str]]:
    """Return the title and value of each setting of a trial."""
    return [(title(name), shown(trial.settings.get(name))) for name in names()]
