"""How soon a sample is shown in assisted rounds: the less the live version is sure, the sooner."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import connection, transaction

from labelhub.accounts.models import User
from labelhub.jobs.services import jobs
from labelhub.registry.models import ModelVersion, Prediction
from mlcore.progress import Progress, silent

BATCH = 5_000  # samples a transaction: an answer to one of them waits well under a second

Writing = Callable[[], AbstractContextManager[None]]

# A version that is no longer live has nothing to say, not even in the middle of its rows: of two
# jobs the one for the live version has the last word. The samples are locked in the order of their
# ids, as everybody locks them.
WRITE = """
WITH said AS MATERIALIZED (
    SELECT sample_id, 1 - probability AS priority FROM registry_prediction
    WHERE version_id = %(version)s AND sample_id > %(after)s
      AND EXISTS (SELECT FROM registry_modelversion WHERE id = %(version)s AND stage = 'live')
    ORDER BY sample_id LIMIT %(batch)s
), locked AS MATERIALIZED (
    SELECT sample.id FROM catalog_sample AS sample
    WHERE sample.id IN (SELECT sample_id FROM said) ORDER BY sample.id FOR NO KEY UPDATE
), written AS (
    UPDATE catalog_sample AS sample SET priority = said.priority
    FROM said JOIN locked ON locked.id = said.sample_id
    WHERE sample.id = said.sample_id AND sample.priority <> said.priority
)
SELECT count(*), max(sample_id) FROM said
"""


def follow(version: ModelVersion, *, by: User | None = None) -> None:
    """Ask a worker to order the queues by what this version says, if it is the live one."""
    if ModelVersion.objects.filter(pk=version.pk, stage=ModelVersion.Stage.LIVE).exists():
        jobs.enqueue("prioritise", by=by, version_id=version.pk)


def write(
    *, version: ModelVersion, writing: Writing = transaction.atomic, report: Progress = silent
) -> int:
    """
    Give each sample that the live version predicted the priority 1 - probability; return how many.

    A version that is not live, or no longer, orders nothing. Samples that it did not predict keep
    what the version before it said of them.
    """
    total, done, after = Prediction.objects.filter(version=version).count(), 0, 0
    while True:
        report("prioritise", done, total)
        with writing(), connection.cursor() as cursor:
            cursor.execute(WRITE, {"version": version.pk, "after": after, "batch": BATCH})
            count, last = cursor.fetchone()
        if not count:
            return done
        done, after = done + count, last
