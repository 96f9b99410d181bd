"""Whom checks are shown, and when."""

from datetime import timedelta

import pytest

from labelhub.accounts.models import User
from labelhub.catalog.models import Sample
from labelhub.labelling.models import (
    Assignment,
    CheckShowing,
    GuidelineExample,
    Skip,
)
from labelhub.labelling.services import claims, progress, rounds
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    HiddenCheckFactory,
    JudgementFactory,
    RoundFactory,
    UserFactory,
)
from tests.labelling.check_rows import NUMBER, SHARE, answer, lease

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def annotator(db) -> User:
    return UserFactory(pk=NUMBER)


@pytest.fixture
def round(db):
    return RoundFactory(check_share=SHARE)


def test_a_check_is_leased_like_any_other_assignment(round, annotator):
    check = HiddenCheckFactory()

    [leased] = lease(round, annotator)

    assert (leased.sample, leased.round, leased.annotator) == (check.sample, round, annotator)
    assert leased.is_check
    assert leased.lease_expires_at > NOW
    showing = CheckShowing.objects.get()
    assert (showing.assignment, showing.annotator, showing.shown_at) == (leased, annotator, NOW)
    check.refresh_from_db()
    assert check.showings == 1


def test_a_round_without_checks_costs_no_statement(annotator, django_assert_num_queries):
    HiddenCheckFactory()
    round = RoundFactory()

    with django_assert_num_queries(0):
        assert lease(round, annotator) == []


def test_about_the_share_of_the_round_is_due(round, annotator):
    HiddenCheckFactory.create_batch(40)

    leased = lease(round, annotator, count=100)

    assert 10 <= len(leased) <= 30


def test_asking_again_changes_nothing(round, annotator):
    HiddenCheckFactory.create_batch(20)
    first = lease(round, annotator, count=60)
    AssignmentFactory.create_batch(
        60 - len(first), round=round, annotator=annotator, lease_expires_at=SOON
    )

    assert lease(round, annotator, count=60) == []


def test_whether_a_check_is_due_depends_on_the_number_had_so_far(round, annotator):
    """The answers move the numbers on, so that the same places are not drawn twice."""
    HiddenCheckFactory.create_batch(30)
    at_once = len(lease(round, annotator, count=40))
    other = RoundFactory(check_share=SHARE, seed=round.seed)
    one_by_one = 0
    for _ in range(40):
        leased = lease(other, annotator, count=1)
        one_by_one += len(leased)
        for assignment in leased or [AssignmentFactory(round=other)]:
            answer(assignment, annotator, CategoryFactory())

    assert one_by_one == at_once


def test_a_check_is_shown_to_a_person_once(round, annotator):
    HiddenCheckFactory()
    lease(round, annotator)

    assert lease(RoundFactory(check_share=SHARE), annotator) == []


def test_a_check_shown_five_times_is_shown_no_more(round, annotator):
    HiddenCheckFactory(showings=5)

    assert lease(round, annotator) == []


def test_a_retired_check_is_not_shown(round, annotator):
    HiddenCheckFactory(retired_at=NOW)

    assert lease(round, annotator) == []


def test_a_disputed_check_is_not_shown_even_before_the_night(round, annotator):
    check = HiddenCheckFactory()
    first = check.sample.judgements.first()
    JudgementFactory.create_batch(
        2, sample=check.sample, category=first.category, is_acceptable=False
    )

    assert lease(round, annotator) == []


def test_nobody_meets_a_check_of_a_sample_they_labelled(round, annotator):
    check = HiddenCheckFactory()
    AnnotationFactory(sample=check.sample, annotator=annotator, superseded_at=NOW)

    assert lease(round, annotator) == []


def test_nobody_meets_a_check_of_a_sample_they_judged(round):
    check = HiddenCheckFactory()

    assert lease(round, check.sample.judgements.first().reviewer) == []


def test_nobody_meets_a_check_of_a_sample_they_hold_or_held(round, annotator):
    held, lost = HiddenCheckFactory.create_batch(2)
    AssignmentFactory(sample=held.sample, annotator=annotator, lease_expires_at=SOON)
    AssignmentFactory(sample=lost.sample, passed_from=[annotator.pk])

    assert lease(round, annotator) == []


def test_nobody_meets_a_check_of_a_sample_they_passed_on(round, annotator):
    check = HiddenCheckFactory()
    passed_on = AssignmentFactory(sample=check.sample, round=RoundFactory())
    Skip.objects.create(assignment=passed_on, annotator=annotator, skipped_at=NOW)

    assert lease(round, annotator) == []


