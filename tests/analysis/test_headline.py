"""How often one person is right, and how far reviewers agree."""

from __future__ import annotations

import pytest

from analysis.services.comparison import compare
from analysis.services.headline import Share, headline, one_person, reviewers_agreement
from analysis.services.verdicts import Scope
from labelhub.labelling.models import Assignment, Round, Source
from labelhub.labelling.services import chances
from tests.analysis.test_verdicts import judge, labelled
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    ConsensusFactory,
    ModelVersionFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


def answered(*paths: str | None, agreed: str | None = None, state: str = "settled", **answer):
    """Make a sample with answers (None: cannot be decided) and the consensus on them."""
    sample = SampleFactory()
    category = CategoryFactory(path=agreed) if agreed else None
    ConsensusFactory(sample=sample, state=state, category=category)
    for path in paths:
        AnnotationFactory(
            sample=sample,
            category=CategoryFactory(path=path) if path else None,
            is_undecidable=path is None,
            **answer,
        )
    return sample


def test_an_answer_is_right_where_it_equals_the_consensus():
    answered("a", "a", "b", agreed="a")

    one = one_person(chances.basis("people"))

    assert (one.right, one.answers) == (2, 3)


def test_a_judgement_says_more_than_the_consensus():
    sample = answered("a", "b", agreed="a")
    judge(sample, "a", False)
    judge(sample, "b", True)

    assert one_person(chances.basis("people")).right == 1


def test_one_answer_of_an_undecided_tie_is_taken_to_be_right():
    answered("a", "b", state="tied")

    one = one_person(chances.basis("people"))

    assert (one.tied, one.right_in_ties, one.accuracy.value) == (2, 1.0, 0.5)


def test_a_judged_answer_of_a_tie_is_no_longer_open():
    sample = answered("a", "b", state="tied")
    judge(sample, "a", False)

    one = one_person(chances.basis("people"))

    assert (one.tied, one.right_in_ties) == (1, 1.0)


def test_cannot_be_decided_is_counted_apart():
    answered("a", "a", None, agreed="a")

    one = one_person(chances.basis("people"))

    assert (one.answers, one.undecidable) == (2, 1)


@pytest.mark.parametrize("state", ["provisional", "undecidable"])
def test_samples_still_waiting_or_undecidable_are_left_out(state):
    answered("a", state=state)

    assert one_person(chances.basis("people")).answers == 0


def test_assisted_answers_never_count_as_human():
    answered("a", agreed="a", is_assisted=True)
    answered("a", agreed="a", round=RoundFactory(is_blind=False))
    answered("a", agreed="a", round=RoundFactory(source="given"))

    assert one_person(chances.basis("people")).answers == 0


def test_answers_are_cut_to_the_level_too():
    answered("a>b", agreed="a>c")

    assert one_person(chances.basis("people")).right == 0
    assert one_person(chances.basis("people"), level=1).right == 1


def test_given_labels_have_no_person():
    table = compare(Scope(version=ModelVersionFactory(), source=Source.GIVEN), now=NOW)

    assert headline(table).one_person is None


def test_labels_and_model_are_both_right_where_both_were_accepted():
    version = ModelVersionFactory()
    labelled(version, "a", "b", {"a": True, "b": True})
    labelled(version, "a", "b", {"a": False, "b": True})
    labelled(version, "a", "b")

    figures = headline(compare(Scope(version=version, source=Source.PEOPLE), now=NOW))

    assert (figures.before.part, figures.labels.part, figures.after.part) == (0, 1, 2)
    assert (figures.after.whole, figures.unreviewed) == (3, 1)


def test_reviewers_agreement_counts_pairs_on_the_same_category():
    sample = SampleFactory()
    for path, verdicts in (("a", (True, True)), ("b", (True, False)), ("c", (True,))):
        for is_acceptable in verdicts:
            judge(sample, path, is_acceptable)

    agreement = reviewers_agreement()

    assert (agreement.part, agreement.whole) == (1, 2)


def test_a_third_reviewer_who_decides_between_two_is_in_no_pair():
    sample = SampleFactory()
    for is_acceptable in (True, False, True):
        judge(sample, "a", is_acceptable)

    agreement = reviewers_agreement()

    assert (agreement.part, agreement.whole) == (0, 1)


# Rounds drawn at random count by their chance; others do not count.


