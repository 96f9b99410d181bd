from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from analysis.services import demo_review
from labelhub.labelling.models import Consensus, Judgement
from mlcore.demo.people import reviewers_of
from mlcore.progress import silent
from tests.factories import (
    NOW,
    CategoryFactory,
    ConsensusFactory,
    ModelVersionFactory,
    PredictionFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db

JOB = SimpleNamespace(writing=nullcontext)


@pytest.fixture
def jacket():
    return CategoryFactory(path="kids>jacket")


@pytest.fixture
def coat():
    return CategoryFactory(path="kids>coat")


def disputed(version, label, answer, number=1):
    """Samples that people call `label` and the version `answer`."""
    samples = [SampleFactory() for _ in range(number)]
    for sample in samples:
        ConsensusFactory(sample=sample, category=label)
        PredictionFactory(version=version, sample=sample, category=answer)
    return samples


def review(version, samples, path="kids>jacket"):
    truth = {sample.product_id: frozenset({path}) for sample in samples}
    return demo_review.review(version=version, truth=truth, seed=1, job=JOB, report=silent, now=NOW)


def test_only_samples_on_which_both_differ_are_disputed(jacket, coat):
    version = ModelVersionFactory()
    [sample] = disputed(version, jacket, coat)
    disputed(version, jacket, jacket)

    [dispute] = demo_review.disputes(version)

    assert dispute.sample == sample
    assert dispute.pair == (jacket, coat)


def test_labels_that_are_not_settled_are_not_disputed(jacket, coat):
    version = ModelVersionFactory()
    disputed(version, jacket, coat)
    Consensus.objects.update(state="provisional")

    assert demo_review.disputes(version) == []


def test_about_three_in_five_disputes_are_reviewed(jacket, coat):
    version = ModelVersionFactory()
    samples = disputed(version, jacket, coat, number=80)

    assert 0.4 < review(version, samples) / 80 < 0.8


def test_both_categories_of_a_dispute_are_judged_and_the_pair_is_kept(jacket, coat):
    version = ModelVersionFactory()
    review(version, disputed(version, jacket, coat, number=10))

    judgement = Judgement.objects.order_by("pk").first()
    pair = {jacket.pk, coat.pk}

    assert set(judgement.pair_shown) == pair
    assert set(judgement.sample.judgements.values_list("category_id", flat=True)) == pair


def test_reviewers_nearly_always_know_the_truth(jacket, coat):
    version = ModelVersionFactory()
    review(version, disputed(version, jacket, coat, number=60))

    right = Judgement.objects.filter(category=jacket, is_acceptable=True).count()

    assert right > 0.85 * Judgement.objects.filter(category=jacket).count()


def test_reviewers_of_the_market_cannot_log_in(jacket, coat):
    version = ModelVersionFactory()
    review(version, disputed(version, jacket, coat, number=10))

    reviewer = Judgement.objects.order_by("pk").first().reviewer

    assert reviewer.username in reviewers_of(Judgement.objects.first().sample.product_id)
    assert not reviewer.is_active
    assert not reviewer.has_usable_password()


def test_a_second_review_judges_nothing_twice(jacket, coat):
    version = ModelVersionFactory()
    samples = disputed(version, jacket, coat, number=10)
    review(version, samples)
    before = Judgement.objects.count()

    review(version, samples)

    assert Judgement.objects.count() == before


def test_another_version_adds_only_the_categories_that_are_new(jacket, coat):
    first, second = ModelVersionFactory(), ModelVersionFactory()
    samples = disputed(first, jacket, coat, number=10)
    review(first, samples)
    vest = CategoryFactory(path="kids>vest")
    for sample in samples:
        PredictionFactory(version=second, sample=sample, category=vest)
    before = Judgement.objects.count()

    review(second, samples)

    assert set(Judgement.objects.order_by("pk")[before:].values_list("category_id", flat=True)) == {
        vest.pk
    }
    assert not Judgement.objects.exclude(superseded_at=None).exists()
