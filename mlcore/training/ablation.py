"""What columns and modalities say of the category: the talk's two tables. Loads TensorFlow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from mlcore.corpus import columns
from mlcore.corpus.store import tokenise
from mlcore.heads import IMAGE, MALL, NAME
from mlcore.progress import Progress
from mlcore.text.tokenise import Tokeniser
from mlcore.training.config import TrainingConfig
from mlcore.training.ladder import DONE, Climbed, Ground, Rung, Step
from mlcore.training.rows import Pictures
from mlcore.training.rungs import NetworkRung, Tuning

BRAND = "brand"
COLUMNS = {"name": columns.NAME, "mall category": columns.MALL_CATEGORY, "brand": BRAND}
"""The columns of the talk's table."""

LENGTH = 50
"""Tokens read of joined columns: 30 of a name, 15 of a mall category, some of a brand."""


@dataclass(frozen=True)
class ColumnsRung:
    """The talk's text network over some columns, joined to one text."""

    config: TrainingConfig
    chosen: Sequence[str]

    def __call__(self, ground: Ground, folder: Path, progress: Progress) -> Climbed:
        """Train it on the joined text and answer the test rows."""
        joined = replace(
            ground,
            train=_joined(ground.train, self.chosen, ground.tokeniser),
            test=_joined(ground.test, self.chosen, ground.tokeniser),
        )
        config = replace(self.config, name_length=LENGTH)
        return NetworkRung(config, (NAME,), Tuning(), None)(joined, folder, progress)


def column_rungs(config: TrainingConfig) -> tuple[Rung, ...]:
    """Return a rung for each column and every union of them."""
    unions = [union for size in (1, 2, 3) for union in combinations(COLUMNS, size)]
    return tuple(
        Rung(
            key="columns_" + "_".join(name.split()[0] for name in union),
            title=" + ".join(union),
            climb=ColumnsRung(config, [COLUMNS[name] for name in union]),
            missing=_without([COLUMNS[name] for name in union]),
        )
        for union in unions
    )


def modality_rungs(config: TrainingConfig, pictures: Pictures | None) -> tuple[Rung, ...]:
    """Return the rungs of the second table: photos, text, both, and both on tuned rows."""
    text, both = (NAME, MALL), (NAME, MALL, IMAGE)
    tuned = Tuning(is_balanced=True, has_selfie=True, has_rules=True)
    steps = (
        ("image", "image only", (IMAGE,), Tuning()),
        ("text", "text only", text, Tuning()),
        ("both", "both", both, Tuning()),
        ("tuned", "both + tuning", both, tuned),
    )
    return tuple(
        Rung(
            f"modality_{key}",
            title,
            NetworkRung(config, branches, tuning, pictures),
            _seeing(branches, pictures),
        )
        for key, title, branches, tuning in steps
    )


def as_table(steps: Sequence[Step]) -> str:
    """Return the table: accuracy in training, against given categories, and on the test rows."""
    lines = ["| read | train | test |", "| --- | --- | --- |"]
    for step in steps:
        if step.state == DONE:
            train, test = step.notes["train_accuracy"], step.figures["accuracy"]
            lines.append(f"| {step.title} | {train:.4f} | {test:.4f} |")
        else:
            lines.append(f"| {step.title} | {step.state}: {step.reason} | |")
    return "\n".join(lines)


def _joined(rows: pa.Table, chosen: Sequence[str], tokeniser: Tokeniser) -> pa.Table:
    """Return the rows with these columns as their name; empty ones leave nothing behind."""
    texts = zip(*(rows[name].to_pylist() for name in chosen), strict=True)
    names = pa.chunked_array([[" ".join(filter(None, parts)) for parts in texts]], pa.string())
    tokens = tokenise(names, tokeniser)
    for name, values in ((columns.NAME, names), (columns.NAME_TOKENS, tokens)):
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    return rows


def _without(chosen: Sequence[str]) -> Callable[[Ground], str]:
    """Return what says that one of the columns is empty throughout."""

    def missing(ground: Ground) -> str:
        empty = [name for name in chosen if not any(ground.train[name].to_pylist())]
        return f"no row has a {' or '.join(empty).replace('_', ' ')}" if empty else ""

    return missing


def _seeing(branches: Sequence[str], pictures: Pictures | None) -> Callable[[Ground], str]:
    """Return what says that photos are read and there are none."""
    is_blind = IMAGE in branches and pictures is None
    return lambda ground: "there are no photos" if is_blind else ""
