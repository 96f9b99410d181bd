import pytest

from analysis.services import review
from analysis.services.review import Selection
from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Consensus
from labelhub.registry.models import ModelVersion
from mlcore.quality.confusion import Verdict
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    ConsensusFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db) -> ModelVersion:
    return ModelVersionFactory()


def disagreement(version: ModelVersion, human="bag", model="shoe", **consensus) -> Sample:
    sample = SampleFactory()
    ConsensusFactory(sample=sample, category=CategoryFactory(path=human), **consensus)
    PredictionFactory(sample=sample, category=CategoryFactory(path=model), version=version)
    return sample


def category(path: str) -> Category:
    return Category.objects.get(path=path)


def waiting(version: ModelVersion, reviewer: User, under=None, later=(), source="people"):
    selection = Selection(version=version, under=under, source=source)
    return review.waiting(selection=selection, reviewer=reviewer, later=later)


def judge(sample: Sample, reviewer: User | None = None, **verdicts: bool) -> None:
    for path, is_acceptable in verdicts.items():
        JudgementFactory(
            sample=sample,
            category=category(path),
            is_acceptable=is_acceptable,
            **({"reviewer": reviewer} if reviewer else {}),
        )


def test_what_people_and_the_version_name_differently_waits(version, curator):
    differs = disagreement(version)
    disagreement(version, human="bag", model="bag")

    found = waiting(version, curator)

    assert (found.total, found.remaining, found.next_id) == (1, 1, differs.pk)


def test_only_settled_labels_are_reviewed(version, curator):
    disagreement(version, state=Consensus.State.PROVISIONAL)

    assert waiting(version, curator).total == 0


def test_predictions_of_another_version_do_not_count(version, curator):
    disagreement(ModelVersionFactory())

    assert waiting(version, curator).total == 0


def test_given_categories_are_reviewed_when_asked_for(version, curator):
    sample = disagreement(version, source="given")

    assert waiting(version, curator).next_id is None
    assert waiting(version, curator, source="given").next_id == sample.pk


def test_a_disagreement_judged_on_both_sides_no_longer_waits(version, curator):
    judge(disagreement(version), bag=True, shoe=False)

    found = waiting(version, curator)

    assert (found.total, found.remaining, found.next_id, found.done) == (1, 0, None, 1)


def test_a_disagreement_judged_on_one_side_still_waits(version, curator):
    judge(disagreement(version), bag=True)

    assert waiting(version, curator).remaining == 1


def test_when_two_reviewers_differ_a_third_is_asked(version, curator):
    sample, first = disagreement(version), UserFactory(role="curator")
    judge(sample, first, bag=True, shoe=False)
    judge(sample, UserFactory(role="curator"), bag=False, shoe=False)

    assert waiting(version, curator).next_id == sample.pk
    assert waiting(version, first).next_id is None


def test_nobody_is_given_a_sample_they_labelled(version, curator):
    sample = disagreement(version)
    AnnotationFactory(sample=sample, annotator=curator)

    assert waiting(version, curator).total == 0
    assert waiting(version, UserFactory(role="curator")).total == 1


def test_a_subtree_takes_a_disagreement_with_either_side_in_it(version, curator):
    disagreement(version, human="women>bag", model="men>bag")
    disagreement(version, human="food>rice", model="food>bread")

    assert waiting(version, curator, under=category("women")).total == 1
    assert waiting(version, curator, under=category("men")).total == 1


def test_what_was_put_off_comes_last(version, curator):
    samples = {disagreement(version).pk for _ in range(4)}
    first = waiting(version, curator).next_id

    following = waiting(version, curator, later=[first]).next_id

    assert following in samples - {first}
    assert waiting(version, curator, later=list(samples)).next_id == first


def test_each_reviewer_has_an_order_of_their_own_that_stays(version, curator):
    for _ in range(12):
        disagreement(version)
    reviewers = UserFactory.create_batch(6, role="curator")

    firsts = [waiting(version, reviewer).next_id for reviewer in reviewers]

    assert len(set(firsts)) > 1
    assert firsts == [waiting(version, reviewer).next_id for reviewer in reviewers]


def test_the_pair_is_shuffled_but_always_the_same_for_a_sample_and_reviewer(version, curator):
    selection = Selection(version=version)
    pairs = []
    for _ in range(20):
        sides = review.sides(sample_id=disagreement(version).pk, selection=selection)
        shown = review.shuffled(sides, reviewer=curator)
        assert shown == review.shuffled(sides, reviewer=curator)
        pairs.append(shown[0] == sides.human)

    assert 0 < sum(pairs) < 20


def test_the_order_does_not_depend_on_which_side_is_the_models(version, curator):
    other = ModelVersionFactory()
    sample = disagreement(version, human="bag", model="shoe")
    PredictionFactory(sample=sample, category=category("bag"), version=other)
    as_is = review.sides(sample_id=sample.pk, selection=Selection(version=version))
    turned = review.Sides(sample, human=as_is.model, model=as_is.human)

    assert review.shuffled(as_is, reviewer=curator) == review.shuffled(turned, reviewer=curator)


@pytest.mark.parametrize(
    ("bag", "shoe", "verdict"),
    [
        (True, False, Verdict.HUMAN),
        (False, True, Verdict.MODEL),
        (True, True, Verdict.BOTH),
        (False, False, Verdict.NEITHER),
    ],
)
def test_the_verdict_names_the_side_that_was_right(version, curator, bag, shoe, verdict):
    sample = disagreement(version, human="bag", model="shoe")
    judge(sample, curator, bag=bag, shoe=shoe)

    given = review.judged_by(
        sample_id=sample.pk, selection=Selection(version=version), reviewer=curator
    )

    assert given.verdict == verdict


def test_before_the_verdict_there_is_none_to_show(version, curator):
    sample = disagreement(version)
    judge(sample, bag=True, shoe=False)

    given = review.judged_by(
        sample_id=sample.pk, selection=Selection(version=version), reviewer=curator
    )

    assert given is None


def test_evidence_counts_the_answers_and_ranks_the_probabilities(version):
    sample = disagreement(version, human="bag", model="shoe")
    for path in ("bag", "bag", "shoe"):
        AnnotationFactory(sample=sample, category=category(path))
    selection = Selection(version=version)

    found = review.evidence(
        found=review.sides(sample_id=sample.pk, selection=selection), selection=selection
    )

    assert found.answers == [(category("bag"), 2), (category("shoe"), 1)]
    assert found.ranks == [(category("shoe"), 0.8)]
