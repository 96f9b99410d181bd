from __future__ import annotations

import optuna
import pytest
from django.db import connection
from django.db.models.functions import Now

from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying, jobs
from labelhub.registry.models import Run, Search
from labelhub.registry.services import folders, searches, searching
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import TrainingConfig
from tests.factories import NOW
from tests.registry.rows import SHIRT, make_corpus

pytestmark = pytest.mark.django_db

WOMEN = ExclusionRule(keyword="여성", categories=frozenset({SHIRT}), id="1")
QUICK = TrainingConfig(epochs=1, batch_size=64, embedding_size=4, filters=32, hidden_size=32)


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path, copies=6)


@pytest.fixture
def no_training(monkeypatch):
    """Each trial ends at once; the smaller layer is the better."""

    def attempts_on(rows, *, confirmed, is_cancelled):
        def attempt(config, on_epoch):
            on_epoch(1, 1 / config.hidden_size)
            return 1 / config.hidden_size

        return attempt

    monkeypatch.setattr("mlcore.training.attempts.attempts_on", attempts_on)


def start(corpus, name="spring", trials=2, workers=1) -> Search:
    return searches.start(
        corpus=corpus,
        name=name,
        rules=(WOMEN,),
        list_version=1,
        config=QUICK,
        trials=trials,
        workers=workers,
        by=None,
        now=NOW,
    )


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_two_trials_are_trained_and_the_better_one_starts_a_run(corpus, tmp_path):
    search = start(corpus)

    job = carried(search.job)

    search.refresh_from_db()
    assert (job.state, job.error, job.result) == ("done", "", {"trials": 2})
    assert (job.done, job.total) == (2, 2)
    assert search.dataset.rows == 54
    assert [trial["state"] for trial in search.found["trials"]] == ["complete", "complete"]
    assert search.found["trials"][0]["settings"]["hidden_size"] == 32
    assert 0 < search.found["held_out_rows"] < 54
    assert not list((tmp_path / "searches").iterdir())
    run = searches.train_best(search=search, version_name="v1", by=None, now=NOW)
    assert run.config["learning_rate"] == search.found["best"]["settings"]["learning_rate"]
    assert run.rules == [WOMEN.as_record()]


def test_a_search_reads_names_as_words(corpus):
    search = start(corpus)

    assert (search.config["name_reads"], search.config["embedding_size"]) == ("words", 4)
    assert (search.job.kind, search.job.key) == ("search", "spring")


def test_a_search_name_is_given_once(corpus):
    start(corpus)

    with pytest.raises(folders.NameInUse, match="spring"):
        start(corpus)

    assert Search.objects.count() == 1


def test_without_a_finished_trial_there_is_nothing_to_train(corpus):
    with pytest.raises(searches.NothingFound):
        searches.train_best(search=start(corpus), version_name="v1", by=None, now=NOW)

    assert not Run.objects.exists()


def killed_in_the_middle(search: Search) -> None:
    """Leave one finished trial and one running, as a worker that is killed does."""
    from mlcore.training import search_storage
    from mlcore.training.search import WORKER

    carrying.take(search.job_id)
    with search_storage.shared(searching.address_of(connection.settings_dict)) as storage:
        study = optuna.create_study(
            storage=storage, study_name=f"{search.pk} {search.name}", direction="maximize"
        )
        study.enqueue_trial({"hidden_size": 32})
        study.tell(study.ask(), 0.5)
        study.ask().set_user_attr(WORKER, searching.FIRST_WORKER)
    (folders.search_folder(search.pk) / "0" / "arrays" / "training").mkdir(parents=True)
    Job.objects.update(lease_expires_at=Now())


def test_a_killed_search_keeps_its_trials_and_goes_on(corpus, no_training):
    search = start(corpus, trials=3)
    killed_in_the_middle(search)

    job = carried(search.job)

    search.refresh_from_db()
    states = [trial["state"] for trial in search.found["trials"]]
    assert (job.state, job.attempts) == ("done", 2)
    assert states == ["complete", "failed", "complete", "complete"]


def test_a_cancelled_search_goes_on_when_it_is_asked_for_again(corpus, no_training, monkeypatch):
    search = start(corpus, trials=3)
    running = carrying.take(search.job_id)
    keep = searching._keep

    def cancel_after_the_first(search, found, held_out_rows, job):
        keep(search, found, held_out_rows, job)
        job._cancel_seen.set()

    with monkeypatch.context() as patch:
        patch.setattr(searching, "_keep", cancel_after_the_first)
        with pytest.raises(carrying.Cancelled):
            searching.carry_out(search_id=search.pk, job=running)
    search.refresh_from_db()
    first = search.found["trials"]
    Job.objects.update(state="cancelled", finished_at=NOW)
    search.job.refresh_from_db()
    jobs.retry(search.job)

    carried(search.job)

    search.refresh_from_db()
    assert len(first) == 1
    assert search.found["trials"][:1] == first
    assert len(search.found["trials"]) == 3


def test_further_workers_are_called_once_the_rows_are_there(corpus, no_training):
    search = start(corpus, workers=3)

    carried(search.job)

    helpers = Job.objects.filter(kind="search_along").order_by("pk")
    assert [job.params["worker"] for job in helpers] == [1, 2]
    assert [job.key for job in helpers] == ["spring (2)", "spring (3)"]


def helper_of(search: Search) -> Job:
    return jobs.enqueue("search_along", by=None, key="other", search_id=search.pk, worker=1)


def test_a_further_worker_tries_along(corpus, no_training):
    search = start(corpus, trials=2)
    first = carrying.take(search.job_id)
    Search.objects.update(dataset=searching._curated(search, first))

    job = carried(helper_of(search))

    search.refresh_from_db()
    assert job.state == "done"
    assert [trial["state"] for trial in search.found["trials"]] == ["complete", "complete"]


def test_a_further_worker_that_comes_too_late_does_nothing(corpus, no_training):
    search = start(corpus)
    carried(search.job)

    job = carried(helper_of(search))

    search.refresh_from_db()
    assert (job.state, len(search.found["trials"])) == ("done", 2)


def test_a_further_worker_stops_when_the_search_is_cancelled(corpus, no_training):
    search = start(corpus)
    first = carrying.take(search.job_id)
    Search.objects.update(dataset=searching._curated(search, first))
    jobs.cancel(search.job)

    job = carried(helper_of(search))

    search.refresh_from_db()
    assert (job.state, search.found) == ("cancelled", {})


def test_a_worker_that_knows_less_overwrites_nothing(corpus, no_training):
    from mlcore.training.search_found import Found

    search = start(corpus)
    Search.objects.update(found={"trials": [{}, {}], "best": None})

    searching._keep(search, Found((), {}, ()), 3, carrying.take(search.job_id))

    search.refresh_from_db()
    assert len(search.found["trials"]) == 2


def test_the_address_of_the_database_keeps_odd_signs():
    at = {"USER": "me", "PASSWORD": "a/b@c", "HOST": "db", "PORT": 5433, "NAME": "hub"}
    options = {"OPTIONS": {"options": "-c jit=off", "sslmode": "require"}}

    address = searching.address_of({**at, **options})

    assert address == "postgresql://me:a%2Fb%40c@db:5433/hub?sslmode=require"


def test_a_socket_is_an_address_too():
    at = {"USER": "me", "PASSWORD": "", "HOST": "/run/pg", "PORT": 5433, "NAME": "hub"}

    assert searching.address_of(at) == "postgresql://me@/hub?host=%2Frun%2Fpg&port=5433"