def test_a_sample_that_the_round_still_asks_about_is_no_check_in_it(round, annotator):
    check = HiddenCheckFactory()
    AssignmentFactory(round=round, sample=check.sample)

    assert lease(round, annotator) == []
    assert lease(RoundFactory(check_share=SHARE), annotator)


def test_a_sample_that_a_guideline_shows_is_no_check(round, annotator):
    check = HiddenCheckFactory()
    GuidelineExample.objects.create(
        guideline=GuidelineFactory(),
        sample=check.sample,
        category=CategoryFactory(),
        belongs=True,
        added_at=NOW,
    )

    assert lease(round, annotator) == []


def test_a_check_has_an_answer_that_the_round_takes(annotator):
    CategoryFactory(path="bag>tote>small")
    HiddenCheckFactory(category=CategoryFactory(path="bag>tote"))

    assert lease(RoundFactory(check_share=SHARE), annotator) == []
    assert lease(RoundFactory(check_share=SHARE, answer_level=1), annotator)


def test_a_retired_category_is_no_answer(round, annotator):
    HiddenCheckFactory(category=CategoryFactory(path="bag", retired_at=NOW))

    assert lease(round, annotator) == []


def test_a_check_is_as_the_annotator_wished(round, annotator):
    HiddenCheckFactory(sample__name="linen shirt")

    assert lease(round, annotator, q="shoe") == []
    assert lease(round, annotator, q="shirt")


def test_an_assisted_round_shows_a_check_only_with_suggestions_of_its_own(annotator):
    assisted = RoundFactory(check_share=SHARE, is_blind=False)
    check = HiddenCheckFactory()

    assert lease(assisted, annotator) == []

    AssignmentFactory(
        sample=check.sample, round=RoundFactory(is_blind=False), suggestions=[[1, 0.9]]
    )
    [leased] = lease(assisted, annotator)
    assert leased.suggestions == [[1, 0.9]]


def test_a_blind_round_takes_no_suggestions_along(round, annotator):
    check = HiddenCheckFactory()
    AssignmentFactory(
        sample=check.sample, round=RoundFactory(is_blind=False), suggestions=[[1, 0.9]]
    )

    [leased] = lease(round, annotator)

    assert leased.suggestions == []


def test_a_check_given_back_comes_again_and_is_shown_once(round, annotator):
    check = HiddenCheckFactory()
    [leased] = lease(round, annotator)
    Assignment.objects.filter(pk=leased.pk).update(annotator=None, lease_expires_at=None)

    [again] = lease(round, annotator)

    assert again.pk == leased.pk
    assert again.annotator == annotator
    check.refresh_from_db()
    assert check.showings == 1


def test_a_check_whose_lease_ran_out_comes_again(round, annotator):
    HiddenCheckFactory()
    [leased] = lease(round, annotator)

    [again] = lease(round, annotator, now=NOW + timedelta(days=1))

    assert again.pk == leased.pk


def test_a_check_that_was_passed_on_comes_to_nobody(round, annotator):
    HiddenCheckFactory()
    [leased] = lease(round, annotator)
    Skip.objects.create(assignment=leased, annotator=annotator, skipped_at=NOW)
    Assignment.objects.filter(pk=leased.pk).update(annotator=None, lease_expires_at=None)

    assert lease(round, annotator) == []
    round.check_share = 0  # so that no other check comes instead
    with pytest.raises(claims.NothingToClaim):
        claims.claim(round=round, annotator=UserFactory(), now=NOW, count=1)


def test_a_check_is_served_next_to_what_comes_next(round, annotator):
    HiddenCheckFactory()
    AssignmentFactory(round=round, position=500)
    AssignmentFactory(round=round, position=900)

    [leased] = lease(round, annotator)

    assert leased.position == 499


def test_a_sample_that_was_a_check_can_still_be_drawn_into_the_round(round, annotator):
    check = HiddenCheckFactory()
    lease(round, annotator)
    chosen = Sample.objects.filter(pk=check.sample.pk)

    assert rounds.add(round=round, samples=chosen, by=None) == 1


def test_checks_are_no_part_of_the_rounds_progress(round, annotator):
    HiddenCheckFactory()
    AssignmentFactory(round=round)

    lease(round, annotator)

    assert progress.of_one(round) == progress.Progress(done=0, total=1)
