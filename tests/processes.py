"""Real Celery workers on the test's own database and broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from django.db import connection, transaction
from django.db.models.functions import Now

from labelhub.jobs.models import Job

ROOT = Path(__file__).resolve().parents[1]


def database_url() -> str:
    """Return the address of the test database for another process."""
    at = connection.settings_dict
    password = f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else ""
    return f"postgres://{quote(at['USER'])}{password}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def environment(data: Path, *, broker: str = "", lease: int = 600) -> dict[str, str]:
    """
    Return the environment of a process that works on the test's database.

    No lease runs out by itself, however slow the machine is: see `let_lease_run_out`.
    """
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "LABELHUB_DATA": str(data),
        "LABELHUB_BROKER_URL": broker,
        "LABELHUB_JOB_LEASE": str(lease),
    }


@contextmanager
def worker(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of the light queue in its own process group."""
    command = [sys.executable, "-m", "celery", "-A", "tests.jobs.probe", "worker"]
    options = ["-Q", "light", "-c", "1", "--pool", "prefork", "--without-mingle"]
    process = subprocess.Popen(
        [
            *command,
            *options,
            "--without-gossip",
            "-n",
            f"probe{time.monotonic_ns()}@%h",
        ],
        cwd=ROOT,
        env=env,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker and its children at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def let_lease_run_out() -> None:
    """Do what an hour does to the job of a worker that is gone."""
    long_ago = Now() - timedelta(hours=1)
    Job.objects.filter(state=Job.State.RUNNING).update(lease_expires_at=Now(), rung_at=long_ago)


def stop_between_writes(process: subprocess.Popen[bytes]) -> None:
    """Stop a worker that holds no lock: in the middle of a write nobody could take over."""

    def is_stopped() -> bool:
        os.killpg(process.pid, signal.SIGSTOP)
        with transaction.atomic():
            if Job.objects.select_for_update(skip_locked=True).exists():
                return True
        os.killpg(process.pid, signal.SIGCONT)
        return False

    wait_until(is_stopped, what="a stop between two writes")


def wait_until(is_so: Callable[[], bool], *, seconds: float = 90, what: str = "it") -> None:
    """Wait for something that another process does; fail loudly when it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(child) for child in listed.stdout.split()]
