from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labelhub.accounts.roles import Role
from labelhub.jobs.models import Worker
from tests.factories import JobFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_logging_in(client: Client):
    assert client.get("/healthz").json() == {"web": True, "database": True}


def test_readyz_says_which_worker_is_missing(client: Client):
    Worker.objects.create(name="light@here", queue="light", seen_at=timezone.now())

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"broker": True, "light": True, "ml": False}


def test_readyz_answers_200_when_broker_and_workers_are_there(client: Client):
    for queue in ("light", "ml"):
        Worker.objects.create(name=f"{queue}@here", queue=queue, seen_at=timezone.now())

    assert client.get("/readyz").status_code == 200


def test_an_annotator_sees_only_jobs_of_their_own(as_role):
    client = as_role(Role.ANNOTATOR)
    JobFactory(stage="somebody else's")

    assert "somebody else's" not in client.get(reverse("jobs:list")).content.decode()


def test_a_pm_sees_every_job_but_cannot_cancel_it(as_role):
    client = as_role(Role.PM)
    job = JobFactory()

    assert client.get(reverse("jobs:progress", args=[job.pk])).status_code == 200
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 403


def test_a_curator_cancels_a_job(as_role):
    job = JobFactory(asked_by=UserFactory())

    as_role(Role.CURATOR).post(reverse("jobs:cancel", args=[job.pk]))

    job.refresh_from_db()
    assert job.state == "cancelled"


def test_cancelling_a_finished_job_is_refused_with_a_reason(as_role):
    job = JobFactory(state="done", finished_at=timezone.now())

    address = reverse("jobs:cancel", args=[job.pk])
    answer = as_role(Role.CURATOR).post(address, headers={"accept-language": "en"})

    assert answer.status_code == 409
    assert "ended already" in answer.content.decode()


def test_a_failed_job_shows_its_reason(as_role):
    JobFactory(state="failed", finished_at=timezone.now(), error="The corpus is empty.")

    assert (
        "The corpus is empty." in as_role(Role.CURATOR).get(reverse("jobs:list")).content.decode()
    )


def test_a_job_that_is_run_again_still_reloads_the_page_that_waits_for_it(as_role):
    job = JobFactory(kind="count_hits", state="failed", finished_at=timezone.now())
    client = as_role(Role.CURATOR)

    shown = client.get(reverse("jobs:progress", args=[job.pk]), {"reload": 1}).text
    address = re.search(r'hx-post="([^"]+)"', shown)[1]
    again = client.post(address, headers={"hx-request": "true"}).text

    assert f'hx-get="{reverse("jobs:progress", args=[job.pk])}?reload=1"' in again
