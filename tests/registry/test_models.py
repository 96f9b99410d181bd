import pytest

from labelhub.registry.models import ModelVersion
from tests.factories import ModelVersionFactory, PredictionFactory

pytestmark = pytest.mark.django_db


def test_a_version_with_predictions_is_found_once():
    predicting, _silent = ModelVersionFactory(), ModelVersionFactory()
    PredictionFactory(version=predicting)
    PredictionFactory(version=predicting)

    assert list(ModelVersion.objects.predicting()) == [predicting]
