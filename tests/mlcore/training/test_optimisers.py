import pytest

from mlcore.models.network import Architecture, Text, network
from mlcore.training.config import TrainingConfig
from mlcore.training.optimisers import OPTIMIZERS, optimiser
from mlcore.training.rules import OPTIMIZERS as NAMES

SIZES = {"embedding_size": 4, "filters": 2, "hidden_size": 3, "dropout": 0.0}


def test_every_optimiser_that_settings_may_name_is_there():
    assert tuple(OPTIMIZERS) == NAMES


def test_the_learning_rate_has_fallen_to_nothing_by_the_last_step():
    model = network(Architecture(n_categories=2, name=Text(vocabulary_size=5, length=4), **SIZES))
    found = optimiser(model, TrainingConfig(learning_rate=0.5), steps=10)

    rates = []
    for step in (0, 5, 10):
        found.iterations.assign(step)
        rates.append(float(found.learning_rate))

    assert rates == pytest.approx([0.5, 0.25, 0.0], abs=1e-6)
