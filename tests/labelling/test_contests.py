from datetime import timedelta

import pytest

from labelhub.labelling.models import Judgement
from labelhub.labelling.services import contests
from tests.factories import (
    NOW,
    AnnotationFactory,
    CheckShowingFactory,
    JudgementFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def missed(**more):
    """Return a missed check that is over."""
    return CheckShowingFactory(**{"check_shown__retired_at": NOW, **more})


def contest(showing, annotator=None, reason="the size says so"):
    contests.contest(
        showing=showing, annotator=annotator or showing.annotator, reason=reason, now=NOW
    )


def decide(showing, by, *, is_upheld=True, reason="the label says 44"):
    contests.decide(showing=showing, is_upheld=is_upheld, reason=reason, by=by, now=LATER)


def test_a_missed_check_that_is_over_may_be_contested():
    showing = missed()

    contest(showing)

    showing.refresh_from_db()
    assert (showing.contested_at, showing.contest) == (NOW, "the size says so")


def test_a_check_that_is_still_hidden_cannot_be_contested():
    with pytest.raises(contests.CannotContest):
        contest(CheckShowingFactory())


def test_a_check_of_a_closed_round_is_over_and_retired_by_the_contest():
    showing = CheckShowingFactory(round__state="closed")

    contest(showing)

    showing.check_shown.refresh_from_db()
    assert showing.check_shown.retired_at == NOW


def test_a_check_that_was_right_cannot_be_contested():
    with pytest.raises(contests.CannotContest):
        contest(missed(is_right=True))


def test_nobody_contests_for_somebody_else():
    with pytest.raises(contests.CannotContest):
        contest(missed(), annotator=UserFactory())


def test_a_check_is_contested_once():
    showing = missed()
    contest(showing)

    with pytest.raises(contests.CannotContest, match="already"):
        contest(showing)


def test_a_contest_says_why():
    with pytest.raises(contests.CannotContest, match="Say why"):
        contest(missed(), reason="  ")


def test_upheld_the_curators_judgement_stands_beside_the_reviewers(curator):
    showing = missed()
    contest(showing)

    decide(showing, curator)

    showing.refresh_from_db()
    assert (showing.is_upheld, showing.decided_by, showing.decided_at) == (True, curator, LATER)
    said = Judgement.objects.get(reviewer=curator)
    assert (said.category, said.is_acceptable) == (showing.annotation.category, True)


def test_upheld_without_a_category_nothing_is_judged(curator):
    showing = missed(annotation__category=None, annotation__is_undecidable=True)
    contest(showing)

    decide(showing, curator)

    showing.refresh_from_db()
    assert showing.is_upheld
    assert not Judgement.objects.filter(reviewer=curator).exists()


def test_turned_down_the_annotator_reads_why(curator):
    showing = missed()
    contest(showing)

    decide(showing, curator, is_upheld=False, reason="sizes above 40 are women's")

    showing.refresh_from_db()
    assert (showing.is_upheld, showing.decision) == (False, "sizes above 40 are women's")
    assert not Judgement.objects.filter(reviewer=curator).exists()


def test_a_contest_is_not_turned_down_without_a_reason(curator):
    showing = missed()
    contest(showing)

    with pytest.raises(contests.CannotDecide, match="Say why"):
        decide(showing, curator, is_upheld=False, reason=" ")


def test_a_reviewer_of_the_check_does_not_decide():
    showing = missed()
    contest(showing)
    reviewer = showing.check_shown.sample.judgements.first().reviewer

    with pytest.raises(contests.CannotDecide):
        decide(showing, reviewer)
    assert not contests.decidable(by=reviewer).exists()


def test_whoever_judged_the_sample_once_does_not_decide(curator):
    showing = missed()
    contest(showing)
    JudgementFactory(sample=showing.check_shown.sample, reviewer=curator, superseded_at=LATER)

    assert not contests.decidable(by=curator).exists()


def test_whoever_labelled_the_sample_does_not_decide(curator):
    showing = missed()
    contest(showing)
    AnnotationFactory(sample=showing.check_shown.sample, annotator=curator)

    with pytest.raises(contests.CannotDecide):
        decide(showing, curator)


def test_a_contest_is_decided_once(curator):
    showing = missed()
    contest(showing)
    decide(showing, curator)

    with pytest.raises(contests.CannotDecide):
        decide(showing, UserFactory(role="curator"), is_upheld=False)


def test_the_oldest_contest_comes_first(curator):
    first, second = missed(), missed()
    contest(second)
    contests.contest(showing=first, annotator=first.annotator, reason="so", now=LATER)

    assert list(contests.decidable(by=curator)) == [second, first]
