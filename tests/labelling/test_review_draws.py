import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import ReviewDraw
from labelhub.labelling.services import review_draws
from tests.factories import (
    NOW,
    AssignmentFactory,
    ConsensusFactory,
    JudgementFactory,
    ReviewDrawFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db


def settled(round=None, state="settled"):
    """Return a sample of the round with a label of people."""
    sample = AssignmentFactory(round=round or RoundFactory()).sample
    named = {} if state == "settled" else {"category": None}
    ConsensusFactory(sample=sample, state=state, **named)
    return sample


def draw(number=10, by=None):
    return review_draws.draw(number=number, seed=7, by=by, now=NOW)


def test_settled_samples_of_a_whole_round_are_drawn(curator):
    sample = settled()

    assert draw(by=curator) == 1
    drawn = ReviewDraw.objects.get()
    assert (drawn.sample, drawn.drawn_by, drawn.drawn_at) == (sample, curator, NOW)


def test_no_more_are_drawn_than_asked_for():
    for _ in range(4):
        settled()

    assert draw(number=3) == 3


def test_a_sample_is_drawn_once():
    settled()
    draw()
    another = settled()

    assert draw() == 1
    assert set(ReviewDraw.objects.values_list("sample", flat=True)) >= {another.pk}


@pytest.mark.parametrize("plan", ["uncertainty", "disagreement", "file"])
def test_samples_that_were_not_drawn_at_random_stand_for_nothing(plan):
    settled(RoundFactory(plan=plan))

    with pytest.raises(review_draws.NothingToDraw):
        draw()


def test_a_sample_of_two_rounds_may_be_drawn_when_one_is_random():
    sample = settled(RoundFactory(plan="uncertainty"))
    AssignmentFactory(sample=sample, round=RoundFactory(plan="random"))

    assert draw() == 1


def test_what_an_assisted_round_asked_is_not_drawn():
    settled(RoundFactory(is_blind=False))

    with pytest.raises(review_draws.NothingToDraw):
        draw()


@pytest.mark.parametrize("state", ["provisional", "tied", "undecidable"])
def test_samples_without_a_settled_label_are_not_drawn(state):
    settled(state=state)

    with pytest.raises(review_draws.NothingToDraw, match="settled label"):
        draw()


def test_a_check_shown_in_a_random_round_does_not_make_its_sample_random():
    sample = settled(RoundFactory(plan="file"))
    AssignmentFactory(sample=sample, is_check=True)

    with pytest.raises(review_draws.NothingToDraw):
        draw()


def test_the_same_seed_draws_the_same_samples():
    samples = [settled() for _ in range(6)]
    draw(number=2)
    first = set(ReviewDraw.objects.values_list("sample", flat=True))
    ReviewDraw.objects.all().delete()

    draw(number=2)

    assert set(ReviewDraw.objects.values_list("sample", flat=True)) == first
    assert first < {sample.pk for sample in samples}


def test_the_trail_keeps_number_and_seed(curator):
    settled()

    draw(by=curator)

    entry = AuditEntry.objects.get()
    assert (entry.by, entry.details) == (curator, {"samples": 1, "seed": 7})


def test_a_drawn_sample_is_judged_once_two_reviewers_have_judged_it():
    half, whole = ReviewDrawFactory().sample, ReviewDrawFactory().sample
    JudgementFactory(sample=half)
    JudgementFactory.create_batch(2, sample=whole)

    assert review_draws.state() == review_draws.Drawn(total=2, judged=1)


@pytest.mark.parametrize(("available", "offered"), [(0, 0), (3, 3), (40, 4), (5_000, 200)])
def test_a_tenth_is_offered_but_no_more_than_a_day_of_work(available, offered):
    assert review_draws.usual_number(available) == offered
