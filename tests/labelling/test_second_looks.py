"""Own answers that others saw differently."""

import pytest

from labelhub.labelling.models import Guideline, Round
from labelhub.labelling.services import second_looks
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    ConsensusFactory,
    HiddenCheckFactory,
    JudgementFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Round:
    return RoundFactory(state=Round.State.CLOSED, closed_at=NOW)


def answered(annotator, round, path="wear>coat", **more):
    return AnnotationFactory(
        annotator=annotator, round=round, category=CategoryFactory(path=path), **more
    )


def looks(annotator):
    return second_looks.of(second_looks.changed(annotator))


def judge(answer, path, is_acceptable):
    JudgementFactory(
        sample=answer.sample, category=CategoryFactory(path=path), is_acceptable=is_acceptable
    )


def test_an_answer_that_reviewers_refuse_comes_with_what_they_accept(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    judge(answer, "wear>jacket", True)

    [look] = looks(annotator)

    assert look.annotation == answer
    assert look.is_judged
    assert [category.path for category in look.accepted] == ["wear>jacket"]


def test_an_answer_that_reviewers_accept_is_left_alone_whatever_the_others_said(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", True)
    ConsensusFactory(sample=answer.sample, category=CategoryFactory(path="wear>jacket"))

    assert looks(annotator) == []


def test_an_answer_that_differs_from_the_settled_consensus_is_shown(annotator, closed):
    answer = answered(annotator, closed)
    ConsensusFactory(sample=answer.sample, category=CategoryFactory(path="wear>jacket"))

    [look] = looks(annotator)

    assert not look.is_judged
    assert [category.path for category in look.accepted] == ["wear>jacket"]


def test_an_answer_like_the_consensus_is_left_alone(annotator, closed):
    answer = answered(annotator, closed)
    ConsensusFactory(sample=answer.sample, category=answer.category)

    assert looks(annotator) == []


def test_a_consensus_that_is_not_settled_says_nothing(annotator, closed):
    answer = answered(annotator, closed)
    ConsensusFactory(
        sample=answer.sample, category=CategoryFactory(path="wear>jacket"), state="provisional"
    )

    assert looks(annotator) == []


def test_who_could_not_decide_sees_what_the_others_found(annotator, closed):
    answer = answered(annotator, closed)
    type(answer).objects.filter(pk=answer.pk).update(category=None, is_undecidable=True)
    ConsensusFactory(sample=answer.sample, category=CategoryFactory(path="wear>jacket"))

    assert len(looks(annotator)) == 1


def test_an_answer_at_a_higher_level_holds_what_is_below_it(annotator, closed):
    answer = answered(annotator, closed, path="wear")
    ConsensusFactory(sample=answer.sample, category=CategoryFactory(path="wear>jacket"))
    judge(answer, "wear>coat", False)
    judge(answer, "wear>jacket", True)

    assert looks(annotator) == []


@pytest.mark.parametrize("state", [Round.State.OPEN, Round.State.PAUSED])
def test_nothing_is_shown_before_the_round_is_closed(annotator, state):
    answer = answered(annotator, RoundFactory(state=state))
    judge(answer, "wear>coat", False)

    assert looks(annotator) == []


def test_a_hidden_check_is_not_among_them(annotator, closed):
    answer = answered(annotator, closed, is_check=True)
    judge(answer, "wear>coat", False)

    assert looks(annotator) == []


def test_a_sample_that_is_a_hidden_check_now_is_held_back(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    HiddenCheckFactory(sample=answer.sample)

    assert looks(annotator) == []


def test_a_sample_that_others_still_answer_blind_is_held_back(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    AssignmentFactory(sample=answer.sample)

    assert looks(annotator) == []


def test_a_sample_that_one_could_answer_anew_in_a_blind_round_is_held_back(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    AnnotationFactory(sample=answer.sample, annotator=annotator)

    assert looks(annotator) == []


def test_what_others_answered_in_a_round_that_goes_on_holds_nothing_back(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    AnnotationFactory(sample=answer.sample)

    assert len(looks(annotator)) == 1


def test_the_answers_of_others_are_not_shown(annotator, closed):
    answer = answered(UserFactory(), closed)
    judge(answer, "wear>coat", False)

    assert looks(annotator) == []


def test_what_was_taken_back_is_not_shown(annotator, closed):
    answer = answered(annotator, closed, superseded_at=NOW)
    judge(answer, "wear>coat", False)

    assert looks(annotator) == []


def test_reviewers_who_balance_say_nothing(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    judge(answer, "wear>coat", True)

    assert looks(annotator) == []


def test_the_guideline_of_the_accepted_category_comes_along(annotator, closed):
    answer = answered(annotator, closed)
    judge(answer, "wear>coat", False)
    judge(answer, "wear>jacket", True)
    written = Guideline.objects.create(category=CategoryFactory(path="wear>jacket"), created_at=NOW)

    assert looks(annotator)[0].guidelines == [written]
