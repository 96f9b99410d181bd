"""Write a trained network as a model version's folder, checked against itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mlcore.artifact import folder as files
from mlcore.artifact import runtime
from mlcore.corpus.folder import replacing, write_json
from mlcore.text.tokenise import Tokeniser
from mlcore.text.vocabulary import Vocabulary

TOLERANCE = 1e-4
"""Largest difference of a probability between Keras and LiteRT; real ones are 1e-8."""

CHECKED_ROWS = 1_000


class ExportDiffers(RuntimeError):
    """The exported network does not compute what the trained one does."""


@dataclass(frozen=True)
class Content:
    """
    Everything that a model version's folder is made of.

    Attributes:
        model: the trained network from token ids to probabilities.
        vocabulary, tokeniser: what turns names into its token ids.
        categories: written path of every output, in order.
        config: the training settings as a record.
        scores: figures measured in training.
        held_out: token ids that it was not trained on, shape (n, length), n >= 1.
        origin: where the rows came from, such as a dataset's fingerprint.
    """

    model: keras.Model
    vocabulary: Vocabulary
    tokeniser: Tokeniser
    categories: Sequence[str]
    config: dict[str, int | float]
    scores: dict[str, Any]
    held_out: npt.NDArray[np.int32]
    origin: dict[str, str] = field(default_factory=dict)


def export(content: Content, destination: Path) -> str:
    """
    Write the folder, replacing one that is there, and return its fingerprint.

    Raises:
        ExportDiffers: LiteRT's probabilities are not Keras's; nothing is written.
    """
    with replacing(destination) as draft:
        content.model.export(str(draft / files.MODEL), format="litert", verbose=False)
        content.model.save(draft / files.WEIGHTS)
        content.vocabulary.save(draft / files.VOCABULARY)
        write_json(draft / files.CATEGORIES, [{"path": path} for path in content.categories])
        write_json(
            draft / files.CONFIG,
            {
                "kind": "text_cnn",
                "heads": ["name"],
                "training": content.config,
                "tokeniser": content.tokeniser.fingerprint,
                "origin": content.origin,
            },
        )
        difference = _difference((draft / files.MODEL).read_bytes(), content)
        write_json(draft / files.SCORES, {**content.scores, "export_difference": difference})
        return files.seal(draft)


def _difference(exported: bytes, content: Content) -> float:
    """Return how far the exported network is from the trained one on held-out rows."""
    ids = content.held_out[:CHECKED_ROWS]
    light = runtime.LightModel(
        exported,
        categories=tuple(content.categories),
        vocabulary=content.vocabulary,
        length=ids.shape[1],
        tokeniser=content.tokeniser,
        threads=1,
    )
    expected = keras.ops.convert_to_numpy(content.model(ids, training=False))
    difference = float(np.abs(light.probabilities(ids) - expected).max())
    if not difference < TOLERANCE:
        raise ExportDiffers(
            f"The exported network differs from the trained one by {difference:.1e}."
        )
    return difference
