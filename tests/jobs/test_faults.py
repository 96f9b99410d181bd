"""Jobs survive their workers: tested with real processes."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from labelhub.accounts.models import AuditEntry
from labelhub.jobs import workers
from labelhub.jobs.models import Job
from labelhub.jobs.services import bells, jobs
from tests.jobs import probe  # noqa: F401  # registers its kind here too
from tests.processes import (
    children_of,
    environment,
    kill,
    let_lease_run_out,
    stop_between_writes,
    wait_until,
    worker,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared_data(settings) -> Path:
    """The data folder whose broker this process rings and the workers read."""
    settings.JOB_LEASE = timedelta(seconds=2)  # as the workers have it
    return Path(settings.BROKER_FOLDER).parent


def steps_written() -> list[str]:
    return list(
        AuditEntry.objects.filter(verb="probe").order_by("pk").values_list("target_id", flat=True)
    )


def ring_until(job: Job, state: str) -> None:
    """Ring like beat does until the job is in the state."""

    def rung() -> bool:
        bells.ring_again(now=timezone.now())
        job.refresh_from_db()
        return job.state == state

    wait_until(rung, what=f"{job} becoming {state}")


def test_a_job_whose_worker_is_killed_finishes_after_all_and_once(shared_data):
    env = environment(shared_data)
    job = jobs.enqueue("probe", by=None, steps=6, pause=0.3)
    with worker(env) as first:
        wait_until(lambda: len(steps_written()) >= 2, what="the second step")
        kill(first)
    let_lease_run_out()
    with worker(env):
        ring_until(job, Job.State.DONE)

    assert steps_written() == ["0", "1", "2", "3", "4", "5"]
    assert job.attempts == 2


def test_a_worker_stopped_past_its_lease_writes_nothing_when_it_wakes(shared_data):
    env = environment(shared_data)
    job = jobs.enqueue("probe", by=None, steps=5, pause=0.4)
    with worker(env) as sleeper:
        wait_until(lambda: len(steps_written()) >= 1, what="the first step")
        stop_between_writes(sleeper)
        let_lease_run_out()
        with worker(env):
            ring_until(job, Job.State.DONE)
        finished_at = job.finished_at
        os.killpg(sleeper.pid, signal.SIGCONT)
        time.sleep(3)  # time enough for the sleeper to try

    job.refresh_from_db()
    assert steps_written() == ["0", "1", "2", "3", "4"]
    assert (job.state, job.attempts, job.finished_at) == (
        Job.State.DONE,
        2,
        finished_at,
    )


def test_a_running_job_is_cancelled_within_seconds(shared_data):
    job = jobs.enqueue("probe", by=None, steps=200, pause=0.1)
    with worker(environment(shared_data, lease=15)):  # a wish to cancel is seen each second
        wait_until(lambda: len(steps_written()) >= 1, what="the first step")
        jobs.cancel(job)
        ring_until(job, Job.State.CANCELLED)

    assert len(steps_written()) < 100


def test_a_worker_whose_idle_child_is_killed_ends_so_that_it_is_started_again(shared_data):
    with worker(environment(shared_data)) as process:
        wait_until(lambda: workers.alive_queues() == {"light"}, what="the worker's start")
        for child in children_of(process.pid):
            os.kill(child, signal.SIGKILL)

        wait_until(lambda: process.poll() is not None, what="the end of the worker")
