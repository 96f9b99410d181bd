"""What an answer to a check is worth."""

from datetime import timedelta

import pytest

from labelhub.labelling.models import (
    CheckShowing,
)
from labelhub.labelling.services import checks
from tests.factories import (
    NOW,
    CategoryFactory,
    CheckShowingFactory,
    HiddenCheckFactory,
    JudgementFactory,
    RoundFactory,
)
from tests.labelling.check_rows import SHARE, answer, lease

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def round(db):
    return RoundFactory(check_share=SHARE)


def marked(round, annotator, category) -> bool:
    [leased] = lease(round, annotator)
    checks.mark(assignment=leased, annotation=answer(leased, annotator, category))
    return CheckShowing.objects.get().is_right


def test_an_acceptable_answer_is_right(round, annotator):
    HiddenCheckFactory(category=CategoryFactory(path="bag"))

    assert marked(round, annotator, CategoryFactory(path="bag")) is True


def test_another_answer_is_missed(round, annotator):
    HiddenCheckFactory(category=CategoryFactory(path="bag"))

    assert marked(round, annotator, CategoryFactory(path="shoe")) is False


def test_cannot_be_decided_is_missed(round, annotator):
    HiddenCheckFactory()

    assert marked(round, annotator, None) is False


def test_the_parent_of_an_acceptable_category_is_right_where_the_round_asks_for_it(annotator):
    HiddenCheckFactory(category=CategoryFactory(path="bag>tote"))
    upper = RoundFactory(check_share=SHARE, answer_level=1)

    assert marked(upper, annotator, CategoryFactory(path="bag")) is True


def test_what_reviewers_say_when_the_answer_comes_counts(round, annotator):
    check = HiddenCheckFactory()
    shoe = CategoryFactory(path="shoe")
    [leased] = lease(round, annotator)
    JudgementFactory(sample=check.sample, category=shoe)

    checks.mark(assignment=leased, annotation=answer(leased, annotator, shoe))

    assert CheckShowing.objects.get().is_right


def test_an_answer_taken_back_is_marked_anew():
    showing = CheckShowingFactory()

    checks.unmark(assignment=showing.assignment)

    showing.refresh_from_db()
    assert (showing.annotation, showing.is_right) == (None, None)


def test_an_answer_whose_outcome_was_seen_stays_the_answer():
    showing = CheckShowingFactory(check_shown__retired_at=NOW)
    first = showing.annotation

    checks.unmark(assignment=showing.assignment)
    right = showing.check_shown.sample.judgements.first().category
    showing.assignment.annotations.update(superseded_at=NOW)
    second = answer(showing.assignment, showing.annotator, right)
    checks.mark(assignment=showing.assignment, annotation=second)

    showing.refresh_from_db()
    assert (showing.annotation, showing.is_right) == (first, False)
