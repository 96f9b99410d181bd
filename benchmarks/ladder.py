"""
The ladder over the large market and real products, from the majority class to the default.

    ./run bench ladder demo --learn 10000 --light
    ./run bench ladder naver flipkart fashion

Real rows are looked for at LABELHUB_REAL_DATA, or ../shared/data; what is missing is said.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
REAL = {
    "naver": {"rows": "naver/train_47k.csv"},
    "flipkart": {"rows": "flipkart/pool_16k.csv"},
    "fashion": {
        "rows": "fashion/pool_7k.csv",
        "images": "fashion/images.zip",
        "backbone-weights": "weights/mobilenet_v2_1.0_224_imagenet_notop.weights.h5",
    },
}
POOL, SHOWN, UNLABELLED, SIDE = 24_000, 4_000, 1_000, 96
LIGHT = {
    "embedding_size": 32,
    "filters": 64,
    "hidden_size": 128,
    "batch_size": 64,
    "learning_rate": 0.006,
    "vocabulary_size": 6_000,
    "patience": 16,
    "epochs": 16,
}
"""Settings for few rows on a slow machine; without --light the shipped ones are used. On 8,000
rows, steps of .002 over 10 epochs in batches of 32 ended at .62 where these end at .66."""


def main() -> None:
    """Climb the asked ladders; each goes on where it was killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "ladders", nargs="*", default=["demo", *REAL], help="demo, naver, flipkart, fashion"
    )
    parser.add_argument("--learn", type=int, help="rows that each rung learns from")
    parser.add_argument("--light", action="store_true", help="small networks")
    parser.add_argument("--seed", type=int, default=1, help="of the market")
    parser.add_argument("--backbone-weights", help="MobileNetV2 1.0 weights for the photos")
    parser.add_argument("--work", type=Path, default=Path("/tmp/labelhub-ladder"))
    options = parser.parse_args()
    for name in options.ladders:
        given = _market(options) if name == "demo" else _real(name)
        if given:
            _climb(name, given, options)


def _market(options: argparse.Namespace) -> list[str]:
    folder = options.work / f"market-{options.seed}"
    if not (folder / "rules.csv").exists():
        sizes = ["--rows", POOL, "--shown", SHOWN, "--unlabelled", UNLABELLED, "--side", SIDE]
        _mlcore(["demo", *sizes, "--images", "--seed", options.seed, "--out", folder])
    files = {"rows": "rows.parquet", "test": "shown.parquet", "truth": "truth.parquet"}
    files |= {"unlabelled": "unlabelled.parquet", "rules": "rules.csv", "images": "images.zip"}
    given = [word for name, file in files.items() for word in (f"--{name}", folder / file)]
    if options.backbone_weights:
        given += ["--backbone-weights", options.backbone_weights, "--side", SIDE]
    return given


def _real(name: str) -> list[str]:
    data = Path(os.environ.get("LABELHUB_REAL_DATA", ROOT.parent / "shared" / "data"))
    files = {option: data / file for option, file in REAL[name].items()}
    if missing := [file for file in files.values() if not file.exists()]:
        print(f"{name} is skipped: there is no {missing[0]}.")
        return []
    return [word for option, file in files.items() for word in (f"--{option}", file)]


def _climb(name: str, given: list[str], options: argparse.Namespace) -> None:
    out = options.work / f"ladder-{name}"
    out.mkdir(parents=True, exist_ok=True)
    words = ["ladder", *given, "--out", out]
    if options.learn:
        words += ["--learn", options.learn]
    if options.light:
        config = options.work / "light.json"
        config.write_text(json.dumps(LIGHT))
        words += ["--config", config]
    _mlcore(words)
    record = json.loads((out / "ladder.json").read_text())
    # The results are published: names of files, not where they lie on this machine.
    seen = record["settings"].get("images") or {}
    record["settings"]["images"] = {key: Path(value).name for key, value in seen.items()}
    record |= {"python": platform.python_version(), "processors": os.cpu_count()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"ladder-{name}.json").write_text(
        json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    )


def _mlcore(words: list) -> None:
    command = [sys.executable, "-m", "mlcore", *map(str, words)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
