"""The floor of labelling: the same claim and submit as plain SQL, without a word of Python."""

from __future__ import annotations

import random
import threading
import time
import uuid

import psycopg2

from benchmarks.labelling_clients import percentiles
from benchmarks.labelling_ground import Ground, Staff

CONNECTIONS = 16

CLAIM = """
UPDATE labelling_assignment SET annotator_id = %(person)s,
       lease_expires_at = now() + interval '15 minutes'
WHERE id = (
    SELECT id FROM labelling_assignment
    WHERE round_id = %(round)s AND answered_at IS NULL AND NOT is_check AND annotator_id IS NULL
    ORDER BY turn, position, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, sample_id
"""
SUBMIT = """
WITH done AS (
    UPDATE labelling_assignment SET answered_at = now() WHERE id = %(assignment)s
)
INSERT INTO labelling_annotation (assignment_id, round_id, sample_id, annotator_id, category_id,
    is_undecidable, is_assisted, fields_shown, suggestions, comment, key, is_check, answered_at)
VALUES (%(assignment)s, %(round)s, %(sample)s, %(person)s, %(category)s,
    false, false, '{}', '[]', '', %(key)s, false, now())
"""


def measure(ground: Ground, staff: Staff, seconds: float) -> dict[str, object]:
    """Claim and submit on 16 connections at once; return pairs a second and milliseconds a pair."""
    until = time.perf_counter() + seconds
    times: list[float] = []
    workers = [
        threading.Thread(target=_work, args=(ground, staff, person, until, times))
        for person in staff.people[:CONNECTIONS]
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {
        "pairs": len(times),
        "pairs a second": round(len(times) / seconds, 1),
        **percentiles(times),
    }


def _work(ground: Ground, staff: Staff, person: int, until: float, times: list[float]) -> None:
    connection = psycopg2.connect(ground.database)
    connection.autocommit = True
    said = {"person": person, "round": staff.rounds["floor"]}
    with connection.cursor() as cursor:
        while time.perf_counter() < until:
            start = time.perf_counter()
            cursor.execute(CLAIM, said)
            assignment, sample = cursor.fetchone() or (0, 0)
            category, key = random.choice(staff.leaves), str(uuid.uuid4())
            values = {"assignment": assignment, "sample": sample, "category": category, "key": key}
            cursor.execute(SUBMIT, {**said, **values})
            times.append(1000 * (time.perf_counter() - start))
    connection.close()
