"""Samples drawn at random for two reviewers, in the queue of the review."""

import pytest

from analysis.services import review
from analysis.services.review import Selection
from labelhub.catalog.models import Sample
from labelhub.registry.models import ModelVersion
from mlcore.quality.confusion import Verdict
from tests.analysis.test_review import category, disagreement, judge, waiting
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    ModelVersionFactory,
    ReviewDrawFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db) -> ModelVersion:
    return ModelVersionFactory()


def drawn(version: ModelVersion, **paths: str) -> Sample:
    """Return a drawn sample; people and the version say *bag* unless told otherwise."""
    return ReviewDrawFactory(sample=disagreement(version, **{"model": "bag", **paths})).sample


def sides(version: ModelVersion, sample: Sample) -> review.Sides | None:
    return review.sides(sample_id=sample.pk, selection=Selection(version=version))


def test_a_drawn_sample_waits_where_people_and_the_version_agree(version, curator):
    sample = drawn(version)

    found = waiting(version, curator)

    assert (found.total, found.remaining, found.next_id) == (1, 1, sample.pk)
    assert sides(version, sample).agree


def test_a_sample_on_which_both_agree_has_nothing_to_judge_unless_drawn(version):
    assert sides(version, disagreement(version, model="bag")) is None


def test_a_drawn_sample_that_the_version_says_nothing_of_waits_all_the_same(version, curator):
    sample = drawn(ModelVersionFactory())

    assert waiting(version, curator).next_id == sample.pk
    assert sides(version, sample).agree


def test_a_drawn_sample_waits_for_two_reviewers(version, curator):
    sample, first = drawn(version), UserFactory(role="curator")
    judge(sample, first, bag=True)

    assert waiting(version, first).remaining == 0
    assert waiting(version, curator).next_id == sample.pk

    judge(sample, UserFactory(role="curator"), bag=True)

    assert waiting(version, curator).remaining == 0


def test_a_drawn_disagreement_waits_for_two_reviewers_of_both_categories(version, curator):
    sample = drawn(version, model="shoe")
    judge(sample, UserFactory(role="curator"), bag=True, shoe=False)
    judge(sample, UserFactory(role="curator"), bag=True)

    assert waiting(version, curator).next_id == sample.pk


def test_a_third_is_asked_where_two_reviewers_of_a_drawn_sample_differ(version, curator):
    sample = drawn(version)
    judge(sample, UserFactory(role="curator"), bag=True)
    judge(sample, UserFactory(role="curator"), bag=False)

    assert waiting(version, curator).next_id == sample.pk


def test_a_drawn_sample_is_not_reviewed_by_whoever_labelled_it(version, curator):
    AnnotationFactory(sample=drawn(version), annotator=curator)

    assert waiting(version, curator).total == 0


def test_drawn_samples_are_of_people_not_of_given_categories(version, curator):
    ReviewDrawFactory(sample=disagreement(version, model="bag", source="given"))

    assert waiting(version, curator, source="given").total == 0


def test_a_subtree_takes_drawn_samples_in_it_only(version, curator):
    drawn(version)
    CategoryFactory(path="shoe")

    assert waiting(version, curator, under=category("bag")).total == 1
    assert waiting(version, curator, under=category("shoe")).total == 0


def test_drawn_samples_come_among_the_first_but_not_all_before_the_rest(version, curator):
    made = [disagreement(version) for _ in range(30)]
    chosen = {drawn(version).pk for _ in range(10)}

    order: list[bool] = []
    for _ in range(len(made) + len(chosen)):
        found = waiting(version, curator).next_id
        order.append(found in chosen)
        judge(Sample.objects.get(pk=found), curator, bag=True, shoe=False)

    assert sum(order[:20]) >= 7
    assert not all(order[:10])


def test_the_verdict_on_a_drawn_agreement_says_whether_it_is_acceptable(version, curator):
    sample = drawn(version)
    judge(sample, curator, bag=False)

    found = review.judged_by(
        sample_id=sample.pk, selection=Selection(version=version), reviewer=curator
    )

    assert (found.verdict, found.is_acceptable) == (Verdict.SAME, False)


def test_answers_to_hidden_checks_are_no_evidence(version):
    sample = drawn(version)
    AnnotationFactory(sample=sample, is_check=True)

    found = review.evidence(found=sides(version, sample), selection=Selection(version=version))

    assert found.answers == []
