"""The ladder: from the simplest answer to the shipped one, each rung on the same rows."""

import hashlib
import json
import textwrap
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlcore import taxonomy
from mlcore.corpus import columns
from mlcore.corpus.folder import read_json, write_json
from mlcore.exclusion import ExclusionRule
from mlcore.progress import BadInput, Cancelled, IsCancelled, Progress, never, silent, stop_if
from mlcore.quality.intervals import agresti_min
from mlcore.quality.scores import accuracy, level_accuracies, macro_f1
from mlcore.text.tokenise import Tokeniser, shipped
from mlcore.training.learnt_rows import drawn

GROUND_FILE = "ground.json"

LONGEST_REASON = 200
"""Letters of why a rung failed that are told."""

DONE, FAILED, NOT_APPLICABLE = "done", "failed", "not applicable"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """
    What every rung of one ladder stands on.

    Attributes:
        train, test: rows with tokens, as `mlcore.corpus.store` writes them; no rung sees the
            categories of `test`.
        truths: true path by product id, where it is known; else the given one is measured by.
        unlabelled: further names without a category.
        rules: exclusion rules for the rung that applies them.
        noise_rate: share of wrong given categories, as far as it is known; 0 is not.
        tokeniser: what split the rows.
        settings: what else decides the figures, for the ladder to know itself again.
    """

    train: pa.Table
    test: pa.Table
    truths: Mapping[str, str] = field(default_factory=dict)
    unlabelled: Sequence[str] = ()
    rules: tuple[ExclusionRule, ...] = ()
    noise_rate: float = 0.0
    tokeniser: Tokeniser = field(default_factory=shipped)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def learnt(self) -> pa.Table:
        """The training rows, or as many of them as `settings["learnt"]` asks for."""
        return drawn(self.train, self.settings.get("learnt"))

    @cached_property
    def unlabelled_tokens(self) -> list[list[str]]:
        """The tokens of the further names."""
        return [self.tokeniser.tokens(name) for name in self.unlabelled]

    @cached_property
    def given(self) -> list[taxonomy.Path]:
        """The given path of each test row."""
        return [taxonomy.split_path(path) for path in self.test[columns.CATEGORY].to_pylist()]

    @cached_property
    def truth(self) -> list[taxonomy.Path] | None:
        """The true path of each test row, if all are known."""
        ids = self.test[columns.ID].to_pylist()
        if not self.truths or not all(product in self.truths for product in ids):
            return None
        return [taxonomy.split_path(self.truths[product]) for product in ids]

    @property
    def fingerprint(self) -> str:
        """Hash of the rows and of what else decides the figures."""
        digest = hashlib.sha256(json.dumps(self.settings, sort_keys=True, default=str).encode())
        digest.update(self.tokeniser.fingerprint.encode())
        for name in self.unlabelled:
            digest.update(f"{name}\x1f".encode())
        for table in (self.train, self.test):
            for name in (columns.ID, columns.NAME, columns.CATEGORY):
                for text in table[name].to_pylist():
                    digest.update(f"{text}\x1f".encode())
        for path in self.truth or ():
            digest.update(f"{path}\x1f".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Climbed:
    """
    What a rung brings back.

    Attributes:
        predicted: written path of each test row.
        fit_seconds: from the rows to something that answers.
        rows_per_second: names to answers, tokenising included.
        size: bytes of what has to be kept to answer.
        notes: further figures of this rung alone.
    """

    predicted: Sequence[str]
    fit_seconds: float
    rows_per_second: float
    size: int
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rung:
    """
    One step of the ladder.

    Attributes:
        key: its name in files.
        title: its name in tables.
        climb: does the work, in a folder of its own that is empty or holds what a killed
            run left.
        missing: says what the data lack for it, or nothing.
    """

    key: str
    title: str
    climb: Callable[[Ground, Path, Progress], Climbed]
    missing: Callable[[Ground], str] = lambda ground: ""


@dataclass(frozen=True)
class Step:
    """
    How a rung went.

    Attributes:
        state: `done`, `failed` or `not applicable`, with a reason for the latter two.
        figures: `accuracy`, `levels`, `macro_f1`, against the truth where it is known.
        given_accuracy: accuracy against the given categories.
        gain: accuracy minus that of the last rung below that is done, and its 95 % interval
            over the test rows, which both were measured on; none for the first.
    """

    key: str
    title: str
    state: str
    reason: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    given_accuracy: float | None = None
    fit_seconds: float | None = None
    rows_per_second: float | None = None
    size: int | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    gain: Mapping[str, Any] | None = None


def climb(
    ground: Ground,
    rungs: Sequence[Rung],
    folder: Path,
    *,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
    after_rung: Callable[[Sequence[Step]], None] | None = None,
) -> list[Step]:
    """
    Climb the rungs one after the other and return how each went.

    A rung that is done is kept in the folder: a ladder that was killed goes on behind it. One
    that fails is reported, and tried again by the next call.

    Args:
        after_rung: is shown the steps so far after each rung.

    Raises:
        BadInput: the folder holds a ladder over other rows or settings, or there are no
            test rows, or training rows of one category alone.
        Cancelled: `is_cancelled` said yes; the rungs that were done are kept.
    """
    if not ground.test.num_rows or not ground.train.num_rows:
        raise BadInput("A ladder takes rows to train on and rows to measure on.")
    if len(ground.train[columns.CATEGORY].unique()) < 2:
        raise BadInput("A ladder takes rows of two categories or more to train on.")
    _take(folder, ground)
    steps: list[Step] = []
    below: npt.NDArray[np.bool_] | None = None
    for number, rung in enumerate(rungs):
        stop_if(is_cancelled)
        progress(rung.title, number, len(rungs))
        step, right = _step(ground, rung, folder, progress)
        if right is not None:
            step = Step(**{**vars(step), "gain": _gain(below, right)})
            below = right
        steps.append(step)
        if after_rung:
            after_rung(steps)
    progress("done", len(rungs), len(rungs))
    return steps


def _take(folder: Path, ground: Ground) -> None:
    """Begin the folder, or make sure that it was begun with the same rows."""
    file = folder / GROUND_FILE
    folder.mkdir(parents=True, exist_ok=True)
    if file.exists() and read_json(file)["fingerprint"] != ground.fingerprint:
        raise BadInput(f"{folder} holds a ladder over other rows or settings; choose another.")
    write_json(file, {"fingerprint": ground.fingerprint, "settings": dict(ground.settings)})


def _step(
    ground: Ground, rung: Rung, folder: Path, progress: Progress
) -> tuple[Step, npt.NDArray[np.bool_] | None]:
    """Return how the rung went, and which test rows it got right if it is done."""
    record, rights = folder / f"{rung.key}.json", folder / f"{rung.key}.npy"
    if record.exists() and rights.exists():
        return Step(**read_json(record)), np.load(rights)
    if reason := rung.missing(ground):
        return Step(rung.key, rung.title, NOT_APPLICABLE, reason), None
    try:
        begin = time.perf_counter()
        climbed = rung.climb(ground, folder / rung.key, progress)
        seconds = time.perf_counter() - begin
    except Cancelled:
        raise
    except Exception as problem:  # one rung never loses the others
        (folder / f"{rung.key}.failed.txt").write_text(traceback.format_exc(), encoding="utf-8")
        # TensorFlow's go on with every function that led there; the file has all of it.
        reason = textwrap.shorten(
            f"{type(problem).__name__}: {problem}", LONGEST_REASON, placeholder=" …"
        )
        return Step(rung.key, rung.title, FAILED, reason), None
    step, right = _measured(ground, rung, climbed, seconds)
    np.save(rights, right)
    write_json(record, asdict(step))
    return step, right


def _measured(
    ground: Ground, rung: Rung, climbed: Climbed, seconds: float
) -> tuple[Step, npt.NDArray[np.bool_]]:
    predicted = [taxonomy.split_path(path) for path in climbed.predicted]
    truth = ground.truth or ground.given
    right = np.array([t == p for t, p in zip(truth, predicted, strict=True)], dtype=np.bool_)
    levels = level_accuracies(truth, predicted)
    step = Step(
        key=rung.key,
        title=rung.title,
        state=DONE,
        figures={
            "n": len(truth),
            "accuracy": float(right.mean()),
            "levels": {str(level): share for level, share in levels.items()},
            "macro_f1": macro_f1(truth, predicted),
        },
        given_accuracy=accuracy(ground.given, predicted),
        fit_seconds=round(climbed.fit_seconds, 1),
        rows_per_second=round(climbed.rows_per_second),
        size=climbed.size,
        notes={**climbed.notes, "seconds": round(seconds, 1)},
    )
    return step, right


def _gain(
    below: npt.NDArray[np.bool_] | None, right: npt.NDArray[np.bool_]
) -> dict[str, float] | None:
    if below is None:
        return None
    lost, won = int((below & ~right).sum()), int((~below & right).sum())
    low, high = agresti_min(lost, won, len(right))
    return {"points": (won - lost) / len(right), "low": low, "high": high}
