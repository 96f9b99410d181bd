"""
Is a classifier for every branching of the category tree better than one over all its leaves?

    LABELHUB_REAL_DATA=FOLDER ./run bench hierarchy [--only naver_fifth flipkart]

The same hashed n-grams and the same logistic regression for all; needs the real rows, which the
repository does not hold, and ends without them. A run that is stopped goes on behind what is done.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.models import asked, flipkart, keep, naver_fifth, show  # noqa: E402  # after the path
from mlcore.training.baselines import logistic  # noqa: E402
from mlcore.training.hierarchy import TOP_DOWN  # noqa: E402
from mlcore.training.ladder import Rung, climb  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "hierarchy.json"
FLAT = Rung("logistic", "one classifier over all leaves", logistic)


def main() -> None:
    """Measure both ways down against the flat classifier on each part of the data."""
    for name, ground, folder in asked(__doc__, (naver_fifth, flipkart), RESULTS):
        # Each way by itself, so that its gain is counted from the flat one.
        climbed = [climb(ground, (FLAT, way), folder, progress=show) for way in TOP_DOWN]
        keep(RESULTS, name, [climbed[0][0], *(way[1] for way in climbed)])


if __name__ == "__main__":
    main()
