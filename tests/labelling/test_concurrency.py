"""Races, fought with real threads and real transactions."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from labelhub.labelling.models import Annotation, Assignment, Consensus
from labelhub.labelling.services import annotations, claims, consensus
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(action: Callable[[Any], Any], arguments: Iterable[Any]) -> list[Any]:
    """Call the action once an argument, all at the same moment, each in its own connection."""
    waiting = list(arguments)
    start = Barrier(len(waiting))

    def run(argument: Any) -> Any:
        try:
            start.wait()
            return action(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(run, waiting))


def test_eight_people_who_claim_at_once_get_different_assignments():
    round = RoundFactory()
    AssignmentFactory.create_batch(8, round=round)

    claimed = at_once(
        lambda person: claims.claim(round=round, annotator=person, now=NOW, count=1),
        UserFactory.create_batch(8),
    )

    assert len({assignment.id for [assignment] in claimed}) == 8


def test_two_tabs_that_claim_at_once_hold_one_batch(annotator):
    round = RoundFactory()
    AssignmentFactory.create_batch(20, round=round)

    batches = at_once(
        lambda _: claims.claim(round=round, annotator=annotator, now=NOW, count=5), range(4)
    )

    assert all(batch == batches[0] for batch in batches)
    assert Assignment.objects.filter(annotator=annotator).count() == 5


def test_the_copies_of_one_sample_go_to_different_people():
    round, sample = RoundFactory(overlap=4), SampleFactory()
    AssignmentFactory.create_batch(4, round=round, sample=sample)
    people = UserFactory.create_batch(4)

    at_once(lambda person: claims.claim(round=round, annotator=person, now=NOW, count=2), people)

    assert set(round.assignments.values_list("annotator", flat=True)) == {p.pk for p in people}


def test_a_double_click_keeps_one_answer(annotator):
    held = AssignmentFactory(annotator=annotator, lease_expires_at=NOW)
    category = CategoryFactory()

    answers = at_once(
        lambda _: annotations.submit(
            assignment=Assignment.objects.get(pk=held.pk),
            annotator=annotator,
            category=category,
            now=NOW,
        ),
        range(4),
    )

    assert len({answer.annotation.pk for answer in answers}) == 1
    assert Annotation.objects.count() == 1


def test_the_last_of_two_simultaneous_answers_settles_the_sample():
    round, sample, category = RoundFactory(overlap=2), SampleFactory(), CategoryFactory()
    held = [
        AssignmentFactory(round=round, sample=sample, annotator=person, lease_expires_at=NOW)
        for person in UserFactory.create_batch(2)
    ]

    at_once(
        lambda mine: annotations.submit(
            assignment=mine, annotator=mine.annotator, category=category, now=NOW
        ),
        held,
    )

    found = Consensus.objects.get()
    assert (found.state, found.votes) == (Consensus.State.SETTLED, 2)


def test_settling_everything_never_overwrites_an_answer_that_comes_meanwhile():
    round, category = RoundFactory(), CategoryFactory()
    held = [
        AssignmentFactory(round=round, annotator=person, lease_expires_at=NOW)
        for person in UserFactory.create_batch(6)
    ]

    def answer_or_settle(mine: Assignment | None) -> None:
        if mine is None:
            consensus.settle(source="people", now=NOW)
        else:
            annotations.submit(
                assignment=mine, annotator=mine.annotator, category=category, now=NOW
            )

    at_once(answer_or_settle, [*held, None, None])

    assert Consensus.objects.filter(state=Consensus.State.SETTLED).count() == 6
