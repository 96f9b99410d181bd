"""Runs that learn from names, shops' categories and pictures; about ten seconds of TensorFlow."""

from __future__ import annotations

import shutil

import pytest
from django.db.models.functions import Now

from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.registry.models import ModelVersion, Run
from labelhub.registry.services import runs, training
from mlcore.artifact import runtime
from mlcore.corpus.folder import read_json
from mlcore.training.config import TrainingConfig
from tests.factories import NOW
from tests.registry.rows import make_corpus, make_photographed_corpus

pytestmark = pytest.mark.django_db

QUICK = TrainingConfig(
    branches=("name", "mall", "image"),
    epochs=3,
    patience=3,
    batch_size=16,
    embedding_size=4,
    filters=4,
    hidden_size=8,
    validation_share=0.2,
)


@pytest.fixture(autouse=True)
def small_pictures(settings):
    settings.PICTURE_SIDE = 32


@pytest.fixture
def corpus(tmp_path):
    return make_photographed_corpus(tmp_path)


def start(corpus, config=QUICK) -> Run:
    return runs.start(
        corpus=corpus,
        version_name="v1",
        rules=(),
        list_version=0,
        config=config,
        by=None,
        now=NOW,
    )


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_a_killed_run_goes_on_and_leaves_a_head_for_each_branch_and_one_of_all(
    corpus, tmp_path, monkeypatch
):
    run = start(corpus)
    first, told = carrying.take(run.job_id), []

    def die_in_the_second_epoch(stage="", done=0, total=0):
        told.append(stage)
        if stage == "train" and done > 0:
            raise SystemExit

    monkeypatch.setattr(first, "report", die_in_the_second_epoch)
    monkeypatch.setattr("mlcore.training.loop.STEPS_BETWEEN_REPORTS", 1)
    with monkeypatch.context() as patch:
        patch.setattr("mlcore.training.loop.SMALLEST_BATCH", 64)  # one step is an epoch
        patch.setattr("mlcore.training.loop._batch_size", lambda rows, config: 64)
        with pytest.raises(SystemExit):
            training.carry_out(run_id=run.pk, job=first)
        Job.objects.update(lease_expires_at=Now())
        kept = read_json(tmp_path / "training" / str(run.pk) / "epoch" / "record.json")
        second = carrying.take(run.job_id)
        stages: list[str] = []
        monkeypatch.setattr(second, "report", lambda stage="", *_: stages.append(stage))

        training.carry_out(run_id=run.pk, job=second)

    run.refresh_from_db()
    assert "learn pictures" in told
    assert "learn pictures" not in stages
    assert len(kept["history"]) == 1
    assert run.history[0] == kept["history"][0]
    assert len(run.history) == 3
    version = ModelVersion.objects.get()
    model = runtime.load(tmp_path / "models" / "v1")
    assert model.heads == ("name", "mall", "image", "combined")
    assert version.scores["heads"].keys() == {"name", "mall", "image", "combined"}
    assert version.scores["shares"] == {"mall": 32 / 40, "image": 24 / 40}
    assert version.scores["pictures"] == {
        "backbone": "small",
        "origin": "own small network, trained from scratch",
        "side": 32,
    }
    assert list((tmp_path / "features").rglob("*.features"))
    assert not list((tmp_path / "training").iterdir())


def test_a_corpus_without_pictures_or_shop_categories_is_refused_at_once(tmp_path):
    plain = make_corpus(tmp_path)

    with pytest.raises(runs.Lacking, match="no pictures"):
        start(plain)
    with pytest.raises(runs.Lacking, match="own category"):
        start(plain, TrainingConfig(branches=("name", "mall")))

    assert not Run.objects.exists()


def test_pictures_that_have_gone_fail_with_a_reason(corpus, tmp_path):
    shutil.rmtree(tmp_path / "corpora" / "photos" / "pictures")

    job = carried(start(corpus).job)

    assert job.state == "failed"
    assert "picture" in job.error
