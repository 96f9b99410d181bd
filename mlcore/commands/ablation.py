"""`ablation`: measure what each column and each modality says about the category."""

import argparse
import contextlib
import os
import sys
from typing import Any

from mlcore.commands import files, ladder
from mlcore.corpus.folder import write_json
from mlcore.training.config import TrainingConfig
from mlcore.training.ladder import climb
from mlcore.training.ladder_table import as_record


def add(commands: Any) -> None:
    """Add the command to the parser."""
    ablation = commands.add_parser("ablation", help="measure what columns and photos say")
    ladder.add_ground(ablation)
    ablation.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Measure what is not done yet; the tables go to stderr, one JSON object to stdout."""
    ground = ladder.ground_of(options)
    config = TrainingConfig.from_record(dict(ground.settings["config"]))
    config = config.as_in_the_talk()  # the talk's tables are of the talk's network
    # TensorFlow writes to both streams while it loads; results alone go to stdout.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    record: dict[str, object] = {"settings": dict(ground.settings)}
    with contextlib.redirect_stdout(sys.stderr):
        from mlcore.training import ablation

        with ladder.pictures_of(options, ground.learnt, config) as found:
            tables = {
                "columns": ablation.column_rungs(config),
                "modalities": ablation.modality_rungs(config, found),
            }
            for name, rungs in tables.items():
                steps = climb(ground, rungs, options.out, progress=files.show)
                sys.stderr.write(f"\n{ablation.as_table(steps)}\n")
                record[name] = as_record(steps)
    write_json(options.out / "ablation.json", record)
    files.put(record)
