"""Races, fought with real threads and real transactions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from labelhub.accounts.models import User
from labelhub.labelling.models import MOST_SHOWINGS, Annotation, Assignment, Consensus, Round
from labelhub.labelling.services import annotations, answering, claims, consensus
from labelhub.labelling.services.answering import Answer
from labelhub.labelling.services.claims import Ahead
from labelhub.labelling.services.wishes import NO_WISH, Wish
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    HiddenCheckFactory,
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


def queue(round: Round, *, samples: int, copies: int = 1) -> list[int]:
    """Fill a round with bags and belts in turn, the later ones more urgent; return the samples."""
    made = [
        SampleFactory(name=f"{'bag' if number % 2 else 'belt'} {number}", priority=number)
        for number in range(samples)
    ]
    for sample in made * copies:
        AssignmentFactory(round=round, sample=sample)
    return [sample.pk for sample in made]


def one_each(round: Round, people: list[User], wish: Wish = NO_WISH) -> list[int]:
    """Return the samples that these people get who all press “next” at the same moment."""
    claimed = at_once(
        lambda person: claims.claim(round=round, annotator=person, now=NOW, count=1, wish=wish),
        people,
    )
    assignments = Assignment.objects.in_bulk([served.id for [served] in claimed])
    return [assignments[served.id].sample_id for [served] in claimed]


def answer_all(
    round: Round, person: User, *, category: int, ahead: int = 1, wish: Wish = NO_WISH
) -> None:
    """Answer as a page does that holds some ahead, until nothing is left for the person."""
    wanted = Ahead(count=ahead, wish=wish)
    try:
        held = claims.claim(round=round, annotator=person, now=NOW, count=ahead, wish=wish)
    except claims.NothingToClaim:
        return
    while held:
        first, *others = held
        said = Answer(number=first.number, category_id=category)
        there = Ahead(count=wanted.count, wish=wish, holding=[each.number for each in others])
        _kept, more = answering.answer(answer=said, annotator=person, ahead=there, now=NOW)
        held = [*others, *more]


@pytest.mark.parametrize("is_blind", [True, False])
def test_people_with_the_same_filter_who_claim_at_once_get_different_samples(is_blind):
    round = RoundFactory(is_blind=is_blind)
    samples = queue(round, samples=16)

    got = one_each(round, UserFactory.create_batch(8), Wish(q="bag"))

    assert sorted(got) == samples[1::2]  # every bag once, and no belt


def test_people_who_claim_at_once_share_the_most_urgent_samples():
    round = RoundFactory(is_blind=False)
    samples = queue(round, samples=24)

    got = one_each(round, UserFactory.create_batch(8))

    assert sorted(got) == samples[-8:]


def test_people_who_claim_at_once_pass_by_what_others_hold_in_a_measuring_round():
    round = RoundFactory(is_blind=True)
    samples = queue(round, samples=24)

    got = one_each(round, UserFactory.create_batch(8))

    assert sorted(got) == samples[:8]  # the order of drawing, whatever is urgent


def test_with_an_overlap_each_copy_goes_to_somebody_and_nobody_gets_two():
    round = RoundFactory(overlap=2)
    samples = queue(round, samples=8, copies=2)

    got = one_each(round, UserFactory.create_batch(8), Wish(q="bag"))

    assert sorted(got) == sorted(samples[1::2] * 2)


def test_people_who_meet_checks_at_once_hold_different_assignments():
    round = RoundFactory(check_share=0.2)
    queue(round, samples=60)
    HiddenCheckFactory.create_batch(3)
    people = UserFactory.create_batch(8)

    batches = at_once(
        lambda person: claims.claim(round=round, annotator=person, now=NOW, count=6), people
    )

    ids = [served.id for batch in batches for served in batch]
    assert [len(batch) for batch in batches] == [6] * 8
    assert len(set(ids)) == 48
    shown = Assignment.objects.filter(is_check=True)
    showings = Counter(shown.values_list("sample", flat=True))
    assert shown.exists()
    assert max(showings.values()) <= MOST_SHOWINGS
    assert len(set(shown.values_list("sample", "annotator"))) == shown.count()


@pytest.mark.parametrize(
    ("terms", "wish"),
    [
        ({}, NO_WISH),
        ({"is_blind": False}, NO_WISH),
        ({}, Wish(q="bag")),
        ({"is_blind": False}, Wish(q="bag")),
        ({"check_share": 0.2}, Wish(q="bag")),
    ],
    ids=["blind", "by priority", "filtered", "filtered by priority", "filtered with checks"],
)
def test_a_round_that_many_answer_at_once_ends_with_every_copy_answered_once(terms, wish):
    round = RoundFactory(overlap=3, **terms)
    samples = queue(round, samples=12, copies=3)
    HiddenCheckFactory(sample__name="bag")
    category = CategoryFactory().pk

    at_once(
        lambda person: answer_all(round, person, category=category, ahead=3, wish=wish),
        UserFactory.create_batch(6),
    )

    wanted = samples[1::2] if wish else samples
    answers = Annotation.objects.filter(round=round, is_check=False)
    people = defaultdict(set)
    for sample, person in answers.values_list("sample", "annotator"):
        people[sample].add(person)
    assert sorted(answers.values_list("sample", flat=True)) == sorted(wanted * 3)
    assert {len(each) for each in people.values()} == {3}
    assert not round.assignments.filter(sample__in=wanted, answered_at=None).exists()
