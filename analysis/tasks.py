"""What workers carry out for the analysis; each body calls one service."""

from __future__ import annotations

from django.utils import timezone

from analysis.services import demo, impacts, reports
from labelhub.jobs.models import Job
from labelhub.jobs.services.carrying import RunningJob
from mlcore.exclusion import ExclusionRule, RuleRecord


def count_hits(job: RunningJob) -> None:
    """Count the rows that the rules in force hit, where that is not known yet."""
    impacts.count_missing(job=job)


def preview_rule(job: RunningJob, *, group_id: int, rule: RuleRecord) -> None:
    """Find what a drafted rule would hit; the group is kept for the form that shows it."""
    impacts.preview(rule=ExclusionRule.from_record(rule), job=job)


def make_report(job: RunningJob, *, order: reports.Params) -> None:
    """Compute and freeze the report that was asked for."""
    reports.carry_out(
        order=reports.Order.of_params(order),
        by=Job.objects.select_related("asked_by").get(pk=job.job_id).asked_by,
        now=timezone.now(),
        job=job,
    )


def seed_demo(job: RunningJob, *, samples: int, rows: int) -> None:
    """Fill the installation with the demo market."""
    demo.carry_out(job=job, samples=samples, rows=rows)
