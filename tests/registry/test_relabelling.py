import pytest

from labelhub.labelling.services import consensus
from labelhub.registry.services.relabelling import weakest_first
from tests.factories import (
    NOW,
    AnnotationFactory,
    CategoryFactory,
    ModelVersionFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return RoundFactory(overlap=2)


@pytest.fixture
def version():
    return ModelVersionFactory()


def label(round, version, people, predicted, *paths):
    """Give a sample a prediction of .9 and one answer a person."""
    sample = SampleFactory()
    category = CategoryFactory(path=predicted)
    PredictionFactory(
        version=version,
        sample=sample,
        category=category,
        probability=0.9,
        category_ids=[category.pk],
        probabilities=[0.9],
        rest=0.1,
    )
    for person, path in zip(people, paths, strict=True):
        AnnotationFactory(
            round=round, sample=sample, annotator=person, category=CategoryFactory(path=path)
        )
    return sample


def test_a_label_that_people_dispute_comes_before_one_that_all_agree_on(round, version):
    people = UserFactory.create_batch(2)
    for path in ("a", "b", "c", "d"):
        label(round, version, people, path, path, path)
    disputed = label(round, version, people, "a", "b", "c")
    against_the_model = label(round, version, people, "d", "c", "c")

    found = weakest_first(round, version)

    weakest = {doubt.sample_id for doubt in found[:2]}
    assert weakest == {disputed.pk, against_the_model.pk}
    assert found[2].quality > found[1].quality


def test_the_likeliest_category_may_be_one_that_nobody_named(round, version):
    # Both people differ from each other and from a model that all others agree with.
    people = UserFactory.create_batch(2)
    for path in ("a", "b", "c", "d"):
        label(round, version, people, path, path, path)
    torn = label(round, version, people, "e", "a", "b")

    [doubt] = [each for each in weakest_first(round, version) if each.sample_id == torn.pk]

    assert doubt.proposed_id == CategoryFactory(path="e").pk


def test_without_a_version_the_votes_count(round):
    people = UserFactory.create_batch(3)
    split, whole = SampleFactory.create_batch(2)
    a, b = CategoryFactory(path="a"), CategoryFactory(path="b")
    for person, category in zip(people, [a, a, b], strict=True):
        AnnotationFactory(round=round, sample=split, annotator=person, category=category)
        AnnotationFactory(round=round, sample=whole, annotator=person, category=a)
    consensus.settle_by_majority(source="people", now=NOW)

    found = weakest_first(round, None)

    assert [doubt.sample_id for doubt in found] == [split.pk, whole.pk]
    assert found[0].quality == pytest.approx(2 / 3)


def test_while_every_sample_has_one_answer_the_votes_count(round, version):
    label(round, version, [UserFactory()], "a", "b")
    consensus.settle(source="people", now=NOW)

    [doubt] = weakest_first(round, version)

    assert doubt.proposed_id is None


def test_a_round_without_answers_has_no_doubts(round, version):
    assert weakest_first(round, version) == []
