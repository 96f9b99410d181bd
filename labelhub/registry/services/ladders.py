"""Ask for a ladder: every model from the majority class to the shipped one, on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.jobs.services import jobs
from labelhub.registry.models import Corpus, Ladder
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import TrainingConfig

FEWEST_ROWS = 10  # that a rung may be told to learn from


@transaction.atomic
def start(
    *,
    corpus: Corpus,
    rules: Sequence[ExclusionRule],
    list_version: int,
    learnt: int | None,
    config: TrainingConfig,
    by: User | None,
    now: datetime,
) -> Ladder:
    """
    Write the ladder and ask the ml worker to climb it.

    Args:
        rules: for the rung that applies them; the rungs below learn from all rows.
        list_version: number of the exclusion list they came from; 0 for none.
        learnt: rows that each rung learns from; None for all.
        config: the settings of the last rung; the others have the talk's, with its seed.
    """
    ladder = Ladder.objects.create(
        corpus=corpus,
        rules=[rule.as_record() for rule in rules],
        list_version=list_version,
        learnt=learnt,
        config=config.as_record(),
        created_by=by,
        created_at=now,
    )
    ladder.job = jobs.enqueue(
        "ladder", by=by, key=f"{corpus.name} {ladder.pk}", ladder_id=ladder.pk
    )
    ladder.save(update_fields=["job"])
    details = {"corpus": corpus.name, "list_version": list_version}
    audit.record(by=by, verb="started a ladder", target=ladder, details=details, now=now)
    return ladder
