"""Rounds that grow, and rounds that are taken back."""

import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.catalog.models import Sample
from labelhub.jobs.models import Job
from labelhub.labelling.models import Round, Skip
from labelhub.labelling.services import drawing, round_sizes, rounds
from labelhub.labelling.services.drawing import SamplingPlan
from labelhub.labelling.services.frames import Frame
from labelhub.labelling.services.rounds import CannotChange, NothingDrawn
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def draw(plan: SamplingPlan, **terms) -> Round:
    return rounds.create(
        name="drawn",
        samples=drawing.propose(plan).choice(seed=7),
        terms=rounds.Terms(**terms),
        seed=7,
        by=None,
        now=NOW,
    )


def extend(round: Round, number: int = 0) -> int:
    return round_sizes.extend(round=round, number=number, by=UserFactory(), now=NOW)


def samples(round: Round) -> set[int]:
    return set(round.assignments.values_list("sample", flat=True))


def test_more_of_a_random_sample_are_those_that_a_larger_draw_had_taken(curator):
    SampleFactory.create_batch(20)
    round = draw(SamplingPlan(kind="random", number=5))
    larger = rounds.create(
        name="larger",
        samples=drawing.propose(SamplingPlan(kind="random", number=8)).choice(seed=7),
        terms=rounds.Terms(),
        seed=7,
        by=None,
        now=NOW,
    )
    first = samples(round)

    assert extend(round, 3) == 3
    assert first < samples(round) == samples(larger)


def test_the_chances_of_all_rise_with_the_number(curator):
    SampleFactory.create_batch(20)
    round = draw(SamplingPlan(kind="random", number=5), overlap=2)

    extend(round, 3)

    assert set(round.assignments.values_list("inclusion_probability", flat=True)) == {0.4}
    round.refresh_from_db()
    assert round.assignments.count() == 16
    assert (round.plan_details["drawn"], round.plan_details["strata"]) == (8, [[0, 20, 8]])
    assert round.plan_details["extended"][0]["samples"] == 3


def test_samples_imported_since_the_draw_were_not_in_the_frame():
    SampleFactory.create_batch(3)
    round = draw(SamplingPlan(kind="random", number=2))
    late = SampleFactory()

    assert extend(round, 5) == 1
    assert late.pk not in samples(round)


def test_a_frame_of_new_samples_does_not_shut_out_its_own_round():
    SampleFactory.create_batch(10)
    round = draw(SamplingPlan(kind="random", number=4, frame=Frame(is_new=True)))

    extend(round, 2)

    assert round.assignments.count() == 6
    assert set(round.assignments.values_list("inclusion_probability", flat=True)) == {0.6}


def test_strata_grow_and_never_shrink():
    for path, size in (("a", 40), ("b", 10)):
        SampleFactory.create_batch(size, given_category=CategoryFactory(path=path))
    round = draw(SamplingPlan(kind="stratified", number=10, level=1, minimum=4))

    extend(round, 10)

    counts = [size for _key, _all, size in Round.objects.get().plan_details["strata"]]
    assert counts == [16, 4]
    assert round.assignments.count() == 20


def test_everything_that_fits_takes_in_what_is_new():
    SampleFactory(brand="acme")
    round = draw(SamplingPlan(frame=Frame(brand="acme")))
    new = SampleFactory(brand="acme")
    SampleFactory(brand="other")

    assert extend(round) == 1
    assert round.assignments.get(sample=new).inclusion_probability == 1.0


def test_a_round_that_holds_everything_says_so():
    SampleFactory()
    round = draw(SamplingPlan())

    with pytest.raises(NothingDrawn, match="already"):
        extend(round)


def test_a_closed_round_does_not_grow():
    SampleFactory.create_batch(2)
    round = draw(SamplingPlan(kind="random", number=1))
    Round.objects.update(state="closed")

    with pytest.raises(CannotChange, match="Reopen"):
        extend(round, 1)


