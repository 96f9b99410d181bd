"""`search`: look for better settings of a training, over as many processes as you start."""

import argparse
import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlcore.commands import files
from mlcore.corpus.folder import read_json, write_json
from mlcore.corpus.pieces import pieces_of
from mlcore.progress import BadInput, never
from mlcore.training.config import NOTHING, WORDS, TrainingConfig

TRIALS = 30

FOUND_FILE, BEST_FILE = "search.json", "config.json"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    search = commands.add_parser("search", help="look for better settings of a training")
    search.add_argument("--rows", type=Path, required=True, help="CSV or Parquet with labels")
    search.add_argument("--out", type=Path, required=True, help="folder of what is found")
    search.add_argument("--trials", type=int, default=TRIALS, help="in all, earlier ones included")
    search.add_argument("--storage", help="postgresql://… that several processes share")
    search.add_argument("--name", help="of the search in that storage; the folder's unless given")
    search.add_argument("--config", type=Path, help="JSON file with the settings to begin with")
    search.add_argument("--epochs", type=int, help="of each trial, instead of the settings' own")
    search.add_argument("--seed", type=int, help="instead of the settings' own")
    files.add_words(search)
    files.add_keep_good(search)
    search.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Search; called again it goes on. The best settings are a file for `fit --config`."""
    if options.trials < 1:
        raise BadInput(f"--trials must be at least 1, not {options.trials}.")
    base = _base(options)
    rows = files.labelled(options.rows, keep_good=options.keep_good)
    rows = files.tokenised(rows, files.tokeniser_of(options))
    # TensorFlow writes to both streams while it loads; results alone go to stdout.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with (
        contextlib.redirect_stdout(sys.stderr),
        _storage(options) as storage,
        tempfile.TemporaryDirectory(prefix="labelhub-search-") as work,
    ):
        from mlcore.training.attempts import attempts_on
        from mlcore.training.rows import prepare
        from mlcore.training.search import search, settings_of

        arrays = prepare(rows, base, Path(work), progress=files.show, is_cancelled=never)
        found = search(
            attempts_on(arrays, is_cancelled=never),
            base=base,
            storage=storage,
            name=options.name or options.out.resolve().name,
            n_trials=options.trials,
            identity=_identity(rows, base),
            progress=files.show,
        )
    options.out.mkdir(parents=True, exist_ok=True)
    write_json(options.out / FOUND_FILE, found.as_record())
    best = found.best
    if best is not None:
        write_json(options.out / BEST_FILE, settings_of(base, best.settings).as_record())
    files.put(
        {
            "trials": len(found.trials),
            "best": asdict(best) if best else None,
            "importances": found.importances,
            "trends": [asdict(trend) for trend in found.trends],
        }
    )


def _base(options: argparse.Namespace) -> TrainingConfig:
    record = read_json(options.config) if options.config else {}
    if not isinstance(record, dict):
        raise BadInput(f"{options.config} does not hold an object of settings.")
    # What is searched through are the sizes of the talk's network.
    record = {"name_reads": WORDS} | record
    given = {"epochs": options.epochs, "seed": options.seed}
    record |= {name: value for name, value in given.items() if value is not None}
    config = TrainingConfig.from_record(record)
    if config.cleaning != NOTHING:
        raise BadInput("Search without cleaning; it trains several times for each trial.")
    return config


def _identity(rows: pa.Table, base: TrainingConfig) -> str:
    """Return a hash of what trials must have in common to be compared."""
    settings = json.dumps(base.as_record(), sort_keys=True)
    return hashlib.sha256(f"{pieces_of(rows).fingerprint}{settings}".encode()).hexdigest()


@contextmanager
def _storage(options: argparse.Namespace) -> Iterator[Any]:
    # Optuna takes a second to load, which no other command should wait for.
    from mlcore.training import search_storage

    shared, alone = search_storage.shared, search_storage.in_folder
    with shared(options.storage) if options.storage else alone(options.out) as storage:
        yield storage
