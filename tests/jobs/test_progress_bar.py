"""A job's progress on a page: what it shows in each state, and to whom it offers what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.jobs.models import Job
from tests.factories import UserFactory


def shown(job: Job, user: User | None = None) -> str:
    return Template("{% job_progress job reload=True %}").render(
        Context({"job": job, "user": user})
    )


def running(**values: object) -> Job:
    start = timezone.now() - timedelta(seconds=10)
    return Job(pk=7, state="running", stage_started_at=start, **values)


def finished(state: str, **values: object) -> Job:
    return Job(pk=7, state=state, finished_at=timezone.now(), **values)


def test_a_running_job_shows_stage_and_counts_and_asks_again():
    html = shown(running(stage="Reading rows", done=1200, total=120000))

    assert "Reading rows" in html
    assert "1,200 / 120,000" in html
    assert 'hx-trigger="every 1s"' in html


def test_a_finished_job_asks_no_more_and_lets_the_page_follow():
    html = shown(finished("done", done=5, total=5))

    assert "hx-trigger" not in html
    assert "data-reload" in html


def test_a_failed_job_shows_the_reason():
    assert "Row 3: no name." in shown(finished("failed", error="Row 3: no name."))


@pytest.mark.django_db
def test_who_asked_for_a_job_may_cancel_it():
    asker = UserFactory(role=Role.ANNOTATOR)

    assert "/jobs/7/cancel/" in shown(running(asked_by=asker), asker)


@pytest.mark.django_db
def test_who_only_reads_is_not_offered_to_cancel():
    assert "/jobs/7/cancel/" not in shown(running(), UserFactory(role=Role.PM))


@pytest.mark.django_db
def test_a_failed_job_can_be_run_again_by_a_curator():
    assert "/jobs/7/retry/" in shown(finished("failed"), UserFactory(role=Role.CURATOR))