def test_a_round_from_a_list_grows_by_a_list():
    SampleFactory(product_id="a")
    SampleFactory(product_id="b")
    listed = drawing.all_of(
        Sample.objects.filter(product_id__in=["a"]), plan="file", details={"drawn": 1}
    )
    round = rounds.create(
        name="listed", samples=listed, terms=rounds.Terms(), seed=1, by=None, now=NOW
    )
    more = drawing.all_of(Sample.objects.filter(product_id__in=["a", "b"]), plan="file")

    with pytest.raises(CannotChange, match="list"):
        extend(round)
    joined = round_sizes.extend_by(round=round, choice=more, by=UserFactory(), now=NOW)

    assert joined == 1
    assert Round.objects.get().plan_details["drawn"] == 2


def test_a_round_does_not_grow_by_another_plan():
    SampleFactory()
    round = draw(SamplingPlan())
    other = drawing.all_of(Sample.objects.all(), plan="uncertainty")

    with pytest.raises(CannotChange, match="another plan"):
        round_sizes.extend_by(round=round, choice=other, by=UserFactory(), now=NOW)


def test_a_higher_overlap_adds_copies_with_the_same_chance(curator):
    SampleFactory.create_batch(4)
    round = draw(SamplingPlan(kind="random", number=2))

    added = round_sizes.raise_overlap(round=round, overlap=3, by=curator, now=NOW)

    assert added == 4
    assert round.assignments.count() == 6
    assert set(round.assignments.values_list("inclusion_probability", flat=True)) == {0.5}
    assert len(set(round.assignments.values_list("position", flat=True))) == 6
    assert Round.objects.get().overlap == 3
    assert Job.objects.filter(kind="settle_consensus").exists()


def test_a_sample_that_has_a_copy_more_already_gets_one_less(curator):
    round = RoundFactory(overlap=1)
    late = SampleFactory()
    AssignmentFactory.create_batch(2, round=round, sample=late)
    AssignmentFactory(round=round, sample=late, is_check=True)
    AssignmentFactory(round=round)

    assert round_sizes.raise_overlap(round=round, overlap=2, by=curator, now=NOW) == 1


def test_a_copy_that_a_late_answer_brought_is_wanted_once_the_overlap_holds_it(curator):
    late = AnnotationFactory(assignment__is_extra=True)
    AssignmentFactory(round=late.round, sample=late.sample)

    assert round_sizes.raise_overlap(round=late.round, overlap=2, by=curator, now=NOW) == 0

    assert not late.round.assignments.filter(is_extra=True).exists()


def test_a_late_answer_that_was_taken_back_is_no_copy(curator):
    late = AnnotationFactory(assignment__is_extra=True, superseded_at=NOW)
    AssignmentFactory(round=late.round, sample=late.sample)

    assert round_sizes.raise_overlap(round=late.round, overlap=2, by=curator, now=NOW) == 1


@pytest.mark.parametrize("overlap", [1, 2])
def test_the_overlap_is_only_raised(curator, overlap):
    with pytest.raises(CannotChange, match="only be raised"):
        round_sizes.raise_overlap(
            round=RoundFactory(overlap=2), overlap=overlap, by=curator, now=NOW
        )


def test_a_round_that_nobody_answered_is_withdrawn(curator, annotator):
    SampleFactory.create_batch(2)
    round = draw(SamplingPlan(), is_for_everyone=False)
    round.members.add(annotator)
    skipped = round.assignments.first()
    Skip.objects.create(assignment=skipped, annotator=annotator, skipped_at=NOW)

    round_sizes.withdraw(round=round, by=curator, now=NOW)

    assert not Round.objects.exists()
    entry = AuditEntry.objects.get(verb="withdrew the round")
    assert entry.details == {"name": "drawn", "plan": "everything", "assignments": 2}


def test_an_answered_round_stays(curator):
    round = AnnotationFactory(superseded_at=NOW).round

    with pytest.raises(CannotChange, match="close it"):
        round_sizes.withdraw(round=round, by=curator, now=NOW)

    assert Round.objects.exists()
