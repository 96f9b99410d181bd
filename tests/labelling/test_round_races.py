"""Answers that come while a round is being changed, in two real transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from labelhub.labelling.models import Annotation, Round
from labelhub.labelling.services import annotations, rounds
from tests.factories import NOW, AssignmentFactory, CategoryFactory, RoundFactory

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def under_way(action: Callable[[], Any]) -> Iterator[None]:
    """Hold open a transaction of somebody else that has done this, and wait for no lock oneself."""
    is_done, is_over = Event(), Event()

    def run() -> None:
        try:
            with transaction.atomic():
                action()
                is_done.set()
                is_over.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        running = pool.submit(run)
        assert is_done.wait(10)
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")
            is_over.set()
            running.result()


def test_reopening_waits_for_an_answer_that_comes_late(curator, annotator):
    round = RoundFactory(state=Round.State.CLOSED)
    held = AssignmentFactory(round=round, annotator=annotator, lease_expires_at=NOW)
    late = partial(
        annotations.submit,
        assignment=held,
        annotator=annotator,
        category=CategoryFactory(),
        now=NOW,
    )

    with under_way(late), pytest.raises(OperationalError, match="lock timeout"):
        rounds.reopen(round=round, by=curator, now=NOW)


def test_an_answer_does_not_wait_for_a_round_that_is_being_extended(annotator):
    held = AssignmentFactory(annotator=annotator, lease_expires_at=NOW)

    with under_way(lambda: Round.objects.locked().get(pk=held.round_id)):
        annotations.submit(
            assignment=held, annotator=annotator, category=CategoryFactory(), now=NOW
        )

    assert Annotation.objects.exists()
