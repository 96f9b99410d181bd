from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone, translation

from labelhub.errors import DomainError
from labelhub.jobs import kinds
from labelhub.jobs.models import Job
from labelhub.jobs.services import bells, carrying, jobs
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db


def register(body) -> None:
    """Make this function the body of the kind `probe`."""
    bodies["body"] = body
    kinds.register(kinds.Kind("probe", f"{__name__}.run_body", "Probe"))


bodies: dict[str, object] = {}


def run_body(job, **params):
    bodies["body"](job, **params)


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


def test_a_job_is_done_after_its_body_returns():
    register(lambda job: job.report("half", 1, 2))
    job = JobFactory()

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.done, job.total) == ("done", 1, 2, 2)


def test_two_rings_carry_a_job_out_once():
    job = JobFactory()

    first, second = carrying.take(job.pk), carrying.take(job.pk)

    assert first is not None
    assert second is None


def test_a_bug_fails_the_job_with_a_reason():
    def body(job):
        raise KeyError("colour")

    register(body)
    job = JobFactory()

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert job.state == "failed"
    assert "KeyError: 'colour'" in job.error


def test_a_refusal_fails_the_job_in_its_own_words():
    def body(job):
        raise DomainError("The corpus is empty; import rows first.")

    register(body)
    job = JobFactory()

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert job.error == "The corpus is empty; import rows first."


def test_a_database_fault_leaves_the_job_waiting_for_the_next_ring(monkeypatch):
    def body(job):
        raise OperationalError("server closed the connection")

    register(body)
    monkeypatch.setattr(carrying.connection, "close", lambda: None)
    job = JobFactory()

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert job.state == "waiting"


def test_after_three_lost_workers_the_job_fails():
    job = JobFactory()
    for _ in range(3):
        assert carrying.take(job.pk) is not None
        expire(job)

    with translation.override("en"):
        assert carrying.take(job.pk) is None

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert "lost 3 times" in job.error


def test_an_attempt_that_lost_its_lease_writes_nothing():
    job = JobFactory()
    late = carrying.take(job.pk)
    expire(job)
    carrying.take(job.pk)

    with pytest.raises(carrying.LeaseLost), late.writing():
        pass
    with pytest.raises(carrying.LeaseLost):
        late.finish(answer=42)


def test_a_lease_that_ran_out_stops_writing_even_before_another_takes_over():
    job = JobFactory()
    late = carrying.take(job.pk)
    expire(job)

    with pytest.raises(carrying.LeaseLost), late.writing():
        pass


def test_a_waiting_job_is_cancelled_at_once():
    job = JobFactory()

    jobs.cancel(job)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert carrying.take(job.pk) is None


def test_a_finished_job_cannot_be_cancelled():
    job = JobFactory(state="done", finished_at=timezone.now())

    with pytest.raises(jobs.NotCancellable):
        jobs.cancel(job)


def test_a_failed_job_can_be_run_again_with_three_more_attempts():
    job = JobFactory(state="failed", finished_at=timezone.now(), attempts=3, error="x")

    jobs.retry(job)

    job.refresh_from_db()
    assert job.state == "waiting"
    assert carrying.take(job.pk).attempt == 4


def test_a_running_job_cannot_be_run_again():
    job = JobFactory()
    carrying.take(job.pk)

    with pytest.raises(jobs.NotRetryable):
        jobs.retry(job)


def test_a_double_click_asks_once():
    register(lambda job: None)

    first = jobs.enqueue("probe", by=None, key="v1")
    second = jobs.enqueue("probe", by=None, key="v1")

    assert first == second


def test_an_unknown_kind_is_refused_when_it_is_asked_for():
    with pytest.raises(LookupError, match="no-such-kind"):
        jobs.enqueue("no-such-kind", by=None)


def test_a_job_that_only_another_release_knows_holds_up_no_other():
    register(lambda job: None)
    now = timezone.now()
    JobFactory(kind="of-another-release", rung_at=now - timedelta(minutes=5))
    JobFactory(rung_at=now - timedelta(minutes=5))

    assert bells.ring_again(now=now) == 1


def test_a_job_that_only_another_release_knows_is_not_run_again():
    job = JobFactory(kind="of-another-release", state="failed", finished_at=timezone.now())

    with pytest.raises(jobs.NotRetryable):
        jobs.retry(job)


def test_the_bell_rings_for_jobs_nobody_carries_and_leaves_others_alone():
    register(lambda job: None)
    now = timezone.now()
    JobFactory(rung_at=now - timedelta(minutes=5))
    JobFactory(rung_at=now)
    JobFactory(state="done", finished_at=now, rung_at=now - timedelta(minutes=5))
    carried = JobFactory(rung_at=now - timedelta(minutes=5))
    carrying.take(carried.pk)

    assert bells.ring_again(now=now) == 1
