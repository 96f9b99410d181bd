from __future__ import annotations

from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying, jobs
from labelhub.registry.models import ModelVersion, Run
from labelhub.registry.services import folders, runs, training
from mlcore.artifact import runtime
from mlcore.artifact.encoder import Encoder
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import TrainingConfig
from tests.factories import NOW, ModelVersionFactory, SampleFactory
from tests.registry.rows import PAN, SHIRT, make_corpus

pytestmark = pytest.mark.django_db

WOMEN = ExclusionRule(keyword="여성", categories=frozenset({SHIRT}), id="1")
QUICK = TrainingConfig(epochs=1, batch_size=16, embedding_size=4, filters=4, hidden_size=4)


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path, copies=6)


def start(corpus, name="v1", rules=(WOMEN,), **more) -> Run:
    return runs.start(
        corpus=corpus,
        version_name=name,
        rules=rules,
        list_version=1,
        config=QUICK,
        by=None,
        now=NOW,
        **more,
    )


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_a_run_waits_for_the_ml_worker(corpus):
    run = start(corpus)

    assert (run.job.kind, run.job.key, run.job.state) == ("train", "v1", "waiting")
    assert run.rules == [WOMEN.as_record()]
    assert run.config["epochs"] == 1


def test_a_version_name_is_given_once(corpus):
    start(corpus)

    with pytest.raises(folders.NameInUse, match="v1"):
        start(corpus)

    assert Run.objects.count() == 1


def test_a_name_of_imported_predictions_is_taken(corpus):
    ModelVersionFactory(name="shop")

    with pytest.raises(folders.NameInUse):
        start(corpus, name="shop")


def test_a_version_name_must_be_a_folder_name(corpus):
    with pytest.raises(folders.BadName):
        start(corpus, name="../v1")


def test_a_finished_run_leaves_a_candidate_that_predicts(corpus, tmp_path):
    run = start(corpus)

    job = carried(run.job)

    run.refresh_from_db()
    version = ModelVersion.objects.get()
    model = runtime.load(tmp_path / "models" / "v1")
    assert (job.state, job.error) == ("done", "")
    assert (version.name, version.stage, version.run) == ("v1", "candidate", run)
    assert 0 <= version.scores["accuracy"] <= 1
    assert len(run.history) == 1
    assert run.dataset.rows == 54
    assert set(model.categories) == {SHIRT, PAN}
    assert "pictures" not in version.scores
    assert not (tmp_path / "features").exists()


def test_a_version_keeps_whole_what_its_corpus_does(tmp_path):
    run = start(make_corpus(tmp_path, copies=6, words=["무쇠프라이팬"]))

    job = carried(run.job)

    tokens = runtime.load(tmp_path / "models" / "v1").tokeniser.tokens
    assert (job.state, job.error) == ("done", "")
    assert tokens("무쇠프라이팬 무쇠") == ["무쇠프라이팬", "무쇠"]


@pytest.mark.parametrize("is_asked", [True, False])
def test_names_of_samples_teach_words_only_where_that_is_asked_for(corpus, tmp_path, is_asked):
    for _ in range(3):
        SampleFactory(name="캠핑 의자")

    job = carried(start(corpus, learns_sample_names=is_asked).job)

    encoder = Encoder.load(tmp_path / "models" / "v1" / "encoder.json")
    assert (job.state, job.error) == ("done", "")
    assert ("캠핑" in encoder.name.vocabulary.words) == is_asked


def test_a_run_carried_out_twice_makes_one_version(corpus):
    run = start(corpus)
    carried(run.job)
    Job.objects.update(state="waiting", finished_at=None)

    job = carried(run.job)

    assert job.state == "done"
    assert ModelVersion.objects.count() == 1


def test_what_a_killed_attempt_left_does_not_stay(corpus, tmp_path):
    run = start(corpus)
    renamed_but_never_committed = tmp_path / "models" / "v1"
    renamed_but_never_committed.mkdir(parents=True)
    (tmp_path / "models" / ".v1.abc").mkdir()

    carried(run.job)

    assert [path.name for path in (tmp_path / "models").iterdir()] == ["v1"]
    assert runtime.load(renamed_but_never_committed).categories


def test_an_attempt_that_lost_its_lease_makes_no_version(corpus, tmp_path):
    run = start(corpus)
    stopped = carrying.take(run.job_id)
    Job.objects.update(lease_expires_at=Now())
    carrying.take(run.job_id)

    with pytest.raises(carrying.LeaseLost):
        training.carry_out(run_id=run.pk, job=stopped)

    assert not ModelVersion.objects.exists()
    assert not list(tmp_path.glob("models/*"))


def test_a_cancelled_run_leaves_nothing(corpus, tmp_path):
    run = start(corpus)
    running = carrying.take(run.job_id)
    jobs.cancel(run.job)
    running._cancel_seen.set()

    with pytest.raises(carrying.Cancelled):
        training.carry_out(run_id=run.pk, job=running)

    assert not ModelVersion.objects.exists()
    assert not list(tmp_path.glob("models/*"))


def test_a_corpus_of_one_category_fails_with_a_reason(corpus):
    no_pans = ExclusionRule(keyword="프라이팬", categories=frozenset({PAN}))

    job = carried(start(corpus, rules=(no_pans,)).job)

    assert job.state == "failed"
    assert "two categories" in job.error


@pytest.mark.django_db(transaction=True)
def test_the_command_trains_here_where_no_worker_lives(corpus, capsys):
    call_command("train", "--corpus", "shop", "--name", "v2", "--epochs", "1", "--wait")

    printed = capsys.readouterr().out
    assert "No worker is running" in printed
    assert "accuracy:" in printed
    assert ModelVersion.objects.get().name == "v2"


def test_the_command_names_a_missing_corpus(db):
    with pytest.raises(CommandError, match="market"):
        call_command("train", "--corpus", "market", "--name", "v1")


def test_a_crashed_training_keeps_its_last_epoch_until_there_is_a_version(
    corpus, tmp_path, monkeypatch
):
    run = start(corpus)
    kept = tmp_path / "training" / str(run.pk) / "epoch"
    first = carrying.take(run.job_id)
    with monkeypatch.context() as patch:
        patch.setattr("mlcore.training.fit.export", Mock(side_effect=MemoryError))
        with pytest.raises(MemoryError):
            training.carry_out(run_id=run.pk, job=first)
    assert kept.exists()
    Job.objects.update(lease_expires_at=Now())

    carried(run.job)

    assert ModelVersion.objects.count() == 1
    assert not kept.parent.exists()
