from datetime import timedelta

import pytest

from labelhub.accounts.models import User
from labelhub.labelling.models import LEASE, Assignment, Round
from labelhub.labelling.services import claims
from labelhub.labelling.services.wishes import NO_WISH, Wish
from tests.factories import NOW, AnnotationFactory, AssignmentFactory, RoundFactory, UserFactory

pytestmark = pytest.mark.django_db


def claim(round: Round, annotator: User, count: int = 1, wish: Wish = NO_WISH) -> list[Assignment]:
    claimed = claims.claim(round=round, annotator=annotator, now=NOW, count=count, wish=wish)
    return [Assignment.objects.get(pk=each.id) for each in claimed]


def test_claim_leases_in_the_order_fixed_at_drawing(annotator):
    round = RoundFactory()
    later = AssignmentFactory(round=round, position=2)
    sooner = AssignmentFactory(round=round, position=1)

    claimed = claim(round, annotator, count=2)

    assert claimed == [sooner, later]
    assert {each.lease_expires_at for each in claimed} == {NOW + LEASE}


def test_claim_returns_what_is_held_first_and_renews_its_lease(annotator):
    round = RoundFactory()
    AssignmentFactory(round=round, position=1)
    held = AssignmentFactory(
        round=round, position=2, annotator=annotator, lease_expires_at=NOW + timedelta(minutes=1)
    )

    [claimed] = claim(round, annotator)

    assert claimed == held
    held.refresh_from_db()
    assert held.lease_expires_at == NOW + LEASE


def test_a_second_tab_gets_the_same_batch(annotator):
    round = RoundFactory()
    AssignmentFactory.create_batch(9, round=round)

    first, second = claim(round, annotator, count=5), claim(round, annotator, count=5)

    assert first == second
    assert round.assignments.filter(annotator=annotator).count() == 5


def test_claim_takes_over_an_expired_lease(annotator):
    former = UserFactory()
    left = AssignmentFactory(annotator=former, lease_expires_at=NOW)

    [claimed] = claim(left.round, annotator)

    assert claimed == left
    assert claimed.annotator == annotator
    assert claimed.passed_from == [former.pk]


def test_claim_leaves_a_running_lease_alone(annotator):
    held = AssignmentFactory(annotator=UserFactory(), lease_expires_at=NOW + timedelta(seconds=1))

    with pytest.raises(claims.NothingToClaim):
        claim(held.round, annotator)


def test_nobody_meets_a_sample_twice_in_a_round(annotator):
    answered = AnnotationFactory(annotator=annotator)
    AssignmentFactory(round=answered.round, sample=answered.sample)

    with pytest.raises(claims.NothingToClaim):
        claim(answered.round, annotator)


def test_a_batch_never_holds_two_copies_of_a_sample(annotator):
    copy = AssignmentFactory(position=1)
    AssignmentFactory(round=copy.round, sample=copy.sample, position=2)
    other = AssignmentFactory(round=copy.round, position=3)

    assert claim(copy.round, annotator, count=3) == [copy, other]


def test_an_answered_assignment_is_not_claimed_again(annotator):
    answered = AnnotationFactory()

    with pytest.raises(claims.NothingToClaim):
        claim(answered.round, annotator)


@pytest.mark.parametrize("state", [Round.State.PAUSED, Round.State.CLOSED])
def test_a_round_that_is_not_open_is_not_served(annotator, state):
    waiting = AssignmentFactory(round=RoundFactory(state=state))

    with pytest.raises(claims.RoundNotOpen):
        claim(waiting.round, annotator)


def test_an_assisted_round_serves_urgent_samples_first(annotator):
    round = RoundFactory(is_blind=False)
    AssignmentFactory(round=round, position=1)
    urgent = AssignmentFactory(round=round, position=2, sample__priority=0.9)

    assert claim(round, annotator) == [urgent]


def test_a_blind_round_ignores_priority(annotator):
    round = RoundFactory()
    first = AssignmentFactory(round=round, position=1)
    AssignmentFactory(round=round, position=2, sample__priority=0.9)

    assert claim(round, annotator) == [first]


def test_a_filter_serves_what_it_describes_only(annotator):
    round = RoundFactory()
    AssignmentFactory(round=round, position=1, sample__name="red coat")
    fitting = AssignmentFactory(
        round=round, position=2, sample__name="Red leather jacket", sample__mall_category="a>b>c"
    )
    AssignmentFactory(round=round, position=3, sample__name="red jacket", sample__mall_category="a")

    wish = Wish(q="jacket red", mall_category="a>b")

    assert claim(round, annotator, 5, wish) == [fitting]


def test_the_signs_of_a_filter_stand_for_themselves(annotator):
    waiting = AssignmentFactory(sample__name="100% cotton")
    AssignmentFactory(round=waiting.round, sample__name="1000 cotton")

    assert claim(waiting.round, annotator, 5, Wish(q="100%")) == [waiting]


def test_a_part_of_the_malls_tree_ends_at_a_level(annotator):
    round = RoundFactory()
    AssignmentFactory(round=round, sample__mall_category="ab>c")
    fitting = AssignmentFactory(round=round, sample__mall_category="a")

    assert claim(round, annotator, 5, Wish(mall_category="a")) == [fitting]


def test_a_filter_that_nothing_fits_is_refused_in_its_own_words(annotator):
    waiting = AssignmentFactory()

    with pytest.raises(claims.NothingToClaim, match="fits this filter"):
        claim(waiting.round, annotator, 1, Wish(brand="acme"))


def test_only_fields_that_the_round_shows_may_be_asked_for():
    wish = Wish(q="red", brand="acme", maker="acme inc")

    assert wish.hidden_in(RoundFactory(fields_shown=["maker"])) == ["brand"]


def test_another_filter_makes_room_by_giving_back_what_it_does_not_describe(annotator):
    round = RoundFactory()
    AssignmentFactory.create_batch(claims.MOST_HELD, round=round, sample__brand="acme")
    AssignmentFactory.create_batch(3, round=round, sample__brand="other")
    claim(round, annotator, claims.MOST_HELD, Wish(brand="acme"))

    claimed = claim(round, annotator, 3, Wish(brand="other"))

    assert {each.sample.brand for each in claimed} == {"other"}
    assert round.assignments.filter(annotator=annotator).count() == claims.MOST_HELD


def test_nobody_is_served_the_hidden_check_of_somebody_else(annotator):
    check = AssignmentFactory(is_check=True)

    with pytest.raises(claims.NothingToClaim):
        claim(check.round, annotator)


def test_a_page_that_was_replaced_gives_back_no_lease_that_the_new_one_renewed(annotator):
    renewed = AssignmentFactory(annotator=annotator, lease_expires_at=NOW + LEASE)
    before = renewed.lease_expires_at - timedelta(seconds=1)

    claims.release(round=renewed.round, annotator=annotator, numbers=[renewed.pk], until=before)

    renewed.refresh_from_db()
    assert renewed.annotator == annotator
