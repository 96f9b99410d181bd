from collections.abc import Sequence

import pytest

from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Consensus, Round
from labelhub.labelling.services import consensus
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    JudgementFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def answered(names: Sequence[str | None], **fields) -> Sample:
    """A sample with one answer a name; None says that it cannot be decided."""
    sample = SampleFactory()
    round = fields.pop("round", None) or RoundFactory()
    for name in names:
        category = name and CategoryFactory(path=name)
        AnnotationFactory(
            sample=sample, round=round, category=category, is_undecidable=not name, **fields
        )
    return sample


def settled(sample: Sample, source: str = "people") -> tuple[str, str | None]:
    consensus.settle(source=source, now=NOW)
    found = Consensus.objects.get(sample=sample, source=source)
    return found.state, found.category.path if found.category else None


@pytest.mark.parametrize(
    ("answers", "state", "category"),
    [
        (["bag"], "settled", "bag"),
        ([None], "undecidable", None),
        (["bag", "bag"], "settled", "bag"),
        (["bag", "shoe"], "tied", None),
        (["bag", None], "tied", None),
        ([None, None], "undecidable", None),
    ],
)
def test_one_or_two_answers_settle_by_agreement(answers, state, category):
    assert settled(answered(answers)) == (state, category)


@pytest.mark.parametrize(
    ("answers", "state", "category"),
    [
        (["bag", "bag", "shoe"], "settled", "bag"),
        (["bag", "shoe", "hat"], "tied", None),
        (["bag", "bag", "shoe", "shoe"], "tied", None),
        ([None, None, "shoe"], "undecidable", None),
    ],
)
def test_three_or_more_answers_settle_by_majority_where_chosen(answers, state, category):
    sample = answered(answers)

    consensus.settle_by_majority(source="people", now=NOW)

    found = Consensus.objects.get(sample=sample)
    assert (found.state, found.category and found.category.path) == (state, category)
    assert found.method == "majority"


def test_an_installation_that_chose_the_majority_settles_so_whoever_asks(settings):
    settings.CONSENSUS = "majority"
    sample = answered(["bag", "bag", "shoe"])

    consensus.settle(source="people", now=NOW)

    assert Consensus.objects.get(sample=sample).method == "majority"


def test_quality_is_the_share_of_answers_behind_the_category():
    sample = answered(["bag", "bag", "shoe", "hat"])

    consensus.settle_by_majority(source="people", now=NOW)

    found = Consensus.objects.get(sample=sample)
    assert (found.quality, found.votes) == (0.5, 4)


def test_three_answers_are_weighed_by_how_well_each_annotator_answers():
    # One person agrees with nobody on 20 samples; on the last, the two who always agree
    # with each other are outnumbered by nobody: their answer is believed.
    round = RoundFactory()
    good, fine, poor = UserFactory.create_batch(3)
    samples = SampleFactory.create_batch(21)
    right, wrong = CategoryFactory(path="right"), CategoryFactory(path="wrong")
    for number, sample in enumerate(samples):
        truth = right if number % 2 else wrong
        other = wrong if number % 2 else right
        for person, answer in [(good, truth), (fine, truth), (poor, other)]:
            AnnotationFactory(round=round, sample=sample, annotator=person, category=answer)

    consensus.settle(source="people", now=NOW)

    found = Consensus.objects.get(sample=samples[0])
    assert (found.category, found.method, found.votes) == (wrong, "dawid_skene", 3)
    assert found.quality > 0.95


def test_what_most_cannot_decide_stays_so_however_well_the_others_answer():
    # On 20 samples one person is always right and two never are; those two cannot decide the last.
    expert, second, third, *poor = UserFactory.create_batch(5)
    round = RoundFactory()
    for number in range(20):
        sample = SampleFactory()
        truth = CategoryFactory(path=f"c{number}")
        for person in (expert, second, third):
            AnnotationFactory(round=round, sample=sample, category=truth, annotator=person)
        for place, person in enumerate(poor, start=1):
            other = CategoryFactory(path=f"c{number + place}")
            AnnotationFactory(round=round, sample=sample, category=other, annotator=person)
    last = answered(["c1"], annotator=expert, round=round)
    for person in poor:
        AnnotationFactory(
            round=round, sample=last, category=None, is_undecidable=True, annotator=person
        )

    assert settled(last) == ("undecidable", None)


def test_it_is_provisional_until_all_assignments_are_answered():
    round = RoundFactory()
    sample = answered(["bag"], round=round)
    AssignmentFactory(round=round, sample=sample)

    assert settled(sample) == ("provisional", "bag")


def test_open_assignments_of_a_closed_round_are_not_waited_for():
    round = RoundFactory(state=Round.State.CLOSED)
    sample = answered(["bag"], round=round)
    AssignmentFactory(round=round, sample=sample)

    assert settled(sample) == ("settled", "bag")


def test_assisted_answers_never_count():
    sample = answered(["bag"])
    AnnotationFactory(sample=sample, round__is_blind=False, is_assisted=True)

    assert settled(sample) == ("settled", "bag")


def test_answers_of_several_rounds_count_together():
    sample = answered(["bag"])
    AnnotationFactory(sample=sample, category=CategoryFactory(path="shoe"))

    assert settled(sample) == ("tied", None)


def test_superseded_answers_do_not_count():
    sample = answered(["bag"])
    AnnotationFactory(sample=sample, superseded_at=NOW)

    assert settled(sample) == ("settled", "bag")


def test_given_categories_have_a_consensus_of_their_own():
    sample = answered(["bag"])
    given = RoundFactory(source="given")
    AnnotationFactory(sample=sample, round=given, category=CategoryFactory(path="shoe"))

    assert settled(sample, "given") == ("settled", "shoe")
    assert settled(sample, "people") == ("settled", "bag")


def test_a_tie_settles_when_exactly_one_of_its_categories_is_judged_acceptable():
    sample = answered(["bag", "shoe"])
    JudgementFactory(sample=sample, category=Category.objects.get(path="shoe"))
    JudgementFactory(sample=sample, category=Category.objects.get(path="bag"), is_acceptable=False)

    assert settled(sample) == ("settled", "shoe")
    assert Consensus.objects.get().method == "judgement"


def test_a_tie_stays_when_both_of_its_categories_are_acceptable():
    sample = answered(["bag", "shoe"])
    for name in ("bag", "shoe"):
        JudgementFactory(sample=sample, category=Category.objects.get(path=name))

    assert settled(sample) == ("tied", None)


def test_a_judgement_of_another_category_leaves_the_tie():
    sample = answered(["bag", "shoe"])
    JudgementFactory(sample=sample)

    assert settled(sample) == ("tied", None)


def test_a_consensus_without_answers_is_forgotten():
    sample = answered(["bag"])
    settled(sample)
    sample.annotations.update(superseded_at=NOW)

    consensus.settle(source="people", now=NOW)

    assert not Consensus.objects.exists()


def test_settling_a_few_samples_leaves_the_others_alone():
    mine, other = answered(["bag"]), answered(["shoe"])

    assert consensus.settle(source="people", now=NOW, sample_ids=[mine.pk]) == 1
    assert not Consensus.objects.filter(sample=other).exists()


def test_settling_again_changes_nothing():
    answered(["bag"])
    consensus.settle(source="people", now=NOW)
    before = Consensus.objects.values_list("pk", "computed_at").get()

    consensus.settle(source="people", now=NOW.replace(year=2027))

    assert Consensus.objects.values_list("pk", "computed_at").get() == before
