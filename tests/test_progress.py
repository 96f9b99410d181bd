"""How fast a job goes, from its row alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labelhub.jobs.models import Job
from labelhub.progress import Progress

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_rate_and_time_left_are_of_the_present_stage():
    job = Job(done=200, total=1000, stage_started_at=NOW - timedelta(seconds=10))

    progress = Progress.of(job, now=NOW)

    assert progress == Progress(rate=20, seconds_left=40)


def test_nothing_is_known_before_the_first_unit():
    job = Job(done=0, total=1000, stage_started_at=NOW - timedelta(seconds=10))

    assert Progress.of(job, now=NOW).rate is None


def test_a_finished_job_has_no_speed():
    started = NOW - timedelta(seconds=10)
    job = Job(done=1000, total=1000, stage_started_at=started, finished_at=NOW)

    assert Progress.of(job, now=NOW).seconds_left is None


def test_a_clock_that_went_back_breaks_nothing():
    job = Job(done=1, total=2, stage_started_at=NOW + timedelta(seconds=10))

    assert Progress.of(job, now=NOW).rate is None
