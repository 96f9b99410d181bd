"""What Celery runs: one task that carries a job out, and the bells that beat rings."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from labelhub.jobs import nightly
from labelhub.jobs.services import bells, carrying, jobs


@shared_task(name=jobs.CARRY_OUT)
def carry_out(job_id: int) -> None:
    """Carry out one job; does nothing when another worker has it."""
    carrying.carry_out(job_id)


@shared_task(name="labelhub.jobs.tasks.ring_again")
def ring_again() -> None:
    """Ring for jobs that nobody carries."""
    bells.ring_again(now=timezone.now())


@shared_task(name="labelhub.jobs.tasks.enqueue_nightly")
def enqueue_nightly() -> None:
    """Enqueue what the apps want done each night."""
    nightly.enqueue_all()
