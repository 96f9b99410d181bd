import pytest

from labelhub.labelling.services import quality
from labelhub.labelling.services.quality import Answered
from tests.factories import (
    NOW,
    AnnotationFactory,
    CheckShowingFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def over(annotator, number, *, right=0, **more):
    """Give the annotator so many checks that are over."""
    for place in range(number):
        CheckShowingFactory(
            annotator=annotator, check_shown__retired_at=NOW, is_right=place < right, **more
        )


def test_own_figures_count_the_checks_that_are_over(annotator):
    over(annotator, 3, right=2)
    CheckShowingFactory(annotator=annotator)  # still hidden from others

    assert quality.own(annotator) == Answered(answered=3, right=2)


def test_without_checks_nothing_is_known(annotator):
    own = quality.own(annotator)

    assert (own.share, own.interval, own.missing) == (None, None, 50)


def test_a_check_whose_contest_was_upheld_counts_as_right(annotator, curator):
    over(
        annotator,
        1,
        contested_at=NOW,
        decided_at=NOW,
        decided_by=curator,
        is_upheld=True,
    )

    assert quality.own(annotator).right == 1


def test_a_contest_that_waits_changes_nothing_yet(annotator):
    over(annotator, 1, contested_at=NOW)

    assert quality.own(annotator) == Answered(answered=1, right=0)


def test_the_share_has_the_interval_of_wilson():
    # 45 of 50, z = 1.96: (.9 + .0384) / 1.0768 = .8715, give or take .0851
    low, high = Answered(answered=50, right=45).interval

    assert (round(low, 4), round(high, 4)) == (0.7864, 0.9565)


@pytest.mark.parametrize(("answered", "missing"), [(0, 50), (49, 1), (50, 0), (80, 0)])
def test_others_wait_for_fifty(answered, missing):
    assert Answered(answered=answered, right=0).missing == missing


def test_others_learn_nothing_before_there_are_enough_checks(annotator, monkeypatch):
    monkeypatch.setattr(quality, "ENOUGH", 3)
    over(annotator, 2, right=2)

    assert quality.of([annotator]) == [quality.Quality(annotator, None)]

    over(annotator, 1)

    assert quality.of([annotator]) == [quality.Quality(annotator, Answered(3, 2))]


def test_people_stand_by_name_however_well_they_do(monkeypatch):
    monkeypatch.setattr(quality, "ENOUGH", 1)
    berta, anna = UserFactory(display_name="Berta"), UserFactory(display_name="anna")
    over(berta, 2, right=2)
    over(anna, 2)

    assert [each.annotator for each in quality.of([berta, anna])] == [anna, berta]


def test_a_round_lists_those_who_labelled_in_it(annotator):
    round = RoundFactory()
    AnnotationFactory(round=round, annotator=annotator)
    AnnotationFactory()

    assert [each.annotator for each in quality.of_round(round)] == [annotator]


def test_everybody_is_whoever_met_a_check(annotator):
    over(annotator, 1)
    UserFactory()

    assert [each.annotator for each in quality.of_everybody()] == [annotator]
