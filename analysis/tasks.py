"""What workers carry out for the analysis; each body calls one service."""

from __future__ import annotations

from analysis.services import demo, impacts
from labelhub.jobs.services.carrying import RunningJob
from mlcore.exclusion import ExclusionRule, RuleRecord


def count_hits(job: RunningJob) -> None:
    """Count the rows that the rules in force hit, where that is not known yet."""
    impacts.count_missing(job=job)


def preview_rule(job: RunningJob, *, group_id: int, rule: RuleRecord) -> None:
    """Find what a drafted rule would hit; the group is kept for the form that shows it."""
    impacts.preview(rule=ExclusionRule.from_record(rule), job=job)


def seed_demo(job: RunningJob, *, samples: int, rows: int) -> None:
    """Fill the installation with the demo market."""
    demo.carry_out(job=job, samples=samples, rows=rows)
