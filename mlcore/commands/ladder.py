"""`ladder`: measure every model from the simplest to the shipped one on the same rows."""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mlcore.artifact.pictures import SeenPictures, seen
from mlcore.commands import files, pictures
from mlcore.corpus import columns, source
from mlcore.corpus.folder import read_json, write_json
from mlcore.corpus.rules_file import read_rules
from mlcore.corpus.store import with_derived
from mlcore.progress import BadInput
from mlcore.training.baselines import PEERS
from mlcore.training.config import TrainingConfig
from mlcore.training.ladder import Ground, climb
from mlcore.training.ladder_table import as_record, as_table
from mlcore.training.split import held_out

SHARE = 0.2
"""Rows held out where no file of rows to measure on is given."""

TRUE_PATH = "true_path"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    ladder = commands.add_parser("ladder", help="measure all models on the same rows")
    add_ground(ladder)
    ladder.set_defaults(run=run)


def add_ground(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is measured on which rows."""
    parser.add_argument("--rows", type=Path, required=True, help="CSV or Parquet with labels")
    parser.add_argument("--out", type=Path, required=True, help="keeps the rungs that are done")
    parser.add_argument("--test", type=Path, help="rows to measure on; else a fifth is held out")
    parser.add_argument("--truth", type=Path, help="product_id and true_path, to measure by")
    parser.add_argument("--unlabelled", type=Path, help="rows with further names")
    parser.add_argument("--rules", type=Path, help="CSV of exclusion rules")
    parser.add_argument("--learn", type=int, help="rows that each rung learns from; else all")
    parser.add_argument("--config", type=Path, help="JSON file with settings of the default")
    parser.add_argument("--epochs", type=int, help="instead of the settings' own")
    parser.add_argument("--seed", type=int, help="instead of the settings' own")
    files.add_keep_good(parser)
    files.add_words(parser)
    pictures.add_source(parser)
    pictures.add_backbone(parser)


def run(options: argparse.Namespace) -> None:
    """Climb what is not done yet; the table goes to stderr, one JSON object to stdout."""
    ground = ground_of(options)
    config = TrainingConfig.from_record(dict(ground.settings["config"]))
    # TensorFlow writes to both streams while it loads; results alone go to stdout.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with contextlib.redirect_stdout(sys.stderr):
        from mlcore.training.bag import BAG
        from mlcore.training.rungs import network_rungs

        with pictures_of(options, ground.learnt, config) as found:
            talk = config.as_in_the_talk()
            rungs = (*PEERS, BAG, *network_rungs(talk, config, found))
            steps = climb(ground, rungs, options.out, progress=files.show)
    sys.stderr.write(f"\n{as_table(steps)}\n")
    record: dict[str, object] = {"settings": dict(ground.settings), "rungs": as_record(steps)}
    write_json(options.out / "ladder.json", record)
    files.put(record)


@contextlib.contextmanager
def pictures_of(
    options: argparse.Namespace, rows: pa.Table, config: TrainingConfig
) -> Iterator[SeenPictures | None]:
    """Give the photos as a backbone sees them that the first rungs' rows have taught, if any."""
    if options.images is None:
        yield None
        return
    cache = options.cache or options.out / "features"
    with (
        pictures.backbone_for(options, rows, config) as backbone,
        seen(backbone, options.images, cache=cache, progress=files.show) as found,
    ):
        yield found


def ground_of(options: argparse.Namespace) -> Ground:
    """Read everything that the rungs stand on."""
    config, tokeniser = _config(options), files.tokeniser_of(options)
    keep_good = options.keep_good
    rows = with_derived(files.labelled(options.rows, keep_good=keep_good), tokeniser)
    if options.test:
        test = with_derived(files.labelled(options.test, keep_good=keep_good), tokeniser)
        train = rows
    else:
        is_test = pa.array(held_out(rows[columns.ID].to_pylist(), SHARE))
        train, test = rows.filter(pc.invert(is_test)), rows.filter(is_test)
    truths = _truths(options.truth)
    if truths and (lacking := set(test[columns.ID].to_pylist()) - truths.keys()):
        raise BadInput(
            f"{options.truth.name} lacks {len(lacking)} of the {test.num_rows} rows to measure on, "
            f"such as {min(lacking)}."
        )
    return Ground(
        train=train,
        test=test,
        truths=truths,
        unlabelled=_names(options.unlabelled),
        rules=read_rules(options.rules) if options.rules else (),
        tokeniser=tokeniser,
        settings={
            "rows": options.rows.name,
            "train_rows": train.num_rows,
            "test_rows": test.num_rows,
            "learnt": options.learn,
            "seed": config.seed,
            "images": _look(options),
            "config": config.as_record(),
        },
    )


def _config(options: argparse.Namespace) -> TrainingConfig:
    record = read_json(options.config) if options.config else {}
    if not isinstance(record, dict):
        raise BadInput(f"{options.config} does not hold an object of settings.")
    given = {"epochs": options.epochs, "seed": options.seed}
    record |= {name: value for name, value in given.items() if value is not None}
    return TrainingConfig.from_record(record)


def _look(options: argparse.Namespace) -> dict[str, Any]:
    """Return how pictures are looked at, as settings that tell two ladders apart."""
    asked = ("images", "backbone", "backbone_weights", "side", "precision", "tune_blocks")
    given = {name: getattr(options, name) for name in asked}
    return {name: str(value) for name, value in given.items()} if options.images else {}


def _truths(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    table = source.read(path, required=(columns.ID, TRUE_PATH)).table
    return dict(zip(table[columns.ID].to_pylist(), table[TRUE_PATH].to_pylist(), strict=True))


def _names(path: Path | None) -> list[str]:
    if path is None:
        return []
    names: list[str] = source.read(path).table[columns.NAME].to_pylist()
    return names
