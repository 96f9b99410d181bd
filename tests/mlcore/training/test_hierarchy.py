import numpy as np
import pyarrow as pa
import pytest

from mlcore.training import baselines
from mlcore.training.hierarchy import TOP_DOWN, Branching, branchings, walked, weighed
from mlcore.training.ladder import Ground, climb

NAMES = {
    ("wear", "coat"): "wool coat",
    ("wear", "shirt"): "cotton shirt",
    ("wear",): "something to wear",
    ("food", "apple"): "sweet apple",
}


class Fixed:
    """Answers the same shares whatever it is asked."""

    def __init__(self, *shares):
        self._shares = shares

    def predict_proba(self, features):
        return np.tile(self._shares, (features.shape[0], 1))


TREE = {
    (): Branching((("a",), ("b",)), Fixed(0.6, 0.4)),
    ("a",): Branching((("a", "x"), ("a", "y"), ("a",)), Fixed(0.4, 0.3, 0.3)),
    ("b",): Branching((("b", "z"),), None),
}
"""Shares of ends: a>x .24, a>y .18, a .18, b>z .4."""


def rows(n):
    paths = [list(NAMES)[place % len(NAMES)] for place in range(n)]
    return pa.table(
        {
            "product_id": [f"{n}-{place}" for place in range(n)],
            "product_name": [f"{NAMES[path]} {place}" for place, path in enumerate(paths)],
            "category_path": [">".join(path) for path in paths],
        }
    )


def test_rows_that_end_where_others_go_on_take_a_step_of_their_own():
    assert branchings([("a", "b"), ("a",), ("c",)]) == {
        (): {("a",): [0, 1], ("c",): [2]},
        ("a",): {("a", "b"): [0], ("a",): [1]},
    }


def test_the_best_step_each_time_is_not_the_best_end():
    two = np.zeros((2, 1))

    assert walked(TREE, two) == [("a", "x")] * 2
    assert weighed(TREE, two) == [("b", "z")] * 2


def test_both_ways_down_learn_what_names_say(tmp_path, monkeypatch):
    monkeypatch.setattr(baselines, "BUCKETS", 2**12)

    steps = climb(Ground(train=rows(80), test=rows(40)), TOP_DOWN, tmp_path)

    assert [step.figures["accuracy"] for step in steps] == [1.0, 1.0]
    # One at the root, one under wear; food has a single step.
    assert [step.notes["classifiers"] for step in steps] == [2, 2]
    assert steps[0].size == pytest.approx(2**12 * 8 * (1 + 1 + 3), rel=0.01)
