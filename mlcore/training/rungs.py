"""The rungs that are networks, from the talk's TextCNN to the shipped one. Loads TensorFlow."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlcore.artifact import folder as files
from mlcore.artifact import refurbished, runtime
from mlcore.artifact.export import Content, export
from mlcore.artifact.runtime import LightModel
from mlcore.corpus import columns
from mlcore.heads import IMAGE, MALL, NAME
from mlcore.progress import Progress
from mlcore.quality.scores import accuracy
from mlcore.text.tokenise import Tokeniser
from mlcore.training.baselines import without_malls
from mlcore.training.config import SELFIE, TrainingConfig
from mlcore.training.fit import Trained, fit
from mlcore.training.ladder import Climbed, Ground, Rung
from mlcore.training.learnt_rows import balanced, ruled
from mlcore.training.rows import Pictures

LOOKED_BACK_AT = 5_000
"""Rows that it learnt from of which a network is asked again, for the accuracy in training."""


@dataclass(frozen=True)
class Tuning:
    """What is done to the rows before and while a network learns from them."""

    is_balanced: bool = False
    has_selfie: bool = False
    has_rules: bool = False


@dataclass(frozen=True)
class NetworkRung:
    """
    A network with everything that the rungs below have.

    Attributes:
        config: its settings but for the branches.
        branches: what it would read; it reads those that the rows have.
        tuning: what is done to the rows.
        pictures: features of the products' photos, if there are any.
    """

    config: TrainingConfig
    branches: Sequence[str]
    tuning: Tuning
    pictures: Pictures | None

    def __call__(self, ground: Ground, folder: Path, progress: Progress) -> Climbed:
        """Train it, export it, and answer the test rows as the light runtime does."""
        begin = time.perf_counter()
        folder.mkdir(parents=True, exist_ok=True)
        rows = learnt(ground, self.tuning)
        config = self._settings(ground)
        trained = fit(
            rows,
            config,
            folder,
            pictures=self.pictures,
            unlabelled=ground.unlabelled_tokens,
            progress=progress,
        )
        export(_content(trained, config, self.pictures, ground.tokeniser), folder / "model")
        fitted = time.perf_counter()
        model = runtime.load(folder / "model")
        known = self._known(ground.test, config)
        asked = time.perf_counter()
        predicted = model.predict(ground.test[columns.NAME].to_pylist(), **known).paths()
        seconds = time.perf_counter() - asked
        return Climbed(
            predicted=predicted,
            fit_seconds=fitted - begin,
            rows_per_second=len(predicted) / seconds,
            size=_size(folder / "model"),
            notes={
                "rows": rows.num_rows,
                "epochs": len(trained.history),
                "train_accuracy": self._looked_back(model, rows, config),
                **trained.scores.get("cleaning", {}),
                **_corrections(trained, ground),
            },
        )

    def _looked_back(self, model: LightModel, rows: pa.Table, config: TrainingConfig) -> float:
        """Return the accuracy on rows that it learnt from, against their given categories."""
        seen = rows.slice(0, LOOKED_BACK_AT)
        answers = model.predict(seen[columns.NAME].to_pylist(), **self._known(seen, config)).paths()
        given = seen[columns.CATEGORY].to_pylist()
        return accuracy([(path,) for path in given], [(path,) for path in answers])

    def _settings(self, ground: Ground) -> TrainingConfig:
        """Return the settings with the branches that the rows have, and SELFIE if wanted."""
        lacking = {MALL: bool(without_malls(ground)), IMAGE: self.pictures is None}
        present = tuple(branch for branch in self.branches if not lacking.get(branch))
        config = replace(self.config, branches=present)
        if not self.tuning.has_selfie:
            return config
        return replace(config, epochs=max(config.epochs, 2), cleaning=SELFIE)

    def _known(self, rows: pa.Table, config: TrainingConfig) -> dict[str, Any]:
        """Return what the light runtime reads beside names; photos are decoded before."""
        known: dict[str, Any] = {}
        if MALL in config.branches:
            known["mall_categories"] = rows[columns.MALL_CATEGORY].to_pylist()
            known["malls"] = rows[columns.MALL_NAME].to_pylist()
        if IMAGE in config.branches and self.pictures is not None:
            known["pictures"] = self.pictures.of(rows[columns.IMAGE].to_pylist())
        return known


def network_rungs(
    talk: TrainingConfig, default: TrainingConfig, pictures: Pictures | None
) -> tuple[Rung, ...]:
    """
    Return the rungs that are networks, each with what those below have.

    Args:
        talk: settings of the talk's network, for all rungs but the last.
        default: settings of the shipped one.
        pictures: features of the products' photos, if there are any.
    """
    alone = replace(talk, side_weight=0.0)
    every = (NAME, MALL, IMAGE)
    plain, even = Tuning(), Tuning(is_balanced=True)
    selfie, all_of_it = Tuning(True, True), Tuning(True, True, True)
    shipped = Tuning(is_balanced=True, has_rules=True)  # cleans if its settings say so

    def rung(
        key: str, title: str, config: TrainingConfig, branches: Sequence[str], tuning: Tuning
    ) -> Rung:
        climb = NetworkRung(config, branches, tuning, pictures)
        return Rung(key, title, climb, _missing(key, pictures))

    return (
        rung("text_cnn", "The talk's TextCNN", alone, every[:1], plain),
        rung("mall", "+ mall category", alone, every[:2], plain),
        rung("image", "+ image", alone, every, plain),
        rung("heads", "+ all heads", talk, every, plain),
        rung("balance", "+ class and month balance", talk, every, even),
        rung("selfie", "+ SELFIE", talk, every, selfie),
        rung("rules", "+ exclusion rules", talk, every, all_of_it),
        rung("default", "Default", default, every, shipped),
        rung("cleaned", "Default + SELFIE", default, every, all_of_it),
    )


def learnt(ground: Ground, tuning: Tuning) -> pa.Table:
    """Return the rows that a rung learns from."""
    if not tuning.is_balanced:
        return ground.learnt
    pool = ruled(ground.train, ground.rules) if tuning.has_rules else ground.train
    return balanced(pool, ground.settings.get("learnt"))


def _corrections(trained: Trained, ground: Ground) -> dict[str, Any]:
    """Return how many of the corrected labels are true, where the truth is known."""
    if trained.refurbished is None or not ground.truths:
        return {}
    found = trained.refurbished
    products, paths = found[refurbished.ID].to_pylist(), found[refurbished.NEW].to_pylist()
    right = sum(
        ground.truths.get(product) == path for product, path in zip(products, paths, strict=True)
    )
    return {"refurbished_right": right}


def _missing(key: str, pictures: Pictures | None) -> Callable[[Ground], str]:
    """Return what says why the data cannot carry the rung."""

    def missing(ground: Ground) -> str:
        no_malls, no_photos = without_malls(ground), "" if pictures else "there are no photos"
        reasons = {
            "mall": no_malls,
            "image": no_photos,
            "heads": no_malls and no_photos and "there is one branch alone",
            "rules": "" if ground.rules else "there are no exclusion rules",
        }
        return reasons.get(key, "")

    return missing


def _size(folder: Path) -> int:
    """Return the bytes that answering takes, without the weights for explanations."""
    kept = (file for file in folder.iterdir() if file.name != files.WEIGHTS)
    return sum(file.stat().st_size for file in kept)


def _content(
    trained: Trained, config: TrainingConfig, pictures: Pictures | None, tokeniser: Tokeniser
) -> Content:
    return Content(
        model=trained.model,
        encoder=trained.encoder,
        tokeniser=tokeniser,
        categories=trained.categories,
        config=config.as_record(),
        scores={"history": [asdict(figures) for figures in trained.history]},
        held_out=trained.held_out.inputs,
        backbone=pictures.backbone if pictures and IMAGE in config.branches else None,
    )
