"""What the page of a run says of its heads and pictures."""

from __future__ import annotations

import pytest
from django.urls import reverse

from analysis.services import run_heads
from labelhub.jobs.models import Job
from labelhub.registry.models import ModelVersion
from tests.analysis.test_runs_views import SCORES, trained
from tests.factories import JobFactory, PredictionFactory, RoundFactory

pytestmark = pytest.mark.django_db

HEADS = {
    "name": {"n": 200, "accuracy": 0.7, "levels": {}},
    "mall": {"n": 100, "accuracy": 0.5, "levels": {}},
    "image": {"n": 0},
    "combined": {"n": 200, "accuracy": 0.75, "levels": {}},
}
SMALL = {
    "backbone": "small",
    "origin": "own small network, trained from scratch",
    "side": 224,
}


def version(**scores) -> ModelVersion:
    made = trained("v1")
    ModelVersion.objects.update(scores={**SCORES, **scores})
    made.refresh_from_db()
    return made


def page(as_role, made: ModelVersion) -> str:
    return as_role("pm").get(reverse("analysis:run", args=[made.run_id])).content.decode()


def test_each_head_is_measured_on_the_rows_that_have_what_it_reads():
    found = run_heads.of(version(heads=HEADS, shares={"mall": 0.5, "image": 0.25}))

    assert [(head.title, head.rows, head.accuracy, head.share) for head in found] == [
        ("Names", 200, 0.7, 1.0),
        ("Shops' own categories", 100, 0.5, 0.5),
        ("Pictures", 0, None, 0.25),
        ("All together", 200, 0.75, 1.0),
    ]
    assert found[1].interval is not None
    assert found[1].interval.low == pytest.approx(0.4038, abs=1e-4)  # Wilson of 50 in 100
    assert found[2].interval is None


@pytest.mark.parametrize(("pooled", "is_said"), [({"name": [0.8, 0.4]}, True), ({}, False)])
def test_the_curve_says_that_n_grams_are_learnt_apart(as_role, pooled, is_said):
    shown = page(as_role, version(pooled=pooled))

    assert ("are learnt apart" in shown) == is_said


def test_a_version_of_names_has_no_table_of_heads():
    assert run_heads.of(version(heads={"name": HEADS["name"]}, shares={})) == []


def test_what_was_not_counted_before_is_not_made_up():
    assert [head.share for head in run_heads.of(version(heads=HEADS))] == [None] * 4


def test_the_page_shows_the_heads_and_says_that_a_small_network_saw_the_pictures(as_role):
    made = version(heads=HEADS, shares={"mall": 0.5, "image": 0.25}, pictures=SMALL)

    shown = page(as_role, made)

    assert "All together" in shown
    assert "25.0%" in shown
    assert "a small network that learnt from this corpus alone" in shown


@pytest.mark.parametrize("name", ["small", "mobilenet_v2_1.0"])
def test_weights_of_a_file_are_named(name):
    seen = {"backbone": name, "origin": "file weights.h5", "side": 96}

    told = run_heads.pictures(version(pictures=seen))

    assert told == f"Pictures are seen in 96 pixels by {name} (file weights.h5)."


def test_a_version_without_pictures_says_nothing_of_them():
    assert run_heads.pictures(version()) == ""


def test_samples_without_a_picture_are_shown_with_the_prediction(as_role):
    made = version(heads=HEADS, pictures=SMALL)
    params = {"version_id": made.pk, "round_id": RoundFactory(name="first").pk}
    result = {"samples": 5, "lacking": {"without_picture": 1234, "unreadable": 77}}
    job = JobFactory(kind="predict", params=params)
    ended = {"state": Job.State.DONE, "result": result, "finished_at": job.created_at}
    Job.objects.filter(pk=job.pk).update(**ended)
    PredictionFactory(version=made)

    shown = page(as_role, made)

    assert "without a picture: 1,234" in shown
    assert "picture cannot be read: 77" in shown
