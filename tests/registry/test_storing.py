from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from labelhub.registry.models import Prediction
from labelhub.registry.services import storing
from tests.factories import NOW, CategoryFactory, ModelVersionFactory, SampleFactory

pytestmark = pytest.mark.django_db


def store(version, sample, categories, shares, now=NOW) -> int:
    return storing.store(
        version_id=version.pk,
        sample_ids=[sample.pk],
        category_ids=np.array([[category.pk for category in categories]]),
        probabilities=np.array([shares]),
        now=now,
    )


def test_a_prediction_keeps_its_ranks_and_the_rest_of_the_mass():
    shirt, pan = CategoryFactory(path="shirt"), CategoryFactory(path="pan")

    written = store(ModelVersionFactory(), SampleFactory(), [shirt, pan], [0.5, 0.25])

    kept = Prediction.objects.get()
    assert written == 1
    assert (kept.category, kept.probability, kept.rest) == (shirt, 0.5, 0.25)
    assert kept.category_ids == [shirt.pk, pan.pk]
    assert kept.probabilities == [0.5, 0.25]


def test_predicting_again_replaces_the_prediction():
    version, sample = ModelVersionFactory(), SampleFactory()
    shirt, pan = CategoryFactory(path="shirt"), CategoryFactory(path="pan")
    store(version, sample, [shirt, pan], [0.75, 0.25])

    store(version, sample, [pan, shirt], [0.5, 0.5], now=NOW + timedelta(days=1))

    kept = Prediction.objects.get()
    assert (kept.category, kept.predicted_at) == (pan, NOW + timedelta(days=1))


def test_two_versions_predict_the_same_sample_apart():
    sample, shirt = SampleFactory(), CategoryFactory(path="shirt")

    for version in (ModelVersionFactory(), ModelVersionFactory()):
        store(version, sample, [shirt], [1.0])

    assert Prediction.objects.count() == 2


def test_rounding_does_not_push_the_rest_below_zero():
    shirt, pan = CategoryFactory(path="shirt"), CategoryFactory(path="pan")

    store(ModelVersionFactory(), SampleFactory(), [shirt, pan], [0.9, 0.1 + 1e-16])

    assert Prediction.objects.get().rest == pytest.approx(0, abs=1e-12)
