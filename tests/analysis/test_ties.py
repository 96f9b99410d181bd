"""Labels and judgements that balance, and how somebody new decides them."""

from __future__ import annotations

import pytest

from analysis.services import ties
from analysis.services.ties import Kind, OpenTies
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Consensus, Judgement, Source
from labelhub.labelling.services import consensus, judgements
from tests.factories import (
    NOW,
    AnnotationFactory,
    CategoryFactory,
    JudgementFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def answered(*paths: str | None, **sample) -> Sample:
    """Make a sample with one blind answer a path, None for "cannot be decided", and settle it."""
    made = SampleFactory(**sample)
    round = RoundFactory()
    for path in paths:
        values = {"category": None, "is_undecidable": True} if path is None else {}
        if path is not None:
            values = {"category": CategoryFactory(path=path)}
        AnnotationFactory(sample=made, round=round, **values)
    consensus.settle(source=Source.PEOPLE, now=NOW, sample_ids=[made.pk])
    return made


def balanced(path: str = "bag", **sample) -> Sample:
    """Make a sample of which one reviewer accepts a category and another does not."""
    made = SampleFactory(**sample)
    for is_acceptable in (True, False):
        JudgementFactory(
            sample=made, category=CategoryFactory(path=path), is_acceptable=is_acceptable
        )
    return made


def seen_by(reader, **filters) -> OpenTies:
    return OpenTies(source=Source.PEOPLE, reader=reader, **filters)


def judge(sample: Sample, reviewer, **verdicts: bool) -> None:
    found = seen_by(reviewer).of_sample(sample.pk)
    said = {Category.objects.get(path=path).pk: yes for path, yes in verdicts.items()}
    ties.decide(
        ties=found, sample=sample, verdicts=said, shown=list(said), reviewer=reviewer, now=NOW
    )


def state(sample: Sample) -> tuple[str, str | None]:
    found = Consensus.objects.select_related("category").get(sample=sample)
    return found.state, found.category.path if found.category else None


def test_two_answers_that_differ_are_a_tie_of_the_label(curator):
    sample = answered("bag", "shoe")

    [tie] = seen_by(curator)[:]

    assert (tie.kind, tie.sample_id, tie.total, tie.yes) == (Kind.LABEL, sample.pk, 2, 1)
    assert {standing.category.path for standing in tie.standings} == {"bag", "shoe"}


def test_only_the_categories_that_share_the_first_place_are_tied(curator):
    answered("bag", "bag", "shoe", "shoe", "hat")
    Consensus.objects.update(state="tied", category=None)  # as the most votes have it

    [tie] = seen_by(curator)[:]

    assert {standing.category.path for standing in tie.standings} == {"bag", "shoe"}
    assert (tie.yes, tie.total) == (2, 5)


def test_cannot_be_decided_may_be_one_side_of_a_tie(curator):
    answered("bag", None)

    [tie] = seen_by(curator)[:]

    assert tie.is_undecidable
    assert [standing.category.path for standing in tie.standings] == ["bag"]


def test_a_settled_label_is_not_listed(curator):
    answered("bag", "bag")

    assert len(seen_by(curator)) == 0


def test_reviewers_who_balance_are_listed_with_their_counts(curator):
    sample = balanced()

    [tie] = seen_by(curator)[:]

    assert (tie.kind, tie.sample_id, tie.yes, tie.no) == (Kind.JUDGEMENT, sample.pk, 1, 1)


def test_a_third_reviewer_ends_a_tie_of_judgements(curator):
    judge(balanced(), curator, bag=True)

    assert len(seen_by(curator)) == 0


def test_a_tied_label_settles_when_one_of_its_categories_is_accepted(curator):
    sample = answered("bag", "shoe")

    judge(sample, curator, bag=True, shoe=False)

    assert state(sample) == ("settled", "bag")
    assert Consensus.objects.get().method == "judgement"


@pytest.mark.parametrize("is_acceptable", [True, False])
def test_accepting_both_or_neither_leaves_the_label_tied_and_says_so(curator, is_acceptable):
    sample = answered("bag", "shoe")

    judge(sample, curator, bag=is_acceptable, shoe=is_acceptable)

    [tie] = seen_by(curator)[:]
    assert state(sample) == ("tied", None)
    assert {standing.is_acceptable for standing in tie.standings} == {is_acceptable}


def test_a_settled_tie_opens_again_when_the_judgement_is_taken_back(curator):
    sample = answered("bag", "shoe")
    judge(sample, curator, bag=True, shoe=False)

    judgements.undo(sample=sample, reviewer=curator, now=NOW)

    assert state(sample) == ("tied", None)


def test_what_the_reviewer_saw_is_kept_in_their_order(curator):
    sample = answered("bag", "shoe", "hat")
    shown = [
        category.pk
        for category in ties.candidates(seen_by(curator).of_sample(sample.pk), reviewer=curator)
    ]

    ties.decide(
        ties=seen_by(curator).of_sample(sample.pk),
        sample=sample,
        verdicts=dict.fromkeys(shown, False),
        shown=shown,
        reviewer=curator,
        now=NOW,
    )

    assert len(shown) == 3
    assert [each.pair_shown for each in Judgement.objects.all()] == [shown] * 3


def test_the_order_of_the_categories_differs_between_samples(curator):
    firsts = set()
    for _ in range(12):
        found = seen_by(curator).of_sample(answered("bag", "shoe").pk)
        firsts.add(ties.candidates(found, reviewer=curator)[0].path)

    assert firsts == {"bag", "shoe"}


def test_who_labelled_the_product_does_not_decide_it(curator):
    sample = answered("bag", "shoe")
    AnnotationFactory(sample=sample, annotator=curator, round=RoundFactory(is_blind=False))

    [tie] = seen_by(curator)[:]

    assert (tie.is_own, tie.may_be_judged) == (True, False)
    with pytest.raises(judgements.OwnSample):
        judge(sample, curator, bag=True, shoe=False)


def test_who_is_part_of_a_tie_of_judgements_does_not_decide_it():
    sample = balanced()
    part = Judgement.objects.first().reviewer

    with pytest.raises(ties.AlreadyJudged):
        judge(sample, part, bag=False)

    assert [tie.is_mine for tie in seen_by(part)[:]] == [True]


def test_the_list_filters_by_kind_and_product(curator):
    answered("bag", "shoe", name="red bag")
    balanced(name="blue bag", product_id="p-blue")

    assert [tie.name for tie in seen_by(curator, kind=Kind.LABEL)[:]] == ["red bag"]
    assert [tie.name for tie in seen_by(curator, query="BLUE")[:]] == ["blue bag"]
    assert [tie.name for tie in seen_by(curator, query="p-blue")[:]] == ["blue bag"]
    assert len(seen_by(curator)) == 2


def test_the_list_sorts_by_product(curator):
    for name in ("b", "a"):
        balanced(name=name)

    ordered = seen_by(curator, order="product", is_descending=False)

    assert [tie.name for tie in ordered[:]] == ["a", "b"]
    assert [tie.name for tie in ordered[1:2]] == ["b"]


def test_going_on_from_tie_to_tie_meets_each_once(curator):
    samples = {answered("bag", "shoe").pk for _ in range(4)}
    met, at = [], None
    for _ in range(4):
        at = seen_by(curator).next_sample(after=at)
        met.append(at)

    assert set(met) == samples


def test_ties_of_the_reader_are_not_counted_as_theirs_to_judge(curator):
    balanced()
    answered("bag", "shoe")
    other = UserFactory(role="curator")
    part = Judgement.objects.first().reviewer

    assert seen_by(other).judgeable() == 2
    assert seen_by(part).judgeable() == 1
