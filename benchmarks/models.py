"""
How right the text models are on real product names, beside the best linear peer.

    LABELHUB_REAL_DATA=FOLDER ./run bench models [--only naver_fifth naver_all flipkart]

Needs the real rows, which the repository does not hold; says so and ends without them. All
models of a table see the same rows. A run that is stopped goes on behind the models that are done.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from mlcore.commands.files import labelled, tokenised  # noqa: E402  # after the path
from mlcore.corpus import columns  # noqa: E402
from mlcore.progress import Progress  # noqa: E402
from mlcore.text.tokenise import MecabTokeniser  # noqa: E402
from mlcore.training.baselines import linear_svc, logistic  # noqa: E402
from mlcore.training.config import TrainingConfig  # noqa: E402
from mlcore.training.ladder import Climbed, Ground, Rung, Step, climb  # noqa: E402
from mlcore.training.split import held_out  # noqa: E402

DATA = Path(os.environ.get("LABELHUB_REAL_DATA", "../shared/data"))
RESULTS = ROOT / "benchmarks" / "results" / "models.json"
FIFTH = 0.2

Part = tuple[str, Ground, Path]
"""Name of some rows, what is climbed on them, and what keeps the rungs that are done."""

LOADING = """
import sys, time
from pathlib import Path
from mlcore.artifact import runtime
begin, busy = time.perf_counter(), time.process_time()
runtime.load(Path(sys.argv[1])).predict(["a"])
seconds, busy = time.perf_counter() - begin, time.process_time() - busy
status = Path("/proc/self/status").read_text()
print(seconds, busy, int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""
"""Seconds until the first answer, and the most memory that the process ever held, in MB (Linux)."""


def network(
    config: TrainingConfig, *, is_taught: bool = False
) -> Callable[[Ground, Path, Progress], Climbed]:
    """
    Return what trains this network and predicts with the exported version.

    Args:
        is_taught: whether names without a category teach it.
    """

    def climbed(ground: Ground, folder: Path, progress: Progress) -> Climbed:
        from mlcore.artifact import runtime
        from mlcore.training.fit import fit_and_export

        folder.mkdir(parents=True, exist_ok=True)
        begin = time.perf_counter()
        result = fit_and_export(
            ground.train,
            config,
            folder / "model",
            unlabelled=ground.unlabelled_tokens if is_taught else (),
            progress=progress,
        )
        fitted = time.perf_counter()
        version = runtime.load(folder / "model")
        loaded, busy = time.perf_counter(), time.process_time()
        predicted = version.predict(ground.test[columns.NAME].to_pylist())
        rate = ground.test.num_rows / (time.perf_counter() - loaded)
        # What a machine that does nothing else would reach on one core.
        by_core = ground.test.num_rows / (time.process_time() - busy)
        size = (folder / "model" / "model.tflite").stat().st_size
        notes = {
            **loading(folder / "model"),
            "rows_per_core_second": round(by_core),
            "epochs": len(result.history),
        }
        return Climbed(predicted.paths(), fitted - begin, rate, size, notes)

    return climbed


def loading(model: Path) -> dict[str, float]:
    """Return how long a new process takes to load the version, and its peak memory."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADING, model], cwd=ROOT, check=True, capture_output=True, text=True
    )
    seconds, busy, megabytes = map(float, ran.stdout.split())
    return {
        "load_seconds": round(seconds, 2),
        "load_core_seconds": round(busy, 2),
        "peak_megabytes": round(megabytes),
    }


def without_names(ground: Ground) -> str:
    """Say that there are no names without a category, if that is so."""
    return "" if ground.unlabelled else "there are no further names"


RUNGS = (
    Rung("talk", "the talk's TextCNN", network(TrainingConfig().as_in_the_talk())),
    Rung("linear_svc", "TF-IDF + LinearSVC (peer)", linear_svc),
    Rung("logistic", "TF-IDF + logistic SGD (peer)", logistic),
    Rung("words", "words alone", network(TrainingConfig(name_reads="words"))),
    Rung("grams", "linear over n-grams of morphemes", network(TrainingConfig(name_reads="grams"))),
    Rung("default", "default: words and n-grams", network(TrainingConfig())),
    Rung(
        "taught",
        "default, taught by names without a category",
        network(TrainingConfig(), is_taught=True),
        without_names,
    ),
)


def naver_fifth() -> Ground:
    """Four fifths of the smaller file, to measure on the other fifth."""
    further = _rows("naver/validation_120k.csv")[columns.NAME].to_pylist()
    return _split(_rows("naver/train_47k.csv"), further)


def naver_all() -> Ground:
    """All of the smaller file, to measure on the larger one, whose names are known before."""
    train, test = _rows("naver/train_47k.csv"), _rows("naver/validation_120k.csv")
    return Ground(train=train, test=test, unlabelled=test[columns.NAME].to_pylist())


def naver_unseen() -> Ground:
    """The same, the further names one half of the larger file, measured on the other half."""
    train, rows = _rows("naver/train_47k.csv"), _rows("naver/validation_120k.csv")
    half = rows.num_rows // 2
    further = rows[columns.NAME].slice(0, half).to_pylist()
    return Ground(train=train, test=rows.slice(half), unlabelled=further)


def flipkart() -> Ground:
    """Four fifths of the English products, to measure on the other fifth."""
    return _split(_rows("flipkart/pool_16k.csv"))


GROUNDS = (naver_fifth, flipkart, naver_all, naver_unseen)


def _rows(name: str) -> pa.Table:
    return tokenised(labelled(DATA / name), MecabTokeniser())


def _split(rows: pa.Table, unlabelled: Sequence[str] = ()) -> Ground:
    chosen: npt.NDArray[np.bool_] = held_out(rows[columns.ID].to_pylist(), FIFTH)
    train, test = rows.filter(pa.array(~chosen)), rows.filter(pa.array(chosen))
    return Ground(train=train, test=test, unlabelled=unlabelled)


def show(title: str, number: int, total: int) -> None:
    """Say which model is at work."""
    sys.stderr.write(f"{title}\n")


def asked(
    description: str | None, grounds: Sequence[Callable[[], Ground]], results: Path
) -> Iterator[Part]:
    """Yield the parts of the data that the command line asks for; none without the real rows."""
    parser = argparse.ArgumentParser(description=description)
    names = [each.__name__ for each in grounds]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    work = Path(tempfile.gettempdir()) / f"labelhub-bench-{results.stem}"
    parser.add_argument("--work", type=Path, default=work, help="keeps what is done")
    options = parser.parse_args()
    if not (DATA / "naver").is_dir():
        print(f"Skipped: there are no real rows in {DATA}; set LABELHUB_REAL_DATA.")
        return
    for ground in grounds:
        if ground.__name__ in options.only:
            yield ground.__name__, ground(), options.work / ground.__name__


def keep(results: Path, name: str, steps: Sequence[Step]) -> None:
    """Add the figures of one part to the file of results, and print them."""
    record = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    lines = [vars(step) for step in steps]
    record[name] = {"load_average": os.getloadavg()[0], "models": lines}
    results.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: lines}, ensure_ascii=False, indent=2))


def main() -> None:
    """Measure the models on each part of the data, and keep the figures."""
    for name, ground, folder in asked(__doc__, GROUNDS, RESULTS):
        keep(RESULTS, name, climb(ground, RUNGS, folder, progress=show))


if __name__ == "__main__":
    main()
