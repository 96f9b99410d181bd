"""How often one person is right, and how far reviewers agree."""

from __future__ import annotations

import pytest

from analysis.services.comparison import compare
from analysis.services.headline import headline, one_person, reviewers_agreement
from analysis.services.verdicts import Scope
from labelhub.labelling.models import Source
from tests.analysis.test_verdicts import judge, labelled
from tests.factories import (
    NOW,
    AnnotationFactory,
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

    one = one_person()

    assert (one.right, one.answers) == (2, 3)


def test_a_judgement_says_more_than_the_consensus():
    sample = answered("a", "b", agreed="a")
    judge(sample, "a", False)
    judge(sample, "b", True)

    assert one_person().right == 1


def test_one_answer_of_an_undecided_tie_is_taken_to_be_right():
    answered("a", "b", state="tied")

    one = one_person()

    assert (one.tied, one.right_in_ties, one.accuracy.value) == (2, 1.0, 0.5)


def test_a_judged_answer_of_a_tie_is_no_longer_open():
    sample = answered("a", "b", state="tied")
    judge(sample, "a", False)

    one = one_person()

    assert (one.tied, one.right_in_ties) == (1, 1.0)


def test_cannot_be_decided_is_counted_apart():
    answered("a", "a", None, agreed="a")

    one = one_person()

    assert (one.answers, one.undecidable) == (2, 1)


@pytest.mark.parametrize("state", ["provisional", "undecidable"])
def test_samples_still_waiting_or_undecidable_are_left_out(state):
    answered("a", state=state)

    assert one_person().answers == 0


def test_assisted_answers_never_count_as_human():
    answered("a", agreed="a", is_assisted=True)
    answered("a", agreed="a", round=RoundFactory(is_blind=False))
    answered("a", agreed="a", round=RoundFactory(source="given"))

    assert one_person().answers == 0


def test_answers_are_cut_to_the_level_too():
    answered("a>b", agreed="a>c")

    assert one_person().right == 0
    assert one_person(level=1).right == 1


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
    for is_acceptable in (True, True, False):  # pairs: one agrees, two do not
        judge(sample, "a", is_acceptable)
    judge(sample, "b", True)  # alone: no pair

    agreement = reviewers_agreement()

    assert (agreement.part, agreement.whole) == (1, 3)
