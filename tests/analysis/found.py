"""Searches and ladders that have found something, without a training."""

from __future__ import annotations

from typing import Any

from labelhub.registry.models import Corpus, Ladder, Search
from mlcore.training.config import WORDS, TrainingConfig
from tests.factories import NOW, CorpusFactory

CONFIG = TrainingConfig(name_reads=WORDS)
BEGUN_WITH = {
    "hidden_size": CONFIG.hidden_size,
    "filters": CONFIG.filters,
    "dropout": CONFIG.dropout,
    "word_dropout": CONFIG.word_dropout,
    "activation": CONFIG.activation,
    "convolution_activation": CONFIG.convolution_activation,
    "optimizer": CONFIG.optimizer,
    "batch_size": CONFIG.batch_size,
    "learning_rate": CONFIG.learning_rate,
}


def trial(number: int, accuracy: float | None, state="complete", **settings: Any) -> dict[str, Any]:
    """Return a trial as a worker keeps it; one that was ended early has seen one epoch."""
    return {
        "number": number,
        "state": state,
        "settings": BEGUN_WITH | settings,
        "accuracies": [accuracy if accuracy is not None else 0.25],
        "accuracy": accuracy,
        "seconds": 12.5,
    }


def sizes(verdict: str, **values: Any) -> dict[str, Any]:
    """Return a comparison of small with large layers."""
    side = {"finished": 6, "pruned": 1, "best": 0.875, "median": 0.75}
    return {
        "small": side,
        "large": side | {"best": 0.625, "median": 0.5, "pruned": 0},
        "superiority": 0.9,
        "p_value": 0.01,
        "verdict": verdict,
        "small_up_to": 128,
        **values,
    }


def search(*trials: dict[str, Any], corpus: Corpus | None = None, **found: Any) -> Search:
    """Return a search that has tried these."""
    finished = [each for each in trials if each["accuracy"] is not None]
    return Search.objects.create(
        name=f"search{Search.objects.count()}",
        corpus=corpus or CorpusFactory(),
        config=CONFIG.as_record(),
        trials=30,
        workers=2,
        found={
            "trials": list(trials),
            "best": max(finished, key=lambda each: each["accuracy"], default=None),
            "importances": {},
            "trends": [],
            "sizes": None,
            "held_out_rows": 400,
            **found,
        },
        created_at=NOW,
    )


def step(key: str, title: str, accuracy: float, **values: Any) -> dict[str, Any]:
    """Return a rung that is done as the worker keeps it."""
    return {
        "key": key,
        "title": title,
        "state": "done",
        "reason": "",
        "figures": {
            "n": 200,
            "accuracy": accuracy,
            "levels": {"1": 0.875, "2": accuracy},
            "macro_f1": 0.5,
        },
        "given_accuracy": accuracy,
        "fit_seconds": 75.0,
        "rows_per_second": 12_000,
        "size": 2_500_000,
        "notes": {},
        "gain": None,
        **values,
    }


def lacking(key: str, title: str, state: str, reason: str) -> dict[str, Any]:
    """Return a rung without figures."""
    nothing = dict.fromkeys(("given_accuracy", "fit_seconds", "rows_per_second", "size", "gain"))
    base = {"key": key, "title": title, "state": state, "reason": reason}
    return {**base, "figures": {}, "notes": {}, **nothing}


def ladder(*steps: dict[str, Any]) -> Ladder:
    """Return a ladder whose rungs went so."""
    return Ladder.objects.create(
        corpus=CorpusFactory(),
        config=CONFIG.as_record(),
        ground={"train_rows": 800, "learnt_rows": 800, "test_rows": 200},
        steps=list(steps),
        created_at=NOW,
    )
