"""How right a model version is on labelled rows, through the light runtime."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from mlcore.artifact.runtime import LightModel
from mlcore.quality.scores import accuracy, level_accuracies, macro_f1
from mlcore.taxonomy import Path, split_path


@dataclass(frozen=True)
class Evaluation:
    """
    Figures of one version on some rows.

    Attributes:
        n: rows.
        accuracy: share of rows whose full path is predicted; a true path that the
            version does not know counts as wrong.
        levels: accuracy per level, over the rows that deep.
        macro_f1: mean F1 over the true and predicted categories.
        heads: accuracy of each head that the version has.
        rows_per_second: names to ranked categories, tokenising included.
    """

    n: int
    accuracy: float
    levels: dict[int, float]
    macro_f1: float
    heads: dict[str, float]
    rows_per_second: float

    def as_record(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "levels": {str(level): share for level, share in self.levels.items()},
            "macro_f1": self.macro_f1,
            "heads": self.heads,
            "rows_per_second": round(self.rows_per_second, 1),
        }


def evaluate(model: LightModel, names: Sequence[str], truth: Sequence[Path]) -> Evaluation:
    """
    Predict the names and compare with their true paths.

    Args:
        model: a loaded version.
        names: product names, at least one.
        truth: the category path of each.

    Raises:
        ValueError: there are no rows, or not one path per name.
    """
    begin = time.perf_counter()
    answers = model.predict(names)
    seconds = time.perf_counter() - begin
    known = [split_path(path) for path in answers.categories]
    predicted = [known[best] for best in answers.indices[:, 0]]
    share = accuracy(truth, predicted)
    return Evaluation(
        n=len(names),
        accuracy=share,
        levels=level_accuracies(truth, predicted),
        macro_f1=macro_f1(truth, predicted),
        heads={"name": share},
        rows_per_second=len(names) / seconds,
    )
