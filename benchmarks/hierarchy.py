"""
Is a classifier for every branching of the category tree better than one over all its leaves?

    LABELHUB_REAL_DATA=FOLDER ./run bench hierarchy [--only naver_fifth flipkart]

The same hashed n-grams and the same logistic regression for all; needs the real rows, which the
repository does not hold, and ends without them. A run that is stopped goes on behind what is done.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.models import DATA, flipkart, naver_fifth, show  # noqa: E402  # after the path
from mlcore.training.baselines import logistic  # noqa: E402
from mlcore.training.hierarchy import TOP_DOWN  # noqa: E402
from mlcore.training.ladder import Rung, climb  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "hierarchy.json"
FLAT = Rung("logistic", "one classifier over all leaves", logistic)
GROUNDS = (naver_fifth, flipkart)


def main() -> int:
    """Measure both ways down against the flat classifier on each part of the data."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [each.__name__ for each in GROUNDS]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    work = Path(tempfile.gettempdir()) / "labelhub-bench-hierarchy"
    parser.add_argument("--work", type=Path, default=work, help="keeps what is done")
    options = parser.parse_args()
    if not (DATA / "naver").is_dir():
        print(f"Skipped: there are no real rows in {DATA}; set LABELHUB_REAL_DATA.")
        return 0
    for part in GROUNDS:
        if part.__name__ in options.only:
            ground, folder = part(), options.work / part.__name__
            # Each way by itself, so that its gain is counted from the flat one.
            climbed = [climb(ground, (FLAT, way), folder, progress=show) for way in TOP_DOWN]
            flat = climbed[0][0]
            _keep(part.__name__, [vars(step) for step in (flat, *(way[1] for way in climbed))])
    return 0


def _keep(name: str, steps: list[dict[str, Any]]) -> None:
    """Add the figures of one part to the file of results, and print them."""
    record = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    record[name] = {"load_average": os.getloadavg()[0], "models": steps}
    RESULTS.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: steps}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    sys.exit(main())
