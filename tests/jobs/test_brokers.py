"""Jobs on each broker: the folder of one machine, Redis and RabbitMQ."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labelhub.jobs.models import Job
from tests.jobs.test_faults import steps_written
from tests.processes import ROOT, environment, kill, let_lease_run_out, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)

ENQUEUE = """
import django; django.setup()
from tests.jobs import probe
from labelhub.jobs.services import jobs
jobs.enqueue("probe", by=None, steps={steps}, pause={pause})
"""
RING = """
import django; django.setup()
from django.utils import timezone
from labelhub.jobs.services import bells
from tests.jobs import probe
bells.ring_again(now=timezone.now())
"""


@pytest.fixture(params=["folder", "redis_url", "rabbitmq_url"])
def env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of processes that share a broker."""
    broker = "" if request.param == "folder" else request.getfixturevalue(request.param)
    made = environment(tmp_path, broker=broker)
    return {**made, "DJANGO_SETTINGS_MODULE": "labelhub.settings"}


def run(env: dict[str, str], program: str) -> None:
    """Do it in a process that has this broker; ours keeps the default one."""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, check=True)


def is_done() -> bool:
    return Job.objects.get().state == Job.State.DONE


def test_a_worker_hears_of_a_job_through_the_broker(env: dict[str, str]):
    with worker(env):
        run(env, ENQUEUE.format(steps=1, pause=0))

        wait_until(is_done, what="the job")

    assert steps_written() == ["0"]


def test_a_job_of_a_killed_worker_is_done_once_whatever_the_broker(env: dict[str, str]):
    with worker(env) as first:
        run(env, ENQUEUE.format(steps=4, pause=0.3))
        wait_until(lambda: len(steps_written()) >= 1, what="the first step")
        kill(first)
    let_lease_run_out()

    with worker(env):
        run(env, RING)
        wait_until(is_done, what="the job")

    assert steps_written() == ["0", "1", "2", "3"]
