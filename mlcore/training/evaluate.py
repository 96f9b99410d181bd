"""How right a model version is on labelled rows, through the light runtime."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mlcore.artifact.encoder import Products
from mlcore.artifact.runtime import LightModel
from mlcore.heads import IMAGE, MALL, leading
from mlcore.quality.scores import accuracy, level_accuracies, macro_f1
from mlcore.taxonomy import Path, split_path


@dataclass(frozen=True)
class Heads:
    """
    Figures by head, as JSON values.

    Attributes:
        main: `accuracy`, `levels`, `macro_f1` of the head that counts, over all rows.
        each: by head, `n`, `accuracy` and `levels` over the rows that have what it
            reads; of a head that no row has anything for, `n` alone.
    """

    main: dict[str, Any]
    each: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Evaluation:
    """
    Figures of one version on some rows.

    Attributes:
        n: rows.
        figures: of its heads; a true path that the version does not know counts as wrong.
        unknown: rows with such a path.
        rows_per_second: products to ranked categories, tokenising included, decoding of
            pictures not.
    """

    n: int
    figures: Heads
    unknown: int
    rows_per_second: float

    def as_record(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {
            "n": self.n,
            **self.figures.main,
            "heads": self.figures.each,
            "unknown_categories": self.unknown,
            "rows_per_second": round(self.rows_per_second, 1),
        }


@dataclass(frozen=True)
class LabelledRows:
    """
    Products as files hold them, with their true paths.

    Attributes:
        names: product names, at least one.
        truth: the category path of each.
        known: `mall_categories`, `malls` and `pictures`, as `LightModel.read` takes them.
    """

    names: Sequence[str]
    truth: Sequence[Path]
    known: Mapping[str, Any] = field(default_factory=dict)


def evaluate(model: LightModel, rows: LabelledRows) -> Evaluation:
    """
    Predict the rows and compare with their true paths.

    Raises:
        ValueError: there are no rows, or not one path per name.
    """
    begin = time.perf_counter()
    products = model.read(rows.names, **rows.known)
    answers = model.predict_products(products)
    seconds = time.perf_counter() - begin
    known = [split_path(path) for path in model.categories]
    figures = compare(
        truth=rows.truth,
        answers={
            head: [known[best] for best in found.indices[:, 0]] for head, found in answers.items()
        },
        is_there=_is_there(products),
    )
    unknown = len(rows.truth) - sum(map(set(known).__contains__, rows.truth))
    return Evaluation(len(rows.names), figures, unknown, len(rows.names) / seconds)


def compare(
    *,
    truth: Sequence[Path],
    answers: Mapping[str, Sequence[Path]],
    is_there: Mapping[str, npt.NDArray[np.bool_]],
) -> Heads:
    """
    Compare what each head answered with the truth.

    Args:
        truth: path of each row.
        answers: by head, the path that it holds for most probable.
        is_there: by head, which rows have what it reads; heads not named read all.

    Raises:
        ValueError: there are no rows, or not one answer for each.
    """
    main = answers[leading(tuple(answers))]
    return Heads(
        main={**_figures(truth, main), "macro_f1": macro_f1(truth, main)},
        each={head: _of_some(truth, found, is_there.get(head)) for head, found in answers.items()},
    )


def _is_there(products: Products) -> dict[str, npt.NDArray[np.bool_]]:
    found = {IMAGE: np.zeros(len(products.names), dtype=np.bool_)}
    if products.pictures is not None:
        found[IMAGE] = products.pictures.is_there
    malls = products.mall_categories or [()] * len(products.names)
    return found | {MALL: np.array([bool(tokens) for tokens in malls])}


def _of_some(
    truth: Sequence[Path], found: Sequence[Path], chosen: npt.NDArray[np.bool_] | None
) -> dict[str, Any]:
    rows = range(len(truth)) if chosen is None else np.flatnonzero(chosen).tolist()
    if not rows:
        return {"n": 0}
    return {"n": len(rows), **_figures([truth[row] for row in rows], [found[row] for row in rows])}


def _figures(truth: Sequence[Path], found: Sequence[Path]) -> dict[str, Any]:
    levels = level_accuracies(truth, found)
    return {
        "accuracy": accuracy(truth, found),
        "levels": {str(level): share for level, share in levels.items()},
    }
