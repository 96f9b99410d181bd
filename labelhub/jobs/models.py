"""Background work: a row is the truth, Celery only rings the bell."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from labelhub.jobs import kinds

MOST_ATTEMPTS = 3  # then a job fails, with the reason


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by what may happen to them next."""

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def to_carry(self) -> JobQuerySet:
        """Jobs that no worker carries: never started, or started and the lease ran out."""
        return self.filter(
            # The database's clock decides, so that workers on several machines agree.
            Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_expires_at__lte=Now())
        )

    def carried_by(self, *, attempt: int) -> JobQuerySet:
        """The rows on which this attempt may still write: the fence."""
        return self.filter(state=Job.State.RUNNING, attempts=attempt, lease_expires_at__gt=Now())


class Job(models.Model):
    """One piece of background work, carried out once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=200, blank=True, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)  # ever; fences late writers
    attempts_before_retry = models.PositiveSmallIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    rung_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    stage_started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "cancelled"]),
                name="job_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_expires_at__isnull=False) | ~Q(state="running"),
                name="running_job_holds_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at=None)
                | Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="job_is_finished_exactly_when_it_says_so",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="done_within_total"),
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["waiting", "running"]) & ~Q(key=""),
                name="one_unfinished_job_a_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} job {self.pk}"

    @property
    def title(self) -> str:
        """What people call this kind of job."""
        return str(kinds.get(self.kind).title) if kinds.is_known(self.kind) else self.kind

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class Worker(models.Model):
    """A worker process that is alive; it writes `seen_at` every few seconds."""

    name = models.CharField(max_length=200, unique=True)
    queue = models.CharField(max_length=20)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"
