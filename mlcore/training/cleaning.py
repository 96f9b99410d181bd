"""What a training does about wrong given categories, and what it reports of that."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlcore.artifact import refurbished
from mlcore.corpus.pieces import Pieces
from mlcore.training.config import SELFIE, SMALL_LOSS, TrainingConfig
from mlcore.training.rows import Labels, Prepared, Rows
from mlcore.training.selection import Selector, SmallLoss
from mlcore.training.selfie import Selfie, SelfieSettings
from mlcore.training.votes import NONE


def cleaner(
    config: TrainingConfig, rows: Prepared, confirmed: Collection[str] = ()
) -> Selector | None:
    """
    Return what chooses the rows of each batch; None when nothing is cleaned.

    Args:
        config: says how it is cleaned.
        rows: the training rows.
        confirmed: ids of products whose given category a person has decided; SELFIE always
            learns these as given.
    """
    noise_rate = config.noise_rate or None
    if config.cleaning == SMALL_LOSS:
        return SmallLoss(noise_rate=noise_rate, warm_up=config.skipped)
    if config.cleaning == SELFIE:
        return Selfie(
            SelfieSettings(
                noise_rate=noise_rate,
                warm_up=config.skipped,
                history=config.votes,
                uncertainty=config.uncertainty,
                precision=config.precision,
                is_by_category=config.precision > 0,
            ),
            n_rows=len(rows.training),
            n_categories=len(rows.categories),
            is_confirmed=_is_confirmed(rows.training, confirmed),
        )
    return None


def report(selector: Selector | None, config: TrainingConfig) -> dict[str, Any]:
    """Return the figures of a cleaning as JSON values; empty when nothing was cleaned."""
    if not isinstance(selector, SmallLoss | Selfie):
        return {}
    found: dict[str, Any] = {
        "noise_rate": selector.noise_rate,
        "is_estimated": config.noise_rate == 0,
    }
    if isinstance(selector, Selfie):
        found |= {
            "trainings": selector.training,
            "refurbished": len(selector.refurbished().rows),
        }
    return found


def believed(rows: Prepared, selector: Selector | None) -> Labels:
    """Return the training rows' labels, SELFIE's in place of the given ones it corrected."""
    if not isinstance(selector, Selfie):
        return rows.training.labels
    labels, found = np.array(rows.training.labels), selector.refurbished()
    labels[found.rows] = found.new
    return labels


def log(selector: Selector | None, pieces: Pieces, rows: Prepared) -> pa.Table | None:
    """
    Return the refurbished rows as `mlcore.artifact.refurbished` keeps them; None without SELFIE.

    Args:
        pieces: the dataset, with the ids and, where it has them, the names of the products.
        rows: what was made of it.
    """
    if not isinstance(selector, Selfie):
        return None
    found = selector.refurbished()
    ids = rows.training.products.take(pa.array(found.rows))
    paths = np.array(rows.categories, dtype=object)
    history = [[paths[vote] for vote in votes if vote != NONE] for votes in found.history]
    return pa.table(
        {
            refurbished.ID: ids,
            refurbished.NAME: _names(pieces, ids),
            refurbished.GIVEN: paths[rows.training.labels[found.rows]],
            refurbished.NEW: paths[found.new],
            refurbished.CERTAINTY: found.certainty,
            refurbished.TRAINING: found.training,
            refurbished.EPOCH: found.epoch,
            refurbished.HISTORY: pa.array(history, pa.list_(pa.string())),
        }
    ).cast(refurbished.SCHEMA)


def _is_confirmed(rows: Rows, confirmed: Collection[str]) -> Any:
    known = set(confirmed)
    return np.array([product in known for product in rows.products.to_pylist()], dtype=np.bool_)


def _names(pieces: Pieces, ids: pa.ChunkedArray) -> list[str]:
    """Return the names of products; empty where the dataset keeps none."""
    if refurbished.NAME not in pieces.column_names:
        return [""] * len(ids)
    wanted = ids.combine_chunks()
    names: dict[str, str] = {}
    for piece in pieces.of([refurbished.ID, refurbished.NAME]):
        found = piece.filter(pc.is_in(piece[refurbished.ID], value_set=wanted))
        pairs = (found[name].to_pylist() for name in (refurbished.ID, refurbished.NAME))
        names.update(zip(*pairs, strict=True))
    return [names[product] for product in ids.to_pylist()]
