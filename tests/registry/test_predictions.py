from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from labelhub.catalog.models import Category
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion, Prediction
from labelhub.registry.services import predictions, runs, storing
from mlcore.artifact import runtime
from mlcore.training.config import TrainingConfig
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    ModelVersionFactory,
    RoundFactory,
    SampleFactory,
)
from tests.registry.rows import NAMES, PAN, SHIRT, make_corpus

pytestmark = pytest.mark.django_db

QUICK = TrainingConfig(epochs=3, batch_size=16, embedding_size=8, filters=8, hidden_size=8)


@pytest.fixture(scope="module")
def artifact(tmp_path_factory):
    """Train once for all tests: two categories, a second of work."""
    from mlcore.corpus import curation, store
    from mlcore.training.fit import fit_and_export
    from tests.registry.rows import write_rows

    folder = tmp_path_factory.mktemp("shop")
    store.import_rows(write_rows(folder / "rows.csv", copies=6), folder / "corpus")
    table = curation.curate(store.read(folder / "corpus"), ()).table
    fit_and_export(table, QUICK, folder / "artifact")
    return folder / "artifact"


@pytest.fixture
def version(db, artifact, tmp_path) -> ModelVersion:
    run = runs.start(
        corpus=make_corpus(tmp_path),
        version_name="v1",
        rules=(),
        list_version=0,
        config=QUICK,
        by=None,
        now=NOW,
    )
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "v1").symlink_to(artifact)
    return ModelVersionFactory(name="v1", origin="trained", run=run, folder="v1")


@pytest.fixture
def tree(db) -> None:
    CategoryFactory(path=SHIRT)
    CategoryFactory(path=PAN)


@pytest.fixture
def round(db) -> Round:
    """A round of all ten products."""
    drawn = RoundFactory(name="first")
    for name in [*NAMES[SHIRT], *NAMES[PAN]]:
        AssignmentFactory(round=drawn, sample=SampleFactory(name=name))
    return drawn


def start(version, round) -> Job:
    return predictions.start(version=version, round=round, by=None, now=NOW)


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_every_sample_of_the_round_gets_a_prediction(version, tree, round):
    outside = SampleFactory(name="other")

    job = carried(start(version, round))

    assert (job.state, job.error, job.result) == ("done", "", {"samples": 10})
    assert Prediction.objects.count() == 10
    assert not Prediction.objects.filter(sample=outside).exists()


def test_a_prediction_holds_all_of_the_probability(version, tree, round):
    carried(start(version, round))

    for kept in Prediction.objects.all():
        assert sum(kept.probabilities) + kept.rest == pytest.approx(1)
        assert kept.probabilities == sorted(kept.probabilities, reverse=True)
        assert kept.category_ids[0] == kept.category_id


def test_what_shops_say_of_a_product_is_read_as_well(version, tree, monkeypatch):
    sample = SampleFactory(name="셔츠", mall_name="몰", mall_category="의류>상의")
    read, real = [], runtime.LightModel.predict

    def spy(model, names, **known):
        read.append((names, known))
        return real(model, names, **known)

    monkeypatch.setattr(runtime.LightModel, "predict", spy)

    carried(start(version, AssignmentFactory(sample=sample).round))

    assert read == [(["셔츠"], {"malls": ["몰"], "mall_categories": ["의류>상의"]})]


def test_asking_twice_asks_once(version, tree, round):
    assert start(version, round) == start(version, round)


def test_imported_predictions_have_no_model(round):
    with pytest.raises(predictions.NoArtifact):
        start(ModelVersionFactory(name="shop"), round)


def test_categories_that_the_tree_lacks_are_named(version, round):
    CategoryFactory(path=SHIRT)

    job = carried(start(version, round))

    assert job.state == "failed"
    assert PAN in job.error
    assert not Prediction.objects.exists()


def test_a_retired_category_stands_in_where_no_current_one_has_the_path(version, tree, round):
    Category.objects.filter(path=PAN).update(retired_at=NOW)

    assert carried(start(version, round)).state == "done"


def test_a_killed_job_goes_on_after_its_last_chunk(version, tree, round, monkeypatch):
    monkeypatch.setattr(predictions, "CHUNK", 4)
    job, chunks = start(version, round), []

    def store_one_then_die(**values):
        if chunks:
            raise SystemExit
        chunks.append(real_store(**values))

    real_store = storing.store
    monkeypatch.setattr(storing, "store", store_one_then_die)
    with pytest.raises(SystemExit):
        carrying.carry_out(job.pk)
    monkeypatch.setattr(storing, "store", real_store)
    first = set(Prediction.objects.values_list("pk", "predicted_at"))
    Job.objects.update(state="waiting", lease_expires_at=None)

    carried(job)

    assert len(first) == 4
    assert Prediction.objects.count() == 10
    assert first <= set(Prediction.objects.values_list("pk", "predicted_at"))


def test_an_attempt_that_lost_its_lease_writes_no_prediction(version, tree, round):
    job = start(version, round)
    stopped = carrying.take(job.pk)
    Job.objects.update(attempts=2)

    with pytest.raises(carrying.LeaseLost):
        predictions.predict(version=version, round=round, job=stopped, since=job.created_at)

    assert not Prediction.objects.exists()


def test_a_later_job_predicts_changed_names_again(version, tree, round):
    carried(start(version, round))
    before = Prediction.objects.earliest("pk").predicted_at

    carried(start(version, round))

    assert Prediction.objects.count() == 10
    assert Prediction.objects.earliest("pk").predicted_at > before


@pytest.mark.django_db(transaction=True)
def test_the_command_predicts_here_where_no_worker_lives(version, tree, round, capsys):
    call_command("predict", "--model", "v1", "--round", "first", "--wait")

    assert "10 samples predicted." in capsys.readouterr().out


def test_the_command_names_a_missing_round(version):
    with pytest.raises(CommandError, match="second"):
        call_command("predict", "--model", "v1", "--round", "second")


def test_the_command_names_a_missing_version(round):
    with pytest.raises(CommandError, match="v9"):
        call_command("predict", "--model", "v9", "--round", "first")
