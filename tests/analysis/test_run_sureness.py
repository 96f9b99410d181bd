from __future__ import annotations

import pytest

from labelhub.registry.models import Run
from tests.analysis.test_runs_views import NEW, SCORES, address, trained
from tests.factories import CorpusFactory

pytestmark = pytest.mark.django_db


def calibration(**changed):
    measured = {"threshold": 0.8, "rows": 60, "coverage": 0.6, "accuracy": 0.97, "low": 0.9}
    return {
        "temperature": 1.3,
        "target": 0.95,
        "measured": {**measured, **changed},
        "chosen": measured,
        "error_before": 0.08,
        "error_after": 0.02,
        "table": [{"low": 0.8, "high": 0.9, "rows": 60, "probability": 0.85, "accuracy": 0.9}],
        "curve": {
            "threshold": [0.8, 0.1],
            "rows": [60, 100],
            "coverage": [0.6, 1.0],
            "accuracy": [0.97, 0.8],
            "low": [0.9, 0.7],
            "high": [1.0, 0.9],
        },
    }


def test_the_page_tells_from_which_probability_on_the_version_answers(as_role):
    version = trained("v1")
    version.scores = {**SCORES, "calibration": calibration()}
    version.save()

    page = as_role("curator").get(address("run", version)).content.decode()

    assert "From a probability of 0.80 on it answers 60.0% of the products" in page
    assert "Measured on 100 held-out rows" in page
    assert 'data-chart="coverage-curve-data"' in page


def test_a_target_out_of_reach_is_said(as_role):
    version = trained("v1")
    nothing = {"threshold": None, "rows": 0, "coverage": 0.0, "accuracy": None, "low": None}
    version.scores = {**SCORES, "calibration": calibration(**nothing)}
    version.save()

    page = as_role("curator").get(address("run", version)).content.decode()

    assert "No threshold reaches 95.0% on these rows" in page


def test_what_a_training_corrected_is_linked_for_curators_alone(as_role):
    version = trained("v1")
    cleaning = {"noise_rate": 0.12, "is_estimated": True, "trainings": 3, "refurbished": 7}
    version.scores = {**SCORES, "cleaning": cleaning}
    version.save()

    link = address("run-refurbished", version)
    assert link in as_role("curator").get(address("run", version)).content.decode()
    assert link not in as_role("pm").get(address("run", version)).content.decode()


def test_cleaning_takes_epochs_of_its_own(as_role):
    corpus = CorpusFactory()
    values = {
        "corpus": corpus.pk,
        "branches": ["name"],
        "version_name": "v1",
        "epochs": 3,
        "seed": 0,
    }

    as_role("curator").post(NEW, {**values, "cleaning": "selfie"})

    config = Run.objects.get().config
    assert config["cleaning"] == "selfie"
    assert config["epochs"] == 3


def test_a_cleaning_of_one_epoch_is_refused_beside_the_field(as_role):
    values = {"corpus": CorpusFactory().pk, "branches": ["name"], "version_name": "v1", "seed": 0}

    page = as_role("curator").post(NEW, {**values, "epochs": 1, "cleaning": "small_loss"})

    assert page.context["form"].errors["epochs"] == ["Cleaning takes two epochs or more."]
    assert not Run.objects.exists()
