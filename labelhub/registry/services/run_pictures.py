"""The pictures that a training learns from, and the backbone through which it sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpus_pictures, folders
from mlcore.artifact.pictures import SeenPictures
from mlcore.corpus.pieces import Pieces
from mlcore.heads import IMAGE
from mlcore.training.config import TrainingConfig


@contextmanager
def seen(
    *, corpus: Corpus, rows: Pieces, config: TrainingConfig, folder: Path, job: RunningJob
) -> Iterator[SeenPictures | None]:
    """
    Give the pictures of a corpus through a backbone; None for a training without them.

    The backbone that settings name is made once in a folder; a killed job finds it there again.
    Loads TensorFlow where a backbone is made.

    Args:
        rows: whose pictures teach the backbone, if it is taught.
        folder: of what is made for this job.

    Raises:
        BadInput: the backbone cannot be had, or no picture can be read.
    """
    if IMAGE not in config.branches:
        yield None
        return
    from mlcore.training.own_backbone import BackboneOrder, made

    shelf = corpus_pictures.shelf(corpus)
    order = BackboneOrder(
        name=settings.BACKBONE, weights=settings.BACKBONE_WEIGHTS, side=settings.PICTURE_SIDE
    )
    with made(
        order,
        rows,
        config,
        shelf,
        folder / "backbone",
        pictures=corpus.name,
        progress=job.report,
        is_cancelled=job.is_cancelled,
    ) as backbone:
        yield SeenPictures(
            backbone,
            shelf,
            folders.features_folder(),
            progress=job.report,
            is_cancelled=job.is_cancelled,
        )


def report(pictures: SeenPictures | None) -> dict[str, Any]:
    """Return what a version's scores say of the backbone; nothing without pictures."""
    if pictures is None:
        return {}
    record = pictures.record
    return {"pictures": {"backbone": record.name, "origin": record.origin, "side": record.side}}
