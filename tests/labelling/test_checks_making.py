"""Which samples become checks, and when a check is over."""

from datetime import timedelta

import pytest

from labelhub.labelling.models import (
    HiddenCheck,
)
from labelhub.labelling.services import checks
from tests.factories import (
    NOW,
    CategoryFactory,
    HiddenCheckFactory,
    JudgementFactory,
    RoundFactory,
)
from tests.labelling.check_rows import SHARE, judged, lease

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def round(db):
    return RoundFactory(check_share=SHARE)


def test_a_drawn_sample_that_two_reviewers_accept_alike_becomes_a_check():
    sample = judged(True, True)

    assert checks.make(now=NOW) == 1
    assert HiddenCheck.objects.get().sample == sample


def test_a_check_is_made_once():
    judged(True, True)
    checks.make(now=NOW)

    assert checks.make(now=NOW) == 0


@pytest.mark.parametrize(
    "verdicts", [(True,), (True, False), (False, False), (True, True, False, False)]
)
def test_one_reviewer_or_a_tie_or_a_refusal_makes_no_check(verdicts):
    judged(*verdicts)

    assert checks.make(now=NOW) == 0


def test_a_majority_of_three_makes_a_check():
    judged(True, True, False)

    assert checks.make(now=NOW) == 1


def test_reviewers_divided_on_a_second_category_make_no_check():
    sample = judged(True, True)
    for is_acceptable in (True, False):
        JudgementFactory(
            sample=sample, category=CategoryFactory(path="shoe"), is_acceptable=is_acceptable
        )

    assert checks.make(now=NOW) == 0


def test_two_reviewers_who_each_name_another_category_make_no_check():
    sample = judged(False, False)
    JudgementFactory(sample=sample, category=CategoryFactory(path="shoe"))
    JudgementFactory(sample=sample, category=CategoryFactory(path="hat"))

    assert checks.make(now=NOW) == 0


def test_samples_that_were_judged_without_being_drawn_make_no_check():
    judged(True, True, draw=False)

    assert checks.make(now=NOW) == 0


def test_a_judgement_taken_back_no_longer_counts():
    sample = judged(True, True)
    sample.judgements.filter(pk=sample.judgements.first().pk).update(superseded_at=NOW)

    assert checks.make(now=NOW) == 0


def test_a_check_that_reviewers_come_to_dispute_is_retired():
    check = HiddenCheckFactory(category=CategoryFactory(path="bag"))
    JudgementFactory.create_batch(
        2, sample=check.sample, category=CategoryFactory(path="bag"), is_acceptable=False
    )

    assert checks.retire(now=NOW) == 1
    check.refresh_from_db()
    assert check.retired_at == NOW


def test_a_check_shown_five_times_is_retired_and_another_stays():
    worn = HiddenCheckFactory(showings=5)
    HiddenCheckFactory(showings=4)

    assert checks.retire(now=NOW) == 1
    assert HiddenCheck.objects.get(retired_at=NOW) == worn


def test_a_check_that_somebody_may_still_answer_is_retired_a_day_later(round, annotator):
    HiddenCheckFactory(showings=4)
    lease(round, annotator)

    assert checks.retire(now=SOON) == 0
    assert checks.retire(now=NOW + timedelta(days=1)) == 1
