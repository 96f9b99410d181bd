from datetime import timedelta

import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import Assignment, Consensus
from labelhub.labelling.services import consensus, reopening, rounds
from labelhub.labelling.services.claims import RoundNotOpen
from tests.factories import NOW, AnnotationFactory, AssignmentFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered():
    """A settled sample of an open round."""
    annotation = AnnotationFactory()
    annotation.assignment.inclusion_probability = 0.25
    annotation.assignment.save()
    consensus.settle(source="people", now=NOW)
    return annotation


def ask(round, samples, by):
    return reopening.ask_again(
        round=round, sample_ids=[sample.pk for sample in samples], by=by, now=NOW
    )


def test_asking_again_adds_one_assignment_with_the_chance_of_the_others(answered, curator):
    asked = ask(answered.round, [answered.sample], curator)

    new = Assignment.objects.get(round=answered.round, annotator=None)
    assert asked == 1
    assert (new.sample, new.inclusion_probability) == (answered.sample, 0.25)


def test_the_label_is_provisional_until_the_answer_is_in(answered, curator):
    ask(answered.round, [answered.sample], curator)

    assert Consensus.objects.get().state == "provisional"


def test_a_sample_that_still_waits_is_not_asked_about_twice(answered, curator):
    ask(answered.round, [answered.sample], curator)

    with pytest.raises(reopening.NothingAsked):
        ask(answered.round, [answered.sample], curator)
    assert Assignment.objects.count() == 2


def test_samples_of_other_rounds_are_passed_over(answered, curator):
    elsewhere = AssignmentFactory(round=RoundFactory())

    with pytest.raises(reopening.NothingAsked):
        ask(answered.round, [elsewhere.sample], curator)


def test_a_closed_round_takes_no_new_questions(answered, curator):
    rounds.close(round=answered.round, by=curator, now=NOW + timedelta(hours=1))
    answered.round.refresh_from_db()

    with pytest.raises(RoundNotOpen):
        ask(answered.round, [answered.sample], curator)


def test_asking_again_leaves_an_audit_row(answered, curator):
    ask(answered.round, [answered.sample], curator)

    assert AuditEntry.objects.filter(verb="asked again", by=curator).exists()
