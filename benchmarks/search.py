"""
Whether a small hidden layer wins on real names, as it did in the talk.

    ./run bench search [--rows 8000] [--trials 40] [--epochs 5] [--work DIR] [--out FILE]

Searches the talk's settings on names of the Naver file. A quarter of the rows is held out, so that
trials differ by more than the chance of which rows were asked. Called again with the same --work
folder, a search that was killed goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.noise import DATA, read  # noqa: E402  # after sys.path
from mlcore.progress import never, silent  # noqa: E402
from mlcore.training.config import WORDS, TrainingConfig  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "search.json"
HELD_OUT = 0.25


def main() -> int:
    """Search, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=8_000)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--work", type=Path, help="keeps the trials; else a folder that passes")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if not (DATA / "naver").is_dir():
        print(f"skipped: {DATA} holds no Naver names")
        return 0
    with tempfile.TemporaryDirectory(prefix="labelhub-search-") as passing:
        work = options.work or Path(passing)
        found = searched(options, work, Path(passing) / "arrays")
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: found[name] for name in ("best", "importances", "sizes")}, indent=1))
    return 0


def searched(options: argparse.Namespace, work: Path, arrays: Path) -> dict[str, object]:
    """Return the figures of the search, and the settings that it ran under."""
    from mlcore.training import search_storage
    from mlcore.training.attempts import attempts_on
    from mlcore.training.rows import prepare
    from mlcore.training.search import search

    base = replace(
        TrainingConfig(), name_reads=WORDS, epochs=options.epochs, validation_share=HELD_OUT
    )
    arrays.mkdir()
    table = read(DATA / "naver" / "train_47k.csv", options.rows, seed=0)
    rows = prepare(table, base, arrays, progress=silent, is_cancelled=never)
    begin = time.perf_counter()
    with search_storage.in_folder(work) as storage:
        found = search(
            attempts_on(rows, is_cancelled=never),
            base=base,
            storage=storage,
            name="naver",
            n_trials=options.trials,
            progress=lambda stage, done, total: print(f"{stage} {done}/{total}", file=sys.stderr),
        )
    trends = [asdict(trend) for trend in found.trends]
    return {
        "rows": options.rows,
        "held_out_rows": len(rows.held_out),
        "epochs": options.epochs,
        "processors": os.cpu_count(),
        "seconds": round(time.perf_counter() - begin),
        **found.as_record(),
        "trends": trends,
    }


if __name__ == "__main__":
    sys.exit(main())