def put(sample, plan: str, chance: float | None) -> None:
    """Put a sample into the round of the plan, drawn with the chance."""
    there = Round.objects.filter(plan=plan).first() or RoundFactory(plan=plan)
    AssignmentFactory(round=there, sample=sample, inclusion_probability=chance)


def figures_of(version):
    return headline(compare(Scope(version=version, source=Source.PEOPLE), now=NOW))


def test_samples_weigh_by_the_chance_with_which_they_were_drawn():
    version = ModelVersionFactory()
    for predicted, chance, times in (("a", 0.5, 2), ("b", 0.1, 1), ("a", 0.1, 1)):
        for _ in range(times):
            put(labelled(version, "a", predicted), "random", chance)

    before = figures_of(version).before

    # right: 2 / .5 + 1 / .1 of 2 / .5 + 2 / .1
    assert before.value == pytest.approx(14 / 24)
    assert (before.whole, before.is_weighed) == (4, True)
    assert before.interval.low < 14 / 24 < before.interval.high


def test_rounds_drawn_where_the_model_is_unsure_never_enter_the_headline():
    version = ModelVersionFactory()
    put(labelled(version, "a", "a"), "everything", 1.0)
    put(labelled(version, "a", "b", {"a": True, "b": False}), "uncertainty", None)
    put(labelled(version, "a", "b"), "disagreement", None)

    figures = figures_of(version)

    assert (figures.before.part, figures.before.whole, figures.unreviewed) == (1, 1, 0)
    assert figures.counted.left_out == 2
    assert [round.plan for round in figures.basis.left_out] == ["uncertainty", "disagreement"]


def test_a_sample_of_both_kinds_of_rounds_counts_once():
    version = ModelVersionFactory()
    sample = labelled(version, "a", "a")
    put(sample, "everything", 1.0)
    put(sample, "uncertainty", None)

    figures = figures_of(version)

    assert (figures.before.part, figures.before.whole, figures.counted.left_out) == (1, 1, 0)


def test_equal_chances_give_the_plain_share():
    version = ModelVersionFactory()
    for predicted in ("a", "b"):
        put(labelled(version, "a", predicted), "random", 0.1)

    before = figures_of(version).before

    assert (before.part, before.whole, before.is_weighed) == (1, 2, False)


def test_a_weighed_share_of_all_has_an_interval():
    share = Share(part=74_241, whole=74_241, effective=472.72824922126307)

    # (x * 74241) / 74241 is a little above this x.
    assert share.interval.high == 1


def test_where_nothing_was_drawn_at_random_there_is_no_figure():
    version = ModelVersionFactory()
    put(labelled(version, "a", "a"), "file", None)

    figures = figures_of(version)

    assert figures.before.value is None
    assert figures.before.interval is None


def test_one_persons_answers_weigh_by_the_chance_of_the_sample():
    round = RoundFactory(plan="random")
    for answer, chance in (("a", 0.5), ("b", 0.1)):
        sample = answered(answer, agreed="a", round=round)
        Assignment.objects.filter(sample=sample).update(inclusion_probability=chance)

    accuracy = one_person(chances.basis("people")).accuracy

    assert accuracy.value == pytest.approx(2 / 12)
    assert accuracy.whole == 2


def test_ties_weigh_by_their_chance_too():
    round = RoundFactory(plan="random")
    for answers, chance in ((("a", "b"), 0.5), (("a", "a"), 0.1)):
        sample = answered(*answers, state="tied" if answers == ("a", "b") else "settled",
                          agreed=None if answers == ("a", "b") else "a", round=round)  # fmt: skip
        Assignment.objects.filter(sample=sample).update(inclusion_probability=chance)

    one = one_person(chances.basis("people"))

    # one of the two is right: (1 / .5 + 2 / .1) of (2 / .5 + 2 / .1)
    assert (one.tied, one.right_in_ties) == (2, 1.0)
    assert one.accuracy.value == pytest.approx(22 / 24)


def test_answers_in_rounds_that_do_not_count_are_left_out_even_on_samples_that_do():
    sample = answered("a", agreed="a")
    AnnotationFactory(
        sample=sample, category=CategoryFactory(path="b"), round=RoundFactory(plan="uncertainty")
    )

    one = one_person(chances.basis("people"))

    assert (one.answers, one.right) == (1, 1)


def test_hidden_checks_are_counted_in_nothing():
    answered("a", agreed="a", is_check=True)

    assert one_person(chances.basis("people")).answers == 0
