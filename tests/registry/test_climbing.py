from __future__ import annotations

from unittest.mock import Mock

import pytest
from django.db.models.functions import Now

from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.registry.models import Ladder
from labelhub.registry.services import climbing, ladders
from mlcore.exclusion import ExclusionRule
from mlcore.training.baselines import PEERS
from mlcore.training.config import TrainingConfig
from tests.factories import NOW
from tests.registry.rows import SHIRT, make_corpus

pytestmark = pytest.mark.django_db

WOMEN = ExclusionRule(keyword="여성", categories=frozenset({SHIRT}), id="1")


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path, copies=4)


@pytest.fixture
def two_rungs(monkeypatch):
    """The majority class and a linear classifier; networks are tested where they are built."""
    monkeypatch.setattr(climbing, "_rungs", lambda config, pictures: PEERS[:2])


def start(corpus, learnt=None) -> Ladder:
    return ladders.start(
        corpus=corpus,
        rules=(WOMEN,),
        list_version=1,
        learnt=learnt,
        config=TrainingConfig(epochs=1),
        by=None,
        now=NOW,
    )


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def test_a_ladder_is_climbed_on_rows_that_teach_no_rung(corpus, two_rungs, tmp_path):
    ladder = start(corpus)

    job = carried(ladder.job)

    ladder.refresh_from_db()
    assert (job.state, job.error, job.result) == ("done", "", {"rungs": 2})
    assert [step["key"] for step in ladder.steps] == ["majority", "linear_svc"]
    assert ladder.ground["train_rows"] + ladder.ground["test_rows"] == 40
    assert ladder.steps[1]["figures"]["n"] == ladder.ground["test_rows"]
    assert ladder.steps[1]["gain"]["points"] > 0
    assert not list((tmp_path / "ladders").iterdir())


def test_the_rows_measured_on_are_split_as_those_of_the_corpus(two_rungs, tmp_path, monkeypatch):
    grounds = []
    monkeypatch.setattr(
        "mlcore.training.ladder.climb", lambda ground, *_, **__: grounds.append(ground) or []
    )

    carried(start(make_corpus(tmp_path, copies=4, words=["무쇠프라이팬"])).job)

    assert grounds[0].tokeniser.tokens("무쇠프라이팬") == ["무쇠프라이팬"]


def test_each_rung_learns_from_as_many_rows_as_were_asked_for(corpus, two_rungs):
    ladder = start(corpus, learnt=12)

    carried(ladder.job)

    ladder.refresh_from_db()
    assert ladder.ground["learnt_rows"] == 12


def test_a_killed_ladder_goes_on_behind_the_last_rung(corpus, two_rungs, monkeypatch):
    ladder = start(corpus)
    first = carrying.take(ladder.job_id)
    keep = climbing._keep

    def die_after_the_first(ladder, steps, job):
        keep(ladder, steps, job)
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(climbing, "_keep", die_after_the_first)
        with pytest.raises(MemoryError):
            climbing.carry_out(ladder_id=ladder.pk, job=first)
    Job.objects.update(lease_expires_at=Now())
    majority = Mock(side_effect=AssertionError("climbed twice"))
    again = [PEERS[0].__class__("majority", "Majority class", majority), PEERS[1]]
    monkeypatch.setattr(climbing, "_rungs", lambda config, pictures: again)

    carried(ladder.job)

    ladder.refresh_from_db()
    assert [step["state"] for step in ladder.steps] == ["done", "done"]


def test_a_cancelled_ladder_keeps_the_rungs_that_are_done(corpus, two_rungs, monkeypatch):
    ladder = start(corpus)
    running = carrying.take(ladder.job_id)
    keep = climbing._keep

    def cancel_after_the_first(ladder, steps, job):
        keep(ladder, steps, job)
        job._cancel_seen.set()

    monkeypatch.setattr(climbing, "_keep", cancel_after_the_first)

    with pytest.raises(carrying.Cancelled):
        climbing.carry_out(ladder_id=ladder.pk, job=running)

    ladder.refresh_from_db()
    assert [step["key"] for step in ladder.steps] == ["majority"]


def test_progress_counts_rungs_and_not_what_happens_in_them():
    job = Mock()
    shown = climbing._Rungs(job, {"Default"})

    shown.show("Default", 12, 13)
    shown.show("train", 5, 2_000)

    job.report.assert_called_once_with("Default", 12, 13)
    job.check.assert_called_once_with()


def test_the_networks_are_rungs_above_the_peers():
    keys = [rung.key for rung in climbing._rungs(TrainingConfig(), None)]

    assert keys[:1] == ["majority"]
    assert keys[-3:] == ["rules", "default", "cleaned"]
